"""Two counters and a server. Each step is carried out, written down for the model, and held against it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from kiosk.domain.decide import Epochs, OpenLink
from kiosk.domain.errors import Code
from kiosk.domain.feed import Snapshot
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.operations import AcceptedAt, Pending, RefusedFor
from kiosk.domain.wire import LinkOperation, Operation, Origin, Position, ReplaceOperation, UnlinkOperation
from tests.support.ledger.counters import MADE, CounterInMemory, LedgerCounter
from tests.support.ledger.happened import (
    Agreed,
    BackedUp,
    Began,
    Denied,
    Made,
    Pair,
    Received,
    Restored,
    Seen,
    ToldAccepted,
    ToldRefused,
    Warned,
)
from tests.support.ledger.model import LedgerModel
from tests.support.ledger.server import Answer, FeedPage, LedgerServer, ServerInMemory

TOKENS = [LinkToken(bytes([card]) * 32) for card in range(4)]
NUMBERS = [LibraryCardNumber(f"210406785{number}") for number in range(3)]


class LedgerError(AssertionError):
    """A counter or the server does something else than the model says."""


class LedgerWorld:
    def __init__(
        self, counters: Callable[[str], LedgerCounter] = CounterInMemory, server: Callable[[], LedgerServer] = ServerInMemory
    ) -> None:
        self.model, self.server = LedgerModel(), server()
        self.counters = [counters("one"), counters("two")]
        self.steps: list[tuple[object, ...]] = []
        """Everything that was done, for people."""
        self.has_been_shown: dict[str, set[UUID]] = {counter.name: set() for counter in self.counters}
        """Operations whose links a counter has shown at some time."""

    # Acts

    def link(self, counter: LedgerCounter, uuid: UUID, token: LinkToken, number: LibraryCardNumber) -> None:
        expected = LinkOperation(self._origin(counter, uuid), token, number, Revocation.GOOD, False)
        self._acted(counter, expected, counter.link(uuid, token, number), "link", token, number)

    def replace(
        self, counter: LedgerCounter, uuid: UUID, token: LinkToken, number: LibraryCardNumber, premises: frozenset[UUID] | None = None
    ) -> None:
        """`premises`: what staff were shown, if that was not what the counter shows now."""
        if premises is None:
            shown = (counter.of_token(token), counter.of_number(number))
            premises = frozenset(link.operation for link in shown if link is not None)
        reason = ReplaceReason.RENEWED
        expected = ReplaceOperation(self._origin(counter, uuid), token, number, Revocation.GOOD, False, reason, premises)
        self._acted(counter, expected, counter.replace(uuid, token, number, premises), "replace", *sorted(premises), "by", token, number)

    def unlink(self, counter: LedgerCounter, uuid: UUID, number: LibraryCardNumber) -> None:
        card = next((pair.token for pair in self.model.at(counter.name).shown if pair.number == number), None)
        expected = UnlinkOperation(self._origin(counter, uuid), number, UnlinkReason.LOST, card)
        self._acted(counter, expected, counter.unlink(uuid, number), "unlink", number)

    def _origin(self, counter: LedgerCounter, uuid: UUID) -> Origin:
        there = self.model.at(counter.name)
        return Origin(uuid, counter.name, len(there.made) + 1, there.reached, 0, MADE)

    def _acted(self, counter: LedgerCounter, operation: Operation, refused: Code | None, *words: object) -> None:
        self._say(counter, *words, "->", operation if refused is None else refused)
        self.expect(refused and refused.value, self.model.objection(operation), "the act")
        if refused is None and not self.model.changes_nothing(operation):
            self.model.happened.append(Made(counter.name, operation))
        self.check(counter)

    # Messages

    def ask(self, counter: LedgerCounter, operation: Operation) -> Answer:
        """An operation is sent. Its answer has not arrived yet."""
        model, uuid, epoch = self.model, operation.origin.uuid, self.server.epochs.current
        line, denied = model.order(epoch), model.denied()
        answer = self.server.take(operation)
        self._say(counter, "sends", operation, "->", answer.state)
        there = answer.state if isinstance(answer.state, AcceptedAt) else answer.state.code.value
        places = [place for place, earlier in enumerate(line, 1) if earlier.origin.uuid == uuid]
        if places or uuid in denied:
            self.expect(there, AcceptedAt(Position(epoch, places[0])) if places else denied[uuid], "the answer repeated")
            return answer
        objection = model.verdict(line, operation, epoch)
        self.expect(there, AcceptedAt(Position(epoch, len(line) + 1)) if objection is None else objection, "the answer")
        model.happened.append(Agreed(epoch, operation) if objection is None else Denied(uuid, objection))
        return answer

    def answer(self, counter: LedgerCounter, answer: Answer) -> None:
        self._say(counter, "is answered", answer.uuid, answer.state)
        counter.hear_answer(answer)
        if answer.epoch == self.model.today(counter.name):
            if isinstance(answer.state, AcceptedAt):
                self.model.happened.append(ToldAccepted(counter.name, answer.uuid, answer.epoch, answer.state.position.cursor))
            else:
                self.model.happened.append(ToldRefused(counter.name, answer.uuid))
        self.check(counter)

    def is_behind(self, counter: LedgerCounter) -> bool:
        """Whether the server is in a later epoch: the counter then needs a snapshot."""
        return self.model.reached(counter.name).epoch != self.server.epochs.current

    def next_page(self, counter: LedgerCounter, count: int = 1) -> FeedPage:
        """What the feed has for a counter in the server's epoch."""
        return self.server.page(self.model.reached(counter.name).cursor, count)

    def page(self, counter: LedgerCounter, page: FeedPage) -> None:
        reached, rows, epoch = self.model.reached(counter.name), page.entries, page.safe.epoch
        self._say(counter, "page", *((row.cursor, row.operation) for row in rows), "safe", page.safe)
        counter.hear_page(page)
        if epoch == reached.epoch == self.model.today(counter.name) and (not rows or rows[0].cursor == reached.cursor + 1):
            brought = tuple(row.operation for row in rows)
            self.model.happened.append(Received(counter.name, epoch, reached.cursor + len(rows), page.safe.cursor, brought))
        self.check(counter)

    def snapshot(self, counter: LedgerCounter, snapshot: Snapshot, safe: Position) -> None:
        epoch = snapshot.epochs.current
        self._say(counter, "snapshot", snapshot.cursor, snapshot.epochs)
        counter.hear_snapshot(snapshot, safe)
        self._began(counter, epoch)
        if epoch == self.model.today(counter.name) and snapshot.cursor >= self.model.in_place(counter.name):
            self.model.happened.append(Received(counter.name, epoch, snapshot.cursor, safe.cursor))
        self.check(counter)

    def hear_epoch(self, counter: LedgerCounter, epochs: Epochs | None = None) -> None:
        """Perhaps one that is over."""
        epochs = epochs or self.server.epochs
        self._say(counter, "hears of", epochs)
        counter.hear_epoch(epochs)
        self._began(counter, epochs.current)
        self.check(counter)

    def _began(self, counter: LedgerCounter, epoch: int) -> None:
        if epoch > self.model.today(counter.name):
            self.model.happened.append(Began(counter.name, epoch))

    def hear_stops(self, counter: LedgerCounter) -> None:
        """All that are ahead of the counter's links, which takes part in the server's epoch first."""
        self.hear_epoch(counter)
        epoch, cursor = self.server.position.epoch, self.server.position.cursor
        stops = self.server.stops_above(self.model.in_place(counter.name))
        self._say(counter, "hears of stops", *(placed.stop.cursor for placed in stops))
        counter.hear_stops(stops, epoch)
        self.model.happened.append(Warned(counter.name, epoch, cursor))
        self.check(counter)

    def send(self, counter: LedgerCounter, uuid: UUID) -> None:
        """An operation goes out and its answer arrives."""
        (operation,) = (own.operation for own in counter.kept() if own.operation.origin.uuid == uuid)
        self.answer(counter, self.ask(counter, operation))

    def catch_up(self, counter: LedgerCounter) -> None:
        """By a snapshot in a new epoch, else entry by entry."""
        if self.is_behind(counter):
            self.snapshot(counter, self.server.snapshot(), self.server.safe)
        while (page := self.next_page(counter)).entries:
            self.page(counter, page)

    # Everything else

    def restart(self, counter: LedgerCounter) -> None:
        self._say(counter, "restarts")
        counter.restart()
        self.check(counter)

    def see_refusal(self, counter: LedgerCounter, uuid: UUID) -> None:
        self._say(counter, "staff see the refusal of", uuid)
        counter.refusal_seen(uuid)
        self.model.happened.append(Seen(counter.name, uuid))
        self.check(counter)

    def back_up(self) -> None:
        self.steps.append(("backup at", self.server.position))
        self.server.back_up()
        self.model.happened.append(BackedUp())

    def restore(self, oldest: bool = False) -> None:
        self.server.restore(oldest)
        self.steps.append(("restored", self.server.epochs))
        self.model.happened.append(Restored(self.server.epochs.current, self.server.position.cursor, oldest))

    # Checks

    def check(self, counter: LedgerCounter) -> None:
        """What one counter shows and keeps."""
        name, there = counter.name, self.model.at(counter.name)
        by_token = {pair.token: pair for pair in there.shown}
        by_number = {pair.number: pair for pair in there.shown}
        for token in TOKENS:
            self.expect(_pair(counter.of_token(token)), by_token.get(token), f"what {name} shows for a card")
        for number in NUMBERS:
            self.expect(_pair(counter.of_number(number)), by_number.get(number), f"what {name} shows for a number")
        shown = {pair.by for pair in there.shown}
        self.expect(shown & there.never, set(), f"what {name} must not show")
        self.has_been_shown[name] |= shown
        states = {own.operation.origin.uuid: _state(own.state) for own in counter.kept()}
        self.expect(states, dict(there.kept), f"what {name} keeps")
        operations = [own.operation for own in counter.kept()]
        self.expect(operations, [op for op in there.made if op.origin.uuid in states], f"the operations of {name}")

    def check_the_end(self) -> None:
        """Everything has arrived, and a backup holds it: the counters equal the server row by row, and nothing has vanished."""
        made, seen = set(), {event.uuid for event in self.model.happened if isinstance(event, Seen)}
        for counter in self.counters:
            self.expect(list(counter.kept()), [], f"what {counter.name} keeps at the end")
            self.expect(counter.links(), self.server.links, f"the links of {counter.name} at the end")
            made |= {operation.origin.uuid for operation in self.model.at(counter.name).made}
        line = {operation.origin.uuid for operation in self.model.order(self.server.epochs.current)}
        self.expect(made - line - seen, set(), "neither accepted nor refused and seen")
        self.expect(line & seen, set(), "both accepted and refused")
        self.expect(self.model.revived(self.server.epochs.current), [], "stopped, and alive")

    def expect(self, there: object, expected: object, what: str) -> None:
        if there != expected:
            raise LedgerError(f"{what}: {there}; the model says {expected}")

    def _say(self, counter: LedgerCounter, *words: object) -> None:
        self.steps.append((counter.name, *words))

    def __str__(self) -> str:
        return "\n".join(" ".join(map(_short, step)) for step in self.steps)


def _pair(link: OpenLink | None) -> Pair | None:
    return None if link is None else Pair(link.token, link.number, link.operation)


def _state(state: Pending | AcceptedAt | RefusedFor) -> tuple[str, int]:
    match state:
        case Pending():
            return "pending", 0
        case AcceptedAt(position):
            return "accepted", position.cursor
        case RefusedFor():
            return "refused", 0


def _short(word: object) -> str:
    match word:
        case LinkToken(digest):
            return f"card {digest[0]}"
        case LibraryCardNumber(text):
            return f"number {text[-1]}"
        case UUID():
            return f"#{word.int}"
        case AcceptedAt(position):
            return f"accepted at {_short(position)}"
        case RefusedFor(code):
            return code.value
        case Position(epoch, cursor):
            return f"{epoch}:{cursor}"
        case tuple():
            return " ".join(map(_short, word))
        case _:
            return _short(word.origin.uuid) if isinstance(word, Operation) else str(word)
