"""How a certificate stands, and who can be asked for it."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import Certificate


class Standing(Enum):
    GOOD = auto()
    REVOKED = auto()
    STALE = auto()
    """The list that would tell is out of date, or not there, and the library has decided to accept that (`crl_max_age`)."""
    TOO_OLD = auto()
    """The same, and the library has decided not to."""
    NOT_CHECKED = auto()
    """The library has decided to check none."""


class RevocationLists(Protocol):
    def look_up(self, certificate: Certificate, authority: Authority, now: datetime) -> Standing:
        """How the certificate stands with its authority. Never raises, and waits for nothing."""

    def standings(self, now: datetime) -> frozenset[Standing]:
        """How cards stand whose number is on no list, one authority within its dates and distribution point as the other: among them
        GOOD, STALE, TOO_OLD, NOT_CHECKED.
        """

    def watching(self) -> AbstractContextManager[None]:
        """While entered, what changes in the lists is noticed and read in the background."""


class NoRevocation:
    """`revocation = none`."""

    def look_up(self, certificate: Certificate, authority: Authority, now: datetime) -> Standing:
        return Standing.NOT_CHECKED

    def standings(self, now: datetime) -> frozenset[Standing]:
        return frozenset({Standing.NOT_CHECKED})

    def watching(self) -> AbstractContextManager[None]:
        return nullcontext()
