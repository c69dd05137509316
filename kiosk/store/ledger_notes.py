"""Where this counter stands in the ledger, and with the library's server, kept as notes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

from kiosk.domain.decide import Epochs
from kiosk.domain.key_chain import KeyChain, generations_json, read_generations
from kiosk.domain.model import LinkToken
from kiosk.domain.wire import Position
from kiosk.ledger.notes import drop_note, parsed, read_note, write_note
from kiosk.store.cipher import CipherDatabase
from kiosk.store.metadata import (
    COUNTER,
    CUTS,
    EPOCH,
    HEARD,
    KEY_GENERATION,
    LATER_KEYS,
    LATEST,
    LINKS_GENERATION,
    LOST_EPOCH,
    MARK,
    POSITION,
    REGISTRY,
    RETIRING,
    SEQUENCE,
    SHUT_OUT,
)


class LedgerNotes:
    """Every method runs within the caller's transaction. Raises Unavailable: store-damaged, for notes this program did not write."""

    def __init__(self, database: CipherDatabase) -> None:
        self._database = database

    # --- the ledger ---------------------------------------------------------------------------------------------------

    @property
    def position(self) -> Position:
        """Up to where the links hold."""
        note = read_note(self._database, POSITION)
        return Position() if note is None else parsed(note, _position)

    def reach(self, position: Position) -> None:
        write_note(self._database, POSITION, f"{position.epoch} {position.cursor}")

    @property
    def mark(self) -> UUID | None:
        """The operation that the feed brought at `position`; None if it was not the feed that led there."""
        note = read_note(self._database, MARK)
        position, operation = (None, None) if note is None else parsed(note, _mark)
        return operation if position == self.position else None

    def mark_at(self, position: Position, operation: UUID) -> None:
        write_note(self._database, MARK, f"{position.epoch} {position.cursor} {operation}")

    @property
    def epochs(self) -> Epochs:
        """The epoch that runs, which may be later than that of the links, and the cuts of all before it."""
        running, cuts = self._number(EPOCH), read_note(self._database, CUTS)
        return Epochs(self.position.epoch if running is None else running, () if cuts is None else parsed(cuts, _cuts))

    def begin(self, epochs: Epochs) -> None:
        """The epoch that runs, whatever the links are of."""
        write_note(self._database, EPOCH, str(epochs.current))
        write_note(self._database, CUTS, " ".join(f"{epoch}:{cursor}" for epoch, cursor in epochs.cuts))

    @property
    def reached(self) -> Position:
        """How much of the epoch that runs is in the links: less than `position` where theirs is over and was cut."""
        epochs = self.epochs
        return Position(epochs.current, epochs.effective(self.position))

    @property
    def key_generation(self) -> int:
        return self._number(KEY_GENERATION) or 0

    @property
    def chain(self) -> KeyChain:
        """The library's site keys, as far as this counter was given them."""
        note = read_note(self._database, LATER_KEYS)
        return KeyChain(self.key_generation, () if note is None else parsed(note, lambda text: read_generations(json.loads(text))))

    def take_keys(self, chain: KeyChain) -> None:
        write_note(self._database, LATER_KEYS, json.dumps(generations_json(chain.later)))

    @property
    def links_generation(self) -> int:
        """Of the tokens in the links, the overlay and the stops here, and of those in what is done now."""
        generation = self._number(LINKS_GENERATION)
        return self.key_generation if generation is None else generation

    def token_here(self, token: LinkToken) -> LinkToken:
        """A card's token, as computed from the card, as it is in the links."""
        if read_note(self._database, LINKS_GENERATION) is None:
            return token
        return self.chain.wrapped(token, self.key_generation, self.links_generation)

    def wrap_links(self, generation: int) -> None:
        """The links here are of this generation from now on."""
        write_note(self._database, LINKS_GENERATION, str(generation))

    def forget_keys(self) -> None:
        """The keys here give way to those of another library."""
        drop_note(self._database, LATER_KEYS)
        drop_note(self._database, LINKS_GENERATION)

    @property
    def sequence(self) -> int:
        """Number of operations made here so far."""
        return self._number(SEQUENCE) or 0

    def count(self, sequence: int) -> None:
        write_note(self._database, SEQUENCE, str(sequence))

    # --- the library's server -----------------------------------------------------------------------------------------

    @property
    def registry(self) -> str | None:
        """The library's server this counter is enrolled with; None for a counter that is alone."""
        return read_note(self._database, REGISTRY)

    def enrol(self, registry: str, counter: str, key_generation: int) -> None:
        write_note(self._database, REGISTRY, registry)
        write_note(self._database, COUNTER, counter)
        write_note(self._database, KEY_GENERATION, str(key_generation))

    def move_to(self, registry: str) -> None:
        write_note(self._database, REGISTRY, registry)

    @property
    def counter(self) -> str | None:
        """This counter's name in the ledger."""
        return read_note(self._database, COUNTER)

    @property
    def heard(self) -> datetime | None:
        return self._time(HEARD)

    @property
    def latest(self) -> datetime | None:
        return self._time(LATEST)

    def hear(self, now: datetime) -> None:
        write_note(self._database, HEARD, _spelt(now))

    def see(self, now: datetime) -> None:
        """Keep `now` if no later time was ever seen."""
        latest = self.latest
        if latest is None or now > latest:
            write_note(self._database, LATEST, _spelt(now))

    @property
    def is_retiring(self) -> bool:
        return read_note(self._database, RETIRING) is not None

    def keep_retiring(self, is_retiring: bool) -> None:
        if is_retiring:
            write_note(self._database, RETIRING, "1")
        else:
            drop_note(self._database, RETIRING)

    @property
    def lost_epoch(self) -> int | None:
        return self._number(LOST_EPOCH)

    def keep_lost(self, epoch: int) -> None:
        write_note(self._database, LOST_EPOCH, str(epoch))

    @property
    def shut_out(self) -> datetime | None:
        return self._time(SHUT_OUT)

    def keep_shut_out(self, since: datetime | None) -> None:
        if since is None:
            drop_note(self._database, SHUT_OUT)
        else:
            write_note(self._database, SHUT_OUT, _spelt(since))

    def _number(self, name: str) -> int | None:
        note = read_note(self._database, name)
        return None if note is None else parsed(note, int)

    def _time(self, name: str) -> datetime | None:
        note = read_note(self._database, name)
        return None if note is None else parsed(note, _moment)


def _position(note: str) -> Position:
    epoch, cursor = note.split()
    return Position(int(epoch), int(cursor))


def _mark(note: str) -> tuple[Position, UUID]:
    position, _, operation = note.rpartition(" ")
    return _position(position), UUID(operation)


def _cuts(note: str) -> tuple[tuple[int, int], ...]:
    return tuple((int(epoch), int(cursor)) for epoch, _, cursor in (cut.partition(":") for cut in note.split()))


def _moment(note: str) -> datetime:
    moment = datetime.fromisoformat(note)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment


def _spelt(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
