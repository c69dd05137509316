"""Where this counter stands in the ledger, kept as notes."""

from __future__ import annotations

from kiosk.domain.decide import Epochs
from kiosk.domain.wire import Position
from kiosk.ledger.notes import parsed, read_note, write_note
from kiosk.store.cipher import CipherDatabase
from kiosk.store.metadata import CUTS, KEY_GENERATION, LEDGER_SEAL, POSITION, REGISTRY, SEQUENCE


class LedgerNotes:
    """Every method runs within the caller's transaction. Raises Unavailable: store-damaged, for notes this program did not write."""

    def __init__(self, database: CipherDatabase) -> None:
        self._database = database

    @property
    def registry(self) -> str | None:
        """The library's server this counter is enrolled with; None for a counter that is alone."""
        return read_note(self._database, REGISTRY)

    def enrol(self, registry: str) -> None:
        write_note(self._database, REGISTRY, registry)

    @property
    def position(self) -> Position:
        note = read_note(self._database, POSITION)
        return Position() if note is None else parsed(note, _position)

    def reach(self, position: Position) -> None:
        write_note(self._database, POSITION, f"{position.epoch} {position.cursor}")

    @property
    def epochs(self) -> Epochs:
        note = read_note(self._database, CUTS)
        return Epochs(self.position.epoch, () if note is None else parsed(note, _cuts))

    def keep_cuts(self, epochs: Epochs) -> None:
        write_note(self._database, CUTS, " ".join(f"{epoch}:{cursor}" for epoch, cursor in epochs.cuts))

    @property
    def key_generation(self) -> int:
        return self._number(KEY_GENERATION)

    @property
    def sequence(self) -> int:
        """Number of operations made here so far."""
        return self._number(SEQUENCE)

    def count(self, sequence: int) -> None:
        write_note(self._database, SEQUENCE, str(sequence))

    @property
    def seal(self) -> str | None:
        """`LinkLedger.seal`; None in a store in which nothing was done."""
        return read_note(self._database, LEDGER_SEAL)

    def keep_seal(self, seal: str) -> None:
        write_note(self._database, LEDGER_SEAL, seal)

    def _number(self, name: str) -> int:
        note = read_note(self._database, name)
        return 0 if note is None else parsed(note, int)


def _position(note: str) -> Position:
    epoch, cursor = note.split()
    return Position(int(epoch), int(cursor))


def _cuts(note: str) -> tuple[tuple[int, int], ...]:
    return tuple((int(epoch), int(cursor)) for epoch, _, cursor in (cut.partition(":") for cut in note.split()))
