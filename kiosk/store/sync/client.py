"""The library's server as its counters ask it: values of the domain in both directions, never JSON."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from kiosk.domain.json_fields import Json, count_in, text_in
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.outbox import NONSENSE
from kiosk.domain.registry_json import (
    operations_json,
    read_answers,
    read_enrolment,
    read_feed,
    read_found,
    read_site_keys,
    read_snapshot,
    read_status,
    read_stops,
)
from kiosk.domain.registry_wire import PATH, Answers, Enrolment, FeedPage, FoundLinks, LedgerStatus, SiteKeys, SnapshotPage, StopsPage
from kiosk.domain.wire import Operation, Position
from kiosk.store.sync.connection import Connection, Reply

V = TypeVar("V")
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Said:
    """The server said something else than what it was asked for."""

    status: int
    error: str = ""
    """What it calls it; `NONSENSE` where nobody can tell."""
    ledger: LedgerStatus | None = None
    index: int | None = None
    """Of the operation in question."""
    counter: str = ""
    """The counter in question."""
    reason: str = ""
    retry_after: float = 0.0
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a counter says of itself when it asks for the feed."""

    pending: int = 0
    """Operations that wait to be answered."""
    differs: bool = False
    """Its links are not those of the server at the same position."""


@dataclass(slots=True)
class RegistryClient:
    """Speaks on one connection, for one thread. Every method raises Unavailable as `Connection` does."""

    connection: Connection
    secret: str = field(repr=False)
    version: str
    """Of this program."""

    def submit(self, operations: Sequence[Operation]) -> Answers | Said:
        return self._post("/operations", operations_json(operations), read_answers)

    def feed(self, known: Position, standing: Standing) -> FeedPage | Said:
        """What follows a position, without waiting for it."""
        return self._get("/feed", self._feed(known, standing, wait=0), read_feed)

    def ask_for_feed(self, known: Position, standing: Standing, wait: int) -> None:
        """Ask for what follows a position, and let the server wait for it: `hear_feed` has the answer, `socket` says when."""
        self.connection.send("GET", _target("/feed", self._feed(known, standing, wait)), headers=self._headers)

    @property
    def socket(self) -> socket.socket | None:
        """Has something to read once the answer is there; None if it is there already."""
        return self.connection.socket

    @property
    def is_warm(self) -> bool:
        """Whether something was answered on this connection before, and it is still open."""
        return self.connection.is_warm

    def hear_feed(self, wait: int = 0) -> FeedPage | Said:
        """The answer to `ask_for_feed`, which may come this many seconds later than other answers."""
        return _read(self.connection.receive(wait), read_feed)

    def stops(self, known: Position, after: int | None = None, mark: UUID | None = None) -> StopsPage | Said:
        """Stops that a counter may not know which knows the ledger up to this position, where `mark` is the operation that it heard."""
        asked: dict[str, object] = {"epoch": known.epoch, "cursor": known.cursor}
        more = {name: value for name, value in (("after", after), ("operation", mark)) if value is not None}
        return self._get("/stops", asked | more, read_stops)

    def snapshot(self, after: LinkToken | None, limit: int) -> SnapshotPage | Said:
        asked: dict[str, object] = {"limit": limit}
        return self._get("/snapshot", asked if after is None else asked | {"after": after.digest.hex()}, read_snapshot)

    def site_keys(self, after: int) -> SiteKeys | Said:
        """The site keys that follow this generation, sealed for this counter."""
        return self._get("/site-keys", {"after": after}, read_site_keys)

    def find(self, tokens: Sequence[LinkToken], number: LibraryCardNumber | None = None) -> FoundLinks | Said:
        asked = {"tokens": [token.digest.hex() for token in tokens], "number": None if number is None else number.text}
        return self._post("/links/find", asked, read_found)

    def leave(self) -> LedgerStatus | Said:
        """A retiring counter has delivered everything."""
        return self._post("/leave", {}, lambda value: read_status(value.get("status")))

    # --- below ----------------------------------------------------------------------------------------------------------

    def _get(self, path: str, asked: Mapping[str, object], read: Callable[[Json], V]) -> V | Said:
        return _read(self.connection.ask("GET", _target(path, asked), headers=self._headers), read)

    def _post(self, path: str, body: Mapping[str, object], read: Callable[[Json], V]) -> V | Said:
        headers = {**self._headers, "Content-Type": "application/json"}
        return _read(self.connection.ask("POST", PATH + path, _encoded(body), headers), read)

    def _feed(self, known: Position, standing: Standing, wait: int) -> Mapping[str, object]:
        asked = {"epoch": known.epoch, "cursor": known.cursor, "wait": wait, "pending": standing.pending, "version": self.version}
        return asked | ({"differs": 1} if standing.differs else {})

    @property
    def _headers(self) -> dict[str, str]:
        return {**_HEADERS, "Authorization": f"Bearer {self.secret}"}


def _target(path: str, asked: Mapping[str, object]) -> str:
    return f"{PATH}{path}?{urlencode(asked)}"


def ask_to_enrol(connection: Connection, code: str, secret: str) -> Enrolment | Said:
    """Send a code and the secret that this counter has made for itself. For a verified connection."""
    headers = {**_HEADERS, "Content-Type": "application/json"}
    return _read(connection.ask("POST", f"{PATH}/enrol", _encoded({"code": code, "secret": secret}), headers), read_enrolment)


def _encoded(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _read(reply: Reply, read: Callable[[Json], V]) -> V | Said:
    try:
        value = json.loads(reply.body)
        if not isinstance(value, dict):
            raise ValueError("no object")
        if reply.status == 200:
            return read(value)
    # RecursionError: brackets without end.
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return Said(reply.status, NONSENSE, retry_after=reply.retry_after)
    return _said(reply, value)


def _said(reply: Reply, value: Json) -> Said:
    try:
        error = text_in(value, "error")
        ledger = None if value.get("status") is None else read_status(value["status"])
        index = None if value.get("index") is None else count_in(value, "index")
    except (ValueError, KeyError, TypeError, OverflowError):
        return Said(reply.status, NONSENSE, retry_after=reply.retry_after)
    counter, reason = (text if isinstance(text := value.get(name), str) else "" for name in ("counter", "reason"))
    return Said(reply.status, error, ledger, index, counter, reason, reply.retry_after)
