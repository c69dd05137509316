"""The interface to card readers: bytes to a card and back, and changes of readers and cards.

Implemented by `pcsc` (real readers, through pyscard) and `virtual` (readers in this process). All failures are raised as `KioskError` with
one of the codes listed below; no exception of an underlying library passes through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ReaderState:
    """The state of one reader."""

    name: str
    present: bool
    """A card is on the reader."""
    mute: bool = False
    """The card cannot be powered: misplaced, several at once, or broken."""
    changes: int = 0
    """PC/SC's event counter: incremented by every insertion and removal, so that a quick swap of cards is noticed."""


class CardConnection(Protocol):
    """The exclusive connection to the card of one insertion. It cannot be reopened: after any error it stays dead."""

    @property
    def extended(self) -> bool:
        """Whether reader and card are expected to support extended-length APDUs (ISO 7816-4 §5.1); they may still reject one."""

    def transmit(self, command: bytes) -> bytes:
        """Send one command APDU and return the response including its status word.

        Raises Unavailable: card-removed, card-interrupted (broken off, as by an answer shorter than two bytes; only the watch can tell
        whether the card has left), card-unreadable, card-in-use, reader-missing, reader-service-missing, card-answer-unexpected.
        """

    def close(self) -> None:
        """Power the card down (SCARD_UNPOWER_CARD) and disconnect. Never raises; idempotent."""


class CardReaders(Protocol):
    """One PC/SC context, owned by the thread that created it."""

    def connect(self, reader: str) -> CardConnection:
        """Open an exclusive connection; never reuses an earlier one.

        Raises Unavailable: card-removed, card-unreadable, card-in-use (held by another program), reader-missing, reader-service-missing,
        reader-denied.
        """

    def release(self) -> None:
        """Let the context go. Never raises."""


class ReaderMonitor(Protocol):
    """One PC/SC context used only for waiting."""

    def wait(self, known: tuple[ReaderState, ...]) -> tuple[ReaderState, ...]:
        """Block until readers or cards differ from `known`, or until `cancel`; return the current state, empty if there is no reader.

        Raises Unavailable: reader-service-missing, reader-denied, reader-missing (Windows has stopped the service with the last reader).
        """

    def cancel(self) -> None:
        """Make `wait` return; called from another thread. Has no effect before the wait has begun, so callers must repeat it."""

    def release(self) -> None:
        """Let the context go. Never raises."""
