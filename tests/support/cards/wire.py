"""A virtual card in the hand of a test: no reader, no service, every command on record."""

from __future__ import annotations

from kiosk.smartcard.virtual.card import VirtualCard


class Wire:
    """A connection without a reader in between. `sent` holds the commands, with their data."""

    def __init__(self, card: VirtualCard, extended: bool = True) -> None:
        card.power_up()
        self.card, self.extended = card, extended
        self.sent: list[bytes] = []

    def transmit(self, command: bytes) -> bytes:
        self.sent.append(command)
        return self.card.transmit(command)

    def close(self) -> None:
        self.card.power_down()
