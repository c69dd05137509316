"""A whole library for a trial: servers, a relay before them, counters in processes, and a log of what was done.

with Library(tmp_path, counters=3) as library:
    library.work(100)                    # acts drawn from the seed, at counters drawn from it
    library.relay.cut(); library.work(20); library.relay.mend()
    library.settle()                     # all answered, all at the same position
    library.check()                      # the independent judgement
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.support.registry.agreement import LINK, REPLACE, UNLINK, Log, disagreements
from tests.support.registry.counter_process import CounterGone, CounterProcess, CounterRefused, HeadlessCounter, note_answers
from tests.support.registry.later_keys import under_last_key
from tests.support.registry.relay import Relay
from tests.support.registry.seeds import drawn_seed, draws
from tests.support.registry.server_process import RegistryProcess

LIMIT = 60.0
_UNDER_WAY = 40
"""Acts that are begun before the first of them is done."""


@dataclass
class Wishes:
    """What patrons want, drawn from a seed: mostly new cards, and of those known already what brings counters into each other's way."""

    seed: int
    recent: int = 60
    """Among so many of the last numbers the known ones are chosen."""
    _numbers: list[str] = field(default_factory=list)
    _tokens: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._draw = draws(self.seed, "wishes")

    def next(self) -> tuple[str, str, bytes | None]:
        """Kind, number and token of an act."""
        kind = self._draw.random()
        if kind < 0.6 or len(self._numbers) < 3:
            return LINK, self._fresh_number(), self._fresh_token()
        number, token = self._draw.choice(self._numbers[-self.recent :]), self._draw.choice(self._tokens[-self.recent :])
        if kind < 0.7:
            return LINK, number, self._draw.choice((token, self._fresh_token()))
        if kind < 0.8:
            return REPLACE, number, self._draw.choice((token, self._fresh_token()))
        return UNLINK, number, None

    def _fresh_number(self) -> str:
        self._numbers.append(f"21{len(self._numbers):08}")
        return self._numbers[-1]

    def _fresh_token(self) -> bytes:
        self._tokens.append(self._draw.randbytes(32))
        return self._tokens[-1]


class Library:
    """Use as a context manager; everything runs once it is entered."""

    def __init__(
        self,
        folder: Path,
        database: str = "",
        *,
        counters: int = 3,
        processes: int = 1,
        servers: int = 1,
        lines: int = 1,
        clocks: tuple[float, ...] = (0,),
        home: Path | None = None,
        is_balanced: bool = False,
    ) -> None:
        """`database`: a URL of PostgreSQL. `servers`: on the same one. `lines`: relays before each, which break one by one. `clocks`: by
        how many seconds counters' clocks are wrong, in turn. `home`: of the server, if it is to lie elsewhere than in `folder`.
        `is_balanced`: each relay leads to all servers in turn, as one address for all counters does.
        """
        self.folder, self.log, self.seed = folder, Log(), drawn_seed()
        self.draw, self.wishes = draws(self.seed, "faults"), Wishes(self.seed)
        self._database, self._count, self._clocks = database, counters, clocks
        self._processes, self._servers, self._lines, self._home = processes, servers, lines, home or folder / "server"
        self._is_balanced = is_balanced
        self._stack = ExitStack()
        self._under_way: list[Future[str | None]] = []

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.servers = [stack.enter_context(RegistryProcess(self._home, self._database))]
            for number in range(1, self._servers):
                again = RegistryProcess(self.folder / f"server{number}", self._database, keys=self.server.keys)
                self.servers.append(stack.enter_context(again))
            self.relays = [stack.enter_context(self._relay(server)) for _ in range(self._lines) for server in self.servers]
            self.processes = [
                stack.enter_context(CounterProcess(self.folder, f"counters{number}")) for number in range(min(self._processes, self._count))
            ]
            self.counters = [
                HeadlessCounter(
                    self.processes[number % len(self.processes)],
                    self.folder,
                    enrolled,
                    f"https://127.0.0.1:{self.relays[number % len(self.relays)].port}",
                    self.log,
                    self._clocks[number % len(self._clocks)],
                )
                for number, enrolled in enumerate(self.server.enrol(*(f"counter{number}" for number in range(self._count))))
            ]
            self.begin()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _relay(self, server: RegistryProcess) -> Relay:
        return Relay(server.port, self.seed, [one.port for one in self.servers if one is not server] if self._is_balanced else ())

    @property
    def server(self) -> RegistryProcess:
        return self.servers[0]

    @property
    def relay(self) -> Relay:
        return self.relays[0]

    def begin(self) -> None:
        """Open and start every counter, at the same time."""
        for done in [counter.begin() for counter in self.counters]:
            done.result(LIMIT)

    # --- what happens ---------------------------------------------------------------------------------------------------

    def work(self, acts: int, at: HeadlessCounter | None = None) -> None:
        """So many acts, at any counters or `at` one. Returns once they are done there; the server has its own time."""
        for _ in range(acts):
            counter = at or self.draw.choice(self.counters)
            self._under_way.append(counter.begin_act(*self.wishes.next()))
            if len(self._under_way) >= _UNDER_WAY:
                self._finish(self._under_way.pop(0))
        while self._under_way:
            self._finish(self._under_way.pop(0))

    def _finish(self, done: Future[str | None]) -> None:
        try:
            done.result(LIMIT)
        except (CounterRefused, CounterGone):
            pass  # it was refused at once; or nobody knows whether it was done, until the counter is there again

    def kill_counters(self, process: CounterProcess) -> None:
        """kill -9 of a process in the midst of acts, and all its counters begin again where their stores were left."""
        counters = [counter for counter in self.counters if counter.process is process]
        self._under_way += [self.draw.choice(counters).begin_act(*self.wishes.next()) for _ in range(4)]
        process.kill()
        process.start()
        for done in [counter.begin() for counter in counters]:
            done.result(LIMIT)
        for counter in counters:
            counter.note_all()

    def deliver(self, limit: float = LIMIT) -> None:
        """Until every act is answered, on the network as it is."""
        self._each(lambda counter: counter.ask("await_answers", seconds=limit), limit)

    # --- the end --------------------------------------------------------------------------------------------------------

    def settle(self, limit: float = LIMIT) -> None:
        """Until every act is answered and every counter has heard all of them."""
        for relay in self.relays:
            relay.mend()
        end, settled = time.monotonic() + limit, (-1, -1)
        while (head := self.server.head()) != settled:
            left = end - time.monotonic()
            assert left > 0, f"{limit:g} s in vain for counters to settle at {head}"
            self._each(lambda counter: counter.ask("await_position", epoch=head[0], cursor=head[1], seconds=left), left)  # noqa: B023 - at once
            settled = head

    def _each(self, ask: Callable[[HeadlessCounter], Future[object]], limit: float) -> None:
        asked = [(counter, ask(counter)) for counter in self.counters]
        for counter, answer in asked:
            try:
                answer.result(limit + 5)
            except AssertionError as error:
                raise AssertionError(f"{error}\n{counter.name}; {self.server.end_of_log()}") from error

    def check(self, *, was_restored: bool = False) -> None:
        """Judge it all by the databases. Before it, `settle`."""
        for counter in self.counters:
            counter.note_all()
        note_answers(self.log, self.processes)
        stores = {counter.name: counter.links() for counter in self.counters}
        log = under_last_key(self.log, self.server.keys)
        found = disagreements(self.server.tables(), stores, log, was_restored=was_restored)
        assert not found, "\n".join(found[:20])
        doubts = {counter.name: doubt for counter in self.counters if (doubt := counter.do("examine")) is not None}
        assert doubts == {}
