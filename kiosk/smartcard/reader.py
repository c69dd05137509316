"""What a card reader is to this program: bytes to a card and back, and news of cards laid and lifted.

Two things implement this: `pcsc` (real readers, through pyscard) and `virtual` (readers in this process).
Whatever goes wrong is raised as `KioskError` with one of the codes named below; no library's own exception comes through.
"""

from __future__ import annotations

from typing import Protocol

from kiosk.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ReaderState:
    """One reader as the watch last saw it."""

    name: str
    present: bool
    """A card lies on it."""
    mute: bool = False
    """The card cannot be powered: laid askew, several at once, or broken."""
    changes: int = 0
    """Grows with every laying and lifting (PC/SC counts them), so that a quick swap is seen although a card lies there again."""


class CardConnection(Protocol):
    """The one exclusive connection to the card of one insertion. It is never opened again: after any error it is dead."""

    @property
    def extended(self) -> bool:
        """Whether reader and card are thought to take extended-length APDUs (ISO 7816-4 §5.1); a refusal is possible still."""

    def transmit(self, command: bytes) -> bytes:
        """Send one command APDU; the answer with its two status bytes.

        Raises Unavailable: card-removed, card-interrupted (it broke off, as by an answer under two bytes: whether the card has left is
        the watch's to say), card-unreadable, card-in-use, reader-missing, reader-service-missing, card-answer-unexpected.
        """

    def close(self) -> None:
        """Take the card's power away (SCARD_UNPOWER_CARD) and let it go. Never raises; closing twice does nothing."""


class CardReaders(Protocol):
    """One PC/SC context, owned by the thread that made it."""

    def connect(self, reader: str) -> CardConnection:
        """Connect exclusively, without reconnecting to anything.

        Raises Unavailable: card-removed, card-unreadable, card-in-use (another program holds it), reader-missing,
        reader-service-missing, reader-denied.
        """

    def release(self) -> None:
        """Let the context go. Never raises."""


class ReaderMonitor(Protocol):
    """One PC/SC context that only waits."""

    def wait(self, known: tuple[ReaderState, ...]) -> tuple[ReaderState, ...]:
        """Block until readers or cards are otherwise than `known`, or until `cancel`; the readers as they are now.

        Raises Unavailable: reader-service-missing, reader-denied. An empty result means that there is no reader.
        """

    def cancel(self) -> None:
        """From another thread: make `wait` return. Lost when it comes before the wait, so it has to be repeated."""

    def release(self) -> None:
        """Let the context go. Never raises."""
