"""A model of the ledger that shares nothing with the program but the operations themselves.

What happened is one list. Every answer is found by reading that list from its start: nothing is kept up to date, so that nothing can be
forgotten to be. The rules are written once more here, from the sentences that describe them, as facts about what came before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from kiosk.domain.wire import Operation, Position, ReplaceOperation, UnlinkOperation
from tests.support.ledger.happened import (
    Agreed,
    AtOneCounter,
    BackedUp,
    Began,
    Denied,
    Ending,
    Happened,
    Made,
    Pair,
    Received,
    Restored,
    Seen,
    State,
    ToldAccepted,
    ToldRefused,
    Warned,
)


class AtCounter(NamedTuple):
    """What a counter knows, keeps and shows."""

    reached: Position
    """Up to where its links hold."""
    today: int
    """The epoch that runs, as far as it has heard."""
    made: list[Operation]
    kept: dict[UUID, State]
    """Its own operations that are not gone."""
    shown: list[Pair]
    """What a tap, or a number, must find."""
    endings: list[Ending]
    """Told by the feed, or ahead of it."""
    never: set[UUID]
    """Operations whose pair must not be shown: it was refused, it was ended, or its number was unlinked here, and that is known here."""


class LedgerModel:
    def __init__(self) -> None:
        self.happened: list[Happened] = []
        self._read: dict[str, tuple[int, AtCounter]] = {}
        """What the list said of a counter when it was so long: the list only grows."""

    def order(self, epoch: int, places: int | None = None) -> list[Operation]:
        """The first so many operations in the library's one order, as it was at the end of an epoch."""
        line: list[Operation] = []
        for event in self.happened:
            if isinstance(event, Agreed) and event.epoch <= epoch:
                line.append(event.operation)
            elif isinstance(event, Restored) and event.epoch <= epoch:
                line = line[: event.kept]
        return line[:places]

    def denied(self) -> dict[UUID, str]:
        """The refusals that the server remembers."""
        remembered: dict[UUID, str] = {}
        backups: list[dict[UUID, str]] = [{}]
        for event in self.happened:
            if isinstance(event, Denied):
                remembered[event.uuid] = event.why
            elif isinstance(event, BackedUp):
                backups = [*backups[-1:], dict(remembered)]
            elif isinstance(event, Restored):
                backups = backups[:1] if event.oldest else backups
                remembered = dict(backups[-1])
        return remembered

    def still(self, epoch: int, place: int, today: int) -> int:
        """How much of what held at a place of an epoch still holds `today`, in a later one."""
        if epoch == today:
            return place
        return min([place, *(e.kept for e in self.happened if isinstance(e, Restored) and epoch < e.epoch <= today)])

    def verdict(self, line: list[Operation], operation: Operation, epoch: int, is_alone: bool = False) -> str | None:
        """Why an operation cannot follow this order; None if it can."""
        pairs, endings = retold(line)
        return self._objection(pairs, endings, operation, epoch, is_alone)

    def _objection(
        self, pairs: Iterable[Pair], endings: Iterable[Ending], operation: Operation, epoch: int, is_alone: bool = False
    ) -> str | None:
        number, origin = operation.number, operation.origin
        if isinstance(operation, UnlinkOperation):
            return "nothing-to-unlink" if is_alone and not _unlinked_by(operation, pairs) else None
        token = operation.token
        since = [
            e
            for e in endings
            if (e.token == token or e.number == number) and not (e.by.counter == origin.counter and e.by.sequence < origin.sequence)
        ]
        if since and max(e.place for e in since) > self.still(origin.known.epoch, origin.known.cursor, epoch):
            return "stopped-since"
        if any(pair.token == token and pair.number == number for pair in pairs):
            return None
        clash = [pair for pair in pairs if pair.token == token or pair.number == number]
        if isinstance(operation, ReplaceOperation):
            return "premises-changed" if {pair.by for pair in clash} != operation.replaces else None
        if any(pair.token == token for pair in clash):
            return "linked-elsewhere"
        return "number-linked-elsewhere" if clash else None

    def reached(self, counter: str) -> Position:
        """Up to where the links of a counter hold."""
        mine = (event for event in reversed(self.happened) if isinstance(event, Received) and event.counter == counter)
        last = next(mine, Received(counter, 0, 0, 0))
        return Position(last.epoch, last.place)

    def today(self, counter: str) -> int:
        """The last epoch a counter has heard of."""
        return max((e.epoch for e in self.happened if isinstance(e, Began | Received) and e.counter == counter), default=0)

    def in_place(self, counter: str) -> int:
        """How much of the order, as it is in the epoch that a counter has heard of, is in its links."""
        return self.still(*_spelt(self.reached(counter)), self.today(counter))

    def at(self, counter: str) -> AtCounter:
        """What one counter knows, keeps and shows."""
        length = len(self.happened)
        if counter not in self._read or self._read[counter][0] != length:
            self._read[counter] = length, self._at(counter)
        return self._read[counter][1]

    def objection(self, operation: Operation) -> str | None:
        """Why its counter does not do an act."""
        there = self.at(operation.origin.counter)
        return self._objection(there.shown, there.endings, operation, there.today)

    def changes_nothing(self, operation: Operation) -> bool:
        """Whether its counter shows already what an act asks for, and so keeps nothing of it."""
        if isinstance(operation, UnlinkOperation):
            return False
        shown = self.at(operation.origin.counter).shown
        return any(pair.token == operation.token and pair.number == operation.number for pair in shown)

    def _at(self, counter: str) -> AtCounter:
        own = [event for event in self.happened if isinstance(event, AtOneCounter) and event.counter == counter]
        reached, today, in_place = self.reached(counter), self.today(counter), self.in_place(counter)
        made = [event.operation for event in own if isinstance(event, Made)]
        refused = {event.uuid for event in own if isinstance(event, ToldRefused)}
        kept = self._kept(own)
        unapplied = [op for op in made if is_unapplied(kept.get(op.origin.uuid), in_place)]

        line = self.order(reached.epoch, reached.cursor)
        heard = [self.still(event.epoch, event.place, today) for event in own if isinstance(event, Warned)]
        _, endings = retold(self.order(today, max([in_place, *heard])))
        ahead = [e for e in endings if e.place > in_place]
        shown = [pair for pair in retold(line)[0] if not any(e.token == pair.token or e.number == pair.number for e in ahead)]
        # Refused in a new epoch: the links of the old one, in which it was accepted, are not what the server has.
        shown = [pair for pair in shown if pair.by not in refused]
        for operation in unapplied:
            if self._objection(shown, endings, operation, today) is None:
                shown, _ = following(shown, operation)

        ended = {ending.pair for ending in endings if ending.pair is not None}
        unlinked = {op.origin.uuid for stop in unapplied for op in _stopped_by(stop, line, made)}
        return AtCounter(reached, today, made, kept, shown, endings, refused | ended | unlinked)

    def _kept(self, own: list[AtOneCounter]) -> dict[UUID, State]:
        """The counter's own operations that are not gone, and what it knows of each. `own`: what happened there."""
        states: dict[UUID, State] = {}
        epoch = 0
        for event in own:
            match event:
                case Made(_, operation):
                    states[operation.origin.uuid] = State("pending")
                case ToldRefused(_, uuid) if uuid in states:
                    states[uuid] = State("refused")
                case ToldAccepted(_, uuid, _, place) if uuid in states:
                    states[uuid] = State("accepted", place)
                case Seen(_, uuid):
                    del states[uuid]
                case Began(_, now):
                    lost = [uuid for uuid, (word, place) in states.items() if word == "accepted" and self.still(epoch, place, now) < place]
                    states |= {uuid: State("pending") for uuid in lost}
                    epoch = now
                case Received(_, now, reached, safe, rows):
                    lost = [uuid for uuid, (word, place) in states.items() if word == "accepted" and self.still(epoch, place, now) < place]
                    states |= {uuid: State("pending") for uuid in lost}
                    brought = zip(rows, range(reached - len(rows) + 1, reached + 1), strict=True)
                    states |= {uuid: State("accepted", place) for uuid, place in brought if uuid in states}
                    gone = [uuid for uuid, (word, place) in states.items() if word == "accepted" and place <= min(reached, safe)]
                    states = {uuid: state for uuid, state in states.items() if uuid not in gone}
                    epoch = now
        return states

    def revived(self, epoch: int) -> list[Pair]:
        """Pairs that stand at the end, though the operation that made them had not heard of a stop of their card or number before it."""
        line = self.order(epoch)
        pairs, endings = retold(line)
        alive = []
        for pair in pairs:
            opened = next(operation for operation in line if operation.origin.uuid == pair.by)
            known, own = self.still(opened.origin.known.epoch, opened.origin.known.cursor, epoch), opened.origin
            for e in endings:
                unheard = e.place > known and not (e.by.counter == own.counter and e.by.sequence < own.sequence)
                if unheard and e.by.uuid != own.uuid and (e.token == pair.token or e.number == pair.number):
                    alive.append(pair)
        return alive


def _stopped_by(stop: Operation, line: list[Operation], made: list[Operation]) -> list[Operation]:
    """Of what was linked before an unlinking made here. `made`: here as well."""
    if not isinstance(stop, UnlinkOperation):
        return []
    later = [op.origin.uuid for op in made if op.origin.sequence > stop.origin.sequence]
    same = [op for op in (*line, *made) if op.number == stop.number or (stop.token is not None and op.token == stop.token)]
    return [op for op in same if op.origin.uuid not in later]


def _spelt(position: Position) -> tuple[int, int]:
    return position.epoch, position.cursor


def _unlinked_by(operation: UnlinkOperation, pairs: Iterable[Pair]) -> list[Pair]:
    return [pair for pair in pairs if pair.number == operation.number or pair.token == operation.token]


def is_unapplied(state: State | None, reached: int) -> bool:
    """Whether an operation's row may still come."""
    return state is not None and (state.word == "pending" or (state.word == "accepted" and state.place > reached))


def retold(line: Iterable[Operation]) -> tuple[list[Pair], list[Ending]]:
    """What stands, and what was ended, after operations that were all accepted."""
    pairs: list[Pair] = []
    endings: list[Ending] = []
    for place, operation in enumerate(line, 1):
        after, over = following(pairs, operation)
        endings += [Ending(place, pair.token, pair.number, pair.by, operation.origin) for pair in over]
        if isinstance(operation, UnlinkOperation):
            # Whatever it ended: its number is stopped, and so is the card that was shown with it.
            endings.append(Ending(place, operation.token, operation.number, None, operation.origin))
        pairs = after
    return pairs, endings


def following(pairs: list[Pair], operation: Operation) -> tuple[list[Pair], list[Pair]]:
    """The pairs after an accepted operation, and those it ended."""
    if isinstance(operation, UnlinkOperation):
        over = _unlinked_by(operation, pairs)
        return [pair for pair in pairs if pair not in over], over
    if any(pair.token == operation.token and pair.number == operation.number for pair in pairs):
        return pairs, []
    over = [pair for pair in pairs if pair.token == operation.token or pair.number == operation.number]
    return [*(pair for pair in pairs if pair not in over), Pair(operation.token, operation.number, operation.origin.uuid)], over
