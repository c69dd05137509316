"""Random histories of two counters and a server, each step held against the model of the ledger.

    python -m tests.support.ledger.histories memory|store FIRST COUNT

makes the histories with the seeds FIRST to FIRST + COUNT - 1, and ends with status 1 at the first that goes wrong, with its seed and steps.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from uuid import UUID

from kiosk.domain.decide import Epochs
from kiosk.domain.feed import Snapshot
from kiosk.domain.operations import AcceptedAt, Pending, RefusedFor, after_cuts
from kiosk.domain.wire import Operation, Position, UnlinkOperation
from tests.support.ledger.counters import CounterInMemory, LedgerCounter
from tests.support.ledger.server import Answer, FeedPage, LedgerServer, ServerInMemory
from tests.support.ledger.world import NUMBERS, TOKENS, LedgerError, LedgerWorld

Step = Callable[[LedgerCounter], None]
MOST_ROUNDS = 500
"""At the end. The longest of some thousand histories took 64."""
UUIDS = [UUID(int=number) for number in range(1, 64)]


class History:
    """Small worlds, two to four cards and two or three numbers, so that acts collide as a rule."""

    def __init__(
        self,
        seed: int,
        counters: Callable[[str], LedgerCounter] = CounterInMemory,
        server: Callable[[], LedgerServer] = ServerInMemory,
    ) -> None:
        self.world = LedgerWorld(counters, server)
        self._random = random.Random(seed)
        self._tokens = TOKENS[: self._random.randint(2, 4)]
        self._numbers = NUMBERS[: self._random.randint(2, 3)]
        self._uuids = iter(UUIDS)
        self._answers: dict[str, list[Answer]] = {counter.name: [] for counter in self.world.counters}
        """On their way."""
        self._pages: list[FeedPage] = []
        """Delivered once. They may come again, as snapshots may."""
        self._snapshots: list[tuple[Snapshot, Position]] = []
        self._epochs: list[Epochs] = []

    def run(self) -> None:
        """Some steps, and then everything arrives."""
        steps = self._steps(self._random.choice(("calm", "offline", "restored")))
        for step in self._random.choices(list(steps), list(steps.values()), k=self._random.randint(6, 14)):
            step(self._random.choice(self.world.counters))
        self._let_everything_arrive()

    def _steps(self, mood: str) -> dict[Step, int]:
        return {
            self._act: 12 if mood == "offline" else 5,
            self._act_online: 3 if mood == "offline" else 8,
            self._send: 5,
            self._answer: 4,
            self._feed: 6,
            self._repeat_page: 1 if mood == "offline" else 3,
            self._snapshot: 1 if mood == "offline" else 3,
            self._hear_epoch: 3 if mood == "restored" else 1,
            self._hear_stops: 3,
            self._restart: 1,
            self._see_refusal: 1,
            self._back_up: 3 if mood == "restored" else 1,
            self._restore: 5 if mood == "restored" else 0,
        }

    def _act(self, counter: LedgerCounter) -> None:
        uuid, token, number = next(self._uuids), self._random.choice(self._tokens), self._random.choice(self._numbers)
        match self._random.randrange(8):
            case 0 | 1 | 2:
                self.world.link(counter, uuid, token, number)
            case 3 | 4:
                self.world.replace(counter, uuid, token, number)
            case 5:
                shown = sorted(self.world.has_been_shown[counter.name])
                self.world.replace(counter, uuid, token, number, frozenset(self._random.sample(shown, min(len(shown), 2))))
            case _:
                self.world.unlink(counter, uuid, number)

    def _act_online(self, counter: LedgerCounter) -> None:
        self._act(counter)
        self._send(counter)
        while self._answers[counter.name]:
            self.world.answer(counter, self._answers[counter.name].pop(0))

    def _sendable(self, counter: LedgerCounter) -> list[Operation]:
        """Each waits behind earlier ones without an answer that share its card or number. In a new epoch stops go first."""
        behind, pending = self.world.is_behind(counter), self._unanswered(counter)
        stops: list[Operation] = [operation for operation in pending if isinstance(operation, UnlinkOperation)]
        if stops and behind:
            return stops
        return [one for place, one in enumerate(pending) if not any(_share(one, earlier) for earlier in pending[:place])]

    def _unanswered(self, counter: LedgerCounter) -> list[Operation]:
        """Those not answered, or whose answer the server has lost."""
        epochs = self.world.server.epochs
        return [own.operation for own in counter.kept() if isinstance(after_cuts(own.state, epochs), Pending)]

    def _send(self, counter: LedgerCounter) -> None:
        """Whoever sends has heard of the server's epoch. Answers of earlier ones are dropped from then on: an operation that was refused in
        the old epoch may be accepted in the new one.
        """
        answers, sendable = self._answers[counter.name], self._sendable(counter)
        if sendable:
            self.world.hear_epoch(counter)
            answers[:] = [answer for answer in answers if answer.epoch == self.world.server.epochs.current]
            answers.append(self.world.ask(counter, self._random.choice(sendable)))

    def _answer(self, counter: LedgerCounter) -> None:
        """One of the answers on their way arrives, is lost, or arrives and will once more."""
        answers = self._answers[counter.name]
        if answers:
            answer, fate = self._random.choice(answers), self._random.random()
            if fate < 0.75:
                answers.remove(answer)
            if fate > 0.25:
                self.world.answer(counter, answer)

    def _feed(self, counter: LedgerCounter) -> None:
        """Mostly one entry at a time, and none to say what is safe."""
        if self.world.is_behind(counter):
            self._snapshot(counter)
            return
        self._pages.append(self.world.next_page(counter, self._random.choice((0, 1, 1, 1, 2))))
        self.world.page(counter, self._pages[-1])

    def _repeat_page(self, counter: LedgerCounter) -> None:
        """Any that was delivered once: it may be old, too far ahead, or of an epoch that is over."""
        if self._pages:
            self.world.page(counter, self._random.choice(self._pages))

    def _snapshot(self, counter: LedgerCounter) -> None:
        """A new one, or one that was on its way for long."""
        self._snapshots.append((self.world.server.snapshot(), self.world.server.safe))
        is_late = self._random.random() < 0.3
        self.world.snapshot(counter, *(self._random.choice(self._snapshots) if is_late else self._snapshots[-1]))

    def _hear_epoch(self, counter: LedgerCounter) -> None:
        """Mostly the one that runs, and sometimes before an answer of an earlier one arrives."""
        self._epochs.append(self.world.server.epochs)
        self.world.hear_epoch(counter, self._random.choice(self._epochs) if self._random.random() < 0.3 else None)
        if self._random.random() < 0.5:
            self._answer(counter)

    def _hear_stops(self, counter: LedgerCounter) -> None:
        self.world.hear_stops(counter)

    def _restart(self, counter: LedgerCounter) -> None:
        """Answers on their way are lost with their connection."""
        self._answers[counter.name].clear()
        self.world.restart(counter)

    def _see_refusal(self, counter: LedgerCounter) -> None:
        refused = [own.operation.origin.uuid for own in counter.kept() if isinstance(own.state, RefusedFor)]
        if refused:
            self.world.see_refusal(counter, self._random.choice(refused))

    def _back_up(self, _: LedgerCounter) -> None:
        self.world.back_up()

    def _restore(self, counter: LedgerCounter) -> None:
        """Also while an answer is on its way."""
        if self._random.random() < 0.5:
            self._send(counter)
        self.world.restore(oldest=self._random.random() < 0.3)

    def _let_everything_arrive(self) -> None:
        """In any order, with answers still lost and doubled on the way."""
        rounds = iter(range(MOST_ROUNDS))
        while unfinished := [counter for counter in self.world.counters if self._is_unfinished(counter)]:
            if next(rounds, None) is None:
                raise LedgerError(f"no end: {[counter.name for counter in unfinished]} still keep or miss something")
            counter = self._random.choice(unfinished)
            if self._sendable(counter):
                self._send(counter)
                self._answer(counter)
            elif self.world.is_behind(counter):
                self._snapshot(counter)
            else:
                self._answer(counter)
                self._see_refusal(counter)
                self._feed(counter)
        for _ in range(2):
            self.world.back_up()
        for counter in self.world.counters:
            self.world.page(counter, self.world.next_page(counter))
        self.world.check_the_end()

    def _is_unfinished(self, counter: LedgerCounter) -> bool:
        if self.world.is_behind(counter) or any(not isinstance(own.state, AcceptedAt) for own in counter.kept()):
            return True
        return bool(self.world.next_page(counter).entries)


def _share(one: Operation, other: Operation) -> bool:
    return one.number == other.number or (one.token is not None and one.token == other.token)


def make(
    first: int,
    count: int,
    counters: Callable[[str], LedgerCounter] = CounterInMemory,
    server: Callable[[], LedgerServer] = ServerInMemory,
) -> None:
    """Raises LedgerError for the first history that goes wrong, with all that is needed to see what happened and to make it again."""
    for seed in range(first, first + count):
        history = History(seed, counters, server)
        try:
            history.run()
        except Exception as error:
            raise LedgerError(f"history {seed}:\n{history.world}\n{error!r}") from error


def main(memory_or_store: str, first: str, count: str) -> None:
    try:
        if memory_or_store == "memory":
            make(int(first), int(count))
        else:
            from tests.support.ledger.counter_in_store import stores

            with stores() as counters:
                make(int(first), int(count), counters)
    except LedgerError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
