"""Asks a server of the library over HTTPS, in JSON and in no words of the program: as a counter written by somebody else would."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3

from tests.support.wait import LIMIT

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        assert self.headers.get("content-type") == "application/json", self.body
        return json.loads(self.body)

    @property
    def error(self) -> tuple[int, str]:
        return self.status, self.json["error"]


class Caller:
    """Thread-safe: one connection for each request under way."""

    def __init__(self, url: str, authority: bytes) -> None:
        """`url`: https://host:port. `authority`: the only one that is trusted, PEM."""
        context = ssl.create_default_context(cadata=authority.decode())
        self._pool = urllib3.connectionpool.connection_from_url(url, ssl_context=context, retries=False, maxsize=16, timeout=LIMIT)

    def close(self) -> None:
        self._pool.close()

    def get(self, path: str, secret: str | None = None, **query: object) -> Reply:
        return self.ask("GET", path, secret, query=query)

    def post(self, path: str, secret: str | None = None, body: object = None) -> Reply:
        return self.ask("POST", path, secret, body=json.dumps(body).encode())

    def ask(
        self,
        method: str,
        path: str,
        secret: str | None = None,
        *,
        query: Mapping[str, object] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        patient: bool = True,
    ) -> Reply:
        """`patient`: ask again after as long as the server says, when it was asked too often."""
        shown = {"Authorization": f"Bearer {secret}"} if secret is not None else {}
        sent, target = {**shown, **(headers or {})}, f"{path}?{urlencode(query)}" if query else path
        for _ in range(_TRIES):
            answer = self._pool.urlopen(method, target, body=body, headers=sent, redirect=False)
            reply = Reply(answer.status, answer.data, {name.lower(): value for name, value in answer.headers.itermerged()})
            if reply.status != 429 or not patient:
                return reply
            threading.Event().wait(float(reply.headers["retry-after"]))
        raise AssertionError("asked too often for ever")
