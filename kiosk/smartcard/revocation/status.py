"""The revocation status of a certificate, and the interface that provides it."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import Certificate


class RevocationStatus(Enum):
    GOOD = auto()
    REVOKED = auto()
    STALE = auto()
    """The relevant list is out of date or missing, and the library accepts that (`crl_max_age`)."""
    TOO_OLD = auto()
    """The same, but the library does not accept it."""
    NOT_CHECKED = auto()
    """Revocation checking is disabled."""


class RevocationLists(Protocol):
    def look_up(self, certificate: Certificate, authority: Authority, now: datetime) -> RevocationStatus:
        """The status of `certificate`. Never raises, never blocks."""

    def standings(self, now: datetime) -> frozenset[RevocationStatus]:
        """The possible standings of a card on no list, over all valid authorities and distribution points: a subset of GOOD, STALE,
        TOO_OLD, NOT_CHECKED.
        """

    def watching(self) -> AbstractContextManager[None]:
        """Watch the lists for changes in the background while the context is active."""


class NoRevocation:
    """`revocation = none`: no checking."""

    def look_up(self, certificate: Certificate, authority: Authority, now: datetime) -> RevocationStatus:
        return RevocationStatus.NOT_CHECKED

    def standings(self, now: datetime) -> frozenset[RevocationStatus]:
        return frozenset({RevocationStatus.NOT_CHECKED})

    def watching(self) -> AbstractContextManager[None]:
        return nullcontext()
