"""Counters without windows: the real store and the real sync thread of each, driven by lines of JSON.

Usage: python -m tests.support.registry.counter_program

A command a line comes on stdin, `{"id": 1, "counter": "east", "do": "open", …}`; on stdout goes an answer each, `{"id": 1, "done": …}`,
`{"id": 1, "refused": code}` or `{"id": 1, "failed": traceback}`, and what counters hear, `{"counter": "east", "event": …}`.
Each counter works on a thread of its own; what a method of `Counter` takes is what its command holds. Ends with its input.
"""

from __future__ import annotations

import json
import queue
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from uuid import UUID

import sqlcipher3

from kiosk.domain.errors import KioskError
from kiosk.domain.events import CounterRetiring, CounterRevoked, OperationAccepted, OperationRefused, RegistryChanged
from kiosk.domain.events import Event as Told
from kiosk.domain.model import LibraryCardNumber, Link, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.store.anchor import AnchorFile
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from kiosk.store.sync.credentials import Credentials
from kiosk.store.sync.sync_thread import SyncThread
from kiosk.store.sync.tls import Authority, read_certificate

_lock = Lock()


def say(values: dict[str, object]) -> None:
    with _lock:
        print(json.dumps(values), flush=True)  # noqa: T201 - whoever drives it reads this


class Counter:
    """One counter. Its commands are the methods without an underscore."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._commands: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._ahead = timedelta()
        self._sync: SyncThread | None = None
        Thread(target=self._work, daemon=True).start()

    def take(self, command: dict[str, Any]) -> None:
        self._commands.put(command)

    def _work(self) -> None:
        while True:
            command = self._commands.get()
            number, do = command.pop("id"), command.pop("do")
            try:
                say({"id": number, "done": getattr(self, do)(**command)})
            except KioskError as error:
                say({"id": number, "refused": error.code.value})
            except Exception:
                say({"id": number, "failed": traceback.format_exc()})

    # --- commands -------------------------------------------------------------------------------------------------------

    def open(self, folder: str, registry: str, secret: str, authority: str, site_key: str, ahead: float = 0) -> None:
        """Open the store in `folder`, or create it, enrolled with the server. `ahead`: seconds by which the counter's clock is wrong."""
        self._ahead, home = timedelta(seconds=ahead), Path(folder)
        file = home / "keys.json"
        if not file.exists():
            home.mkdir(parents=True, exist_ok=True)
            file.write_text(Keys.fresh(bytes.fromhex(site_key)).encoded())
        self._keys, self._path = Keys.decoded(file.read_text()), home / "data" / "kiosk.db"
        anchor = AnchorFile(home / "store.anchor", self._keys)
        self._repository = Repository(self._path, self._keys, self._name, self._now, anchor=anchor)
        if not self._repository.is_enrolled():
            self._repository.enrol(registry, self._name)
        elif (member := self._repository.membership()) is not None and member.registry != registry:
            self._repository.move_to(registry)
        self._credentials = Credentials(secret, Authority(read_certificate(authority.encode())), "0.0-rig")
        self._beside = sqlcipher3.connect(f"file:{self._path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
        self._beside.execute(f"PRAGMA key = \"x'{self._keys.database.hex()}'\"")
        self._beside.execute("PRAGMA cipher_compatibility = 4")

    def start(self) -> None:
        self._sync = SyncThread(self._repository, self._credentials, self._hear, timedelta(days=1), now=self._now)
        self._sync.start()

    def stop(self) -> None:
        if self._sync is not None:
            self._sync.stop()
            self._sync = None

    def close(self) -> None:
        self.stop()
        self._beside.close()
        self._repository.close()

    def link(self, uuid: str, token: str, number: str) -> dict[str, object] | None:
        self._repository.save_link(UUID(uuid), _token(token), LibraryCardNumber(number), revocation=Revocation.GOOD)
        return self._made(uuid)

    def replace(self, uuid: str, token: str, number: str) -> dict[str, object] | None:
        """In place of whatever staff are shown now."""
        by_card, by_number = self._repository.links_for([_token(token)], LibraryCardNumber(number))
        shown = tuple({link.operation for link in (*by_card, by_number) if link is not None})
        told = {"revocation": Revocation.GOOD, "replaces": ReplaceReason.RENEWED, "shown": shown}
        self._repository.save_link(UUID(uuid), _token(token), LibraryCardNumber(number), **told)  # type: ignore[arg-type]
        return self._made(uuid)

    def unlink(self, uuid: str, number: str) -> dict[str, object] | None:
        self._repository.close_link(UUID(uuid), LibraryCardNumber(number), UnlinkReason.LOST)
        return self._made(uuid)

    def tap(self, token: str) -> str | None:
        """The number of the link that a card's tap finds."""
        by_card, _ = self._repository.links_for([_token(token)], None)
        return _number(by_card[0] if by_card else None)

    def await_stop(self, token: str, seconds: float) -> float:
        """Tap until nothing is found. Returns when that was, by the monotonic clock, which all processes share."""
        return self._until(lambda: self.tap(token) is None, seconds, lambda: f"{self._name}: the card still works")

    def await_link(self, token: str, seconds: float) -> float:
        return self._until(lambda: self.tap(token) is not None, seconds, lambda: f"{self._name}: the card is not known")

    def await_position(self, epoch: int, cursor: int, seconds: float) -> float:
        """Until the links have reached this position, and everything done here is answered."""

        def is_there() -> bool:
            at = self._repository.position()
            return at.epoch == epoch and at.cursor >= cursor and not self._repository.pending_count()

        return self._until(is_there, seconds, lambda: f"{self._name} is at {self.position()}, not at {epoch}, {cursor}")

    def await_answers(self, seconds: float) -> float:
        """Until everything done here is answered."""
        return self._until(lambda: not self._repository.pending_count(), seconds, lambda: f"{self._name} still waits: {self.position()}")

    def position(self) -> dict[str, object]:
        at = self._repository.position()
        doubt = self._repository.doubt
        return {
            "epoch": at.epoch,
            "cursor": at.cursor,
            "pending": self._repository.pending_count(),
            "doubt": None if doubt is None else doubt.code.value,
        }

    def operations(self) -> list[dict[str, object]]:
        """What was done here and is not gone yet."""
        rows = self._beside.execute("SELECT body, state, code FROM operation ORDER BY sequence").fetchall()
        return [_told(json.loads(body)) | {"state": state, "code": code} for body, state, code in rows]

    def refusal_seen(self, uuid: str) -> None:
        self._repository.forget_refusal(UUID(uuid))

    def file(self) -> dict[str, str]:
        return {"path": str(self._path), "key": self._keys.database.hex()}

    def examine(self) -> str | None:
        """The full integrity check."""
        doubt = self._repository.examine(aside=False)
        return None if doubt is None else doubt.code.value

    # --- below ----------------------------------------------------------------------------------------------------------

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def _made(self, uuid: str) -> dict[str, object] | None:
        """What became an operation; None for what stands already."""
        if self._sync is not None:
            self._sync.wake()
        row = self._beside.execute("SELECT body FROM operation WHERE uuid = ?", (uuid,)).fetchone()
        return None if row is None else _told(json.loads(row[0]))

    def _hear(self, event: Told) -> None:
        match event:
            case OperationAccepted(uuid):
                told: dict[str, object] = {"uuid": str(uuid)}
            case OperationRefused(refused):
                told = {"uuid": str(refused.operation), "code": refused.code.value}
            case RegistryChanged(condition, _):
                told = {"condition": condition.value}
            case CounterRevoked() | CounterRetiring():
                told = {}
            case _:
                return
        say({"counter": self._name, "event": type(event).__name__, "at": time.monotonic(), **told})

    def _until(self, condition: Callable[[], bool], limit: float, what: Callable[[], str]) -> float:
        end, pause = time.monotonic() + limit, Event()
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"{limit:g} s in vain: {what()}")
            pause.wait(0.005)
        return time.monotonic()


def _token(text: str) -> LinkToken:
    return LinkToken(bytes.fromhex(text))


def _number(link: Link | None) -> str | None:
    return None if link is None else link.number.text


_TOLD = "uuid", "kind", "counter", "sequence", "epoch", "cursor", "key-generation", "number", "token"


def _told(body: dict[str, Any]) -> dict[str, object]:
    return {name: body.get(name) for name in _TOLD}


def main() -> None:
    counters: dict[str, Counter] = {}
    with closing(sys.stdin) as lines:
        for line in lines:
            command = json.loads(line)
            name = command.pop("counter")
            if name not in counters:
                counters[name] = Counter(name)
            counters[name].take(command)


if __name__ == "__main__":
    main()
