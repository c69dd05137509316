"""Wait for another program to let go of a card.

On Windows a card just placed is first read by Windows itself: smart card plug and play selects applications on it and searches for a
minidriver, also on Windows Update, and certificate propagation reads its certificates
(https://learn.microsoft.com/windows-hardware/drivers/smartcard/discovery-process). Until then an exclusive connection is a sharing
violation. No page limits how long that takes. A transaction in which no command is sent for five seconds ends with a reset of the card
(https://learn.microsoft.com/windows/win32/api/winscard/nf-winscard-scardbegintransaction), so a few times that is enough for most.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from kiosk.domain.errors import Code, KioskError

_PAUSE = 0.1
Connection = TypeVar("Connection")


@dataclass(frozen=True, slots=True)
class Patience:
    """Times in seconds since the card was found in use."""

    unsaid: float = 2.0
    """So long it passes for reading; then whoever waits is told that another program has the card."""
    limit: float = 15.0
    """Then it is given up. The patron is told to lay the card again, which may help; staff, which programs to close."""


USUAL = Patience()


def connect_when_free(
    connect: Callable[[], Connection],
    tell: Callable[[], None],
    wait: Callable[[float], bool],
    patience: Patience = USUAL,
) -> Connection:
    """Try `connect` until the card is free. `tell` is called once, when that takes long; `wait` sleeps, and says whether to give up now.

    Raises whatever `connect` raises: card-in-use after the limit, anything else at once.
    """
    began = time.monotonic()
    told = False
    while True:
        try:
            return connect()
        except KioskError as error:
            waited = time.monotonic() - began
            if error.code is not Code.CARD_IN_USE or waited >= patience.limit or wait(_PAUSE):
                raise
            if waited >= patience.unsaid and not told:
                told = True
                tell()
