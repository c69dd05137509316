"""Counters in a process of their own, and each of them as a trial drives it.

with CounterProcess(folder) as process:
    east = HeadlessCounter(process, enrolled, url, log)      # `enrolled` from `RegistryProcess.enrol`
    east.open(); east.start()
    east.link(token, number)
    process.kill()                                           # kill -9: the counters' stores stay
    process.start(); east.open(); east.start()
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Condition, Thread
from typing import Any, Self
from uuid import uuid4

from tests.support import ROOT
from tests.support.registry.agreement import Act, Log
from tests.support.registry.tables import Link, read_store
from tests.support.wait import LIMIT


class CounterGone(Exception):
    """The process was killed before it answered."""


class CounterFailed(AssertionError):
    """A counter says something that no counter should; the message has the end of its log."""


class CounterRefused(Exception):
    """What was to be done is refused at once, with `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Heard:
    """An event that a counter was told of. `at`: by the monotonic clock."""

    counter: str
    event: str
    at: float
    uuid: str = ""
    code: str = ""
    condition: str = ""


class CounterProcess:
    """One process for any number of counters. Runs from the beginning until `kill` or the end of the `with`."""

    def __init__(self, folder: Path, name: str = "counters") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / f"{name}.log"
        self.heard: list[Heard] = []
        self.changed = Condition()
        self._numbers = count(1)
        self._waiting: dict[int, Future[Any]] = {}
        self._child: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        """As it was killed: without any counter open."""
        assert self._child is None
        command = [sys.executable, "-m", "tests.support.registry.counter_program"]
        with self.log.open("a") as log:
            environment = os.environ | {"PYTHONFAULTHANDLER": "1"}
            self._child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1, cwd=ROOT, env=environment
            )
        self._reader = Thread(target=self._read, args=(self._child,), daemon=True)
        self._reader.start()

    def kill(self) -> None:
        """kill -9."""
        if (child := self._child) is not None:
            child.kill()
            child.wait(LIMIT)
            self._reader.join(LIMIT)
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdout.close()
            try:
                child.stdin.close()
            except BrokenPipeError:
                pass  # a command was still on its way
            self._child = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def ask(self, counter: str, do: str, **values: object) -> Future[Any]:
        """Have something done, each counter's commands in their order. Fails with CounterRefused, CounterFailed, CounterGone."""
        number, answer = next(self._numbers), Future[Any]()
        with self.changed:
            self._waiting[number] = answer
        child = self._child
        try:
            if child is None or child.stdin is None:
                raise BrokenPipeError
            child.stdin.write(json.dumps({"id": number, "counter": counter, "do": do, **values}) + "\n")
            child.stdin.flush()
        except (OSError, ValueError):
            with self.changed:
                if self._waiting.pop(number, None) is not None:
                    answer.set_exception(CounterGone(counter))
        return answer

    def wait_for(self, fits: Any, what: str, limit: float = LIMIT) -> None:
        """Until something heard makes `fits` true; it is asked again with each event."""
        with self.changed:
            assert self.changed.wait_for(fits, limit), f"waited {limit:g} s in vain for {what}; {self.end_of_log()}"

    def end_of_log(self) -> str:
        return f"{self.log} ends with:\n{self.log.read_text()[-3000:]}"

    def _read(self, child: subprocess.Popen[str]) -> None:
        assert child.stdout is not None
        for line in child.stdout:
            if not line.endswith("\n"):
                break  # killed while it wrote
            said = json.loads(line)
            if "id" not in said:
                with self.changed:
                    self.heard.append(Heard(**said))
                    self.changed.notify_all()
                continue
            with self.changed:
                answer = self._waiting.pop(said["id"])
            if "refused" in said:
                answer.set_exception(CounterRefused(said["refused"]))
            elif "failed" in said:
                answer.set_exception(CounterFailed(f"{said['failed']}\n{self.end_of_log()}"))
            else:
                answer.set_result(said["done"])
        with self.changed:
            gone, self._waiting = self._waiting, {}
        for answer in gone.values():
            answer.set_exception(CounterGone())


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a counter needs to be one of the library's."""

    name: str
    secret: str = field(repr=False)
    site_key: bytes = field(repr=False)
    authority: str


@dataclass(slots=True)
class HeadlessCounter:
    """One counter of a process. Every act is written into the log of the trial, also one whose process was killed meanwhile."""

    process: CounterProcess
    folder: Path
    enrolled: Enrolled
    url: str
    log: Log
    ahead: float = 0.0
    """Seconds by which its clock is wrong."""

    @property
    def name(self) -> str:
        return self.enrolled.name

    def open(self) -> Future[Any]:
        known = {"secret": self.enrolled.secret, "authority": self.enrolled.authority, "site_key": self.enrolled.site_key.hex()}
        return self.ask("open", folder=str(self.folder / self.name), registry=self.url, ahead=self.ahead, **known)

    def start(self) -> Future[Any]:
        return self.ask("start")

    def begin(self) -> Future[Any]:
        """Open and start; done once both are."""
        self.open()
        return self.start()

    def ask(self, do: str, **values: object) -> Future[Any]:
        return self.process.ask(self.name, do, **values)

    def do(self, do: str, limit: float = LIMIT, **values: object) -> Any:
        return self.ask(do, **values).result(limit)

    def link(self, token: bytes, number: str) -> str | None:
        return self.act("link", number, token)

    def replace(self, token: bytes, number: str) -> str | None:
        return self.act("replace", number, token)

    def unlink(self, number: str) -> str | None:
        return self.act("unlink", number, None)

    def act(self, kind: str, number: str, token: bytes | None, limit: float = LIMIT) -> str | None:
        """Do it. Returns the operation; None where nothing had to be done. Raises CounterRefused, CounterGone."""
        return self.begin_act(kind, number, token).result(limit)

    def begin_act(self, kind: str, number: str, token: bytes | None) -> Future[str | None]:
        """Have it done, without waiting for it. What was refused at once was never made."""
        uuid, done = str(uuid4()), Future[str | None]()
        self.log.add(Act(uuid, self.name, kind, number, token))

        def take(made: Future[Any]) -> None:
            error = made.exception()
            if isinstance(error, CounterRefused) or (error is None and made.result() is None):
                del self.log.acts[uuid]
            elif error is None:
                self.note(made.result())
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(None if made.result() is None else uuid)

        self.ask(kind, uuid=uuid, number=number, **({} if token is None else {"token": token.hex()})).add_done_callback(take)
        return done

    def note(self, made: dict[str, Any]) -> None:
        """Write down what the counter says of an operation of its own."""
        token = made["token"] and bytes.fromhex(made["token"])
        known, generation = (made["epoch"], made["cursor"]), made["key-generation"]
        act = Act(made["uuid"], self.name, made["kind"], made["number"], token, made["sequence"], known, generation)
        self.log.add(act)

    def note_all(self) -> None:
        """Write down what a killed process had not told: what was done, and what it had heard of the answers."""
        for made in self.do("operations"):
            self.note(made)
            if made["state"] == "accepted":
                self.log.confirmed.add(made["uuid"])
            elif made["state"] == "refused":
                self.log.refused[made["uuid"]] = made["code"]

    def links(self) -> tuple[Link, ...]:
        file = self.do("file")
        return read_store(Path(file["path"]), bytes.fromhex(file["key"]))


def note_answers(log: Log, processes: Sequence[CounterProcess]) -> None:
    """Write down what the counters were told of their operations."""
    for process in processes:
        with process.changed:
            heard = list(process.heard)
        for one in heard:
            if one.event == "OperationAccepted":
                log.confirmed.add(one.uuid)
            elif one.event == "OperationRefused":
                log.refused[one.uuid] = one.code
