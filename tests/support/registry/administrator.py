"""An administrator of a server under test, and a browser without a screen: what it keeps as cookies, it sends again."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from kiosk.registry.opening import OpenedRegistry
from kiosk.registry.status.administrators import Administrators
from kiosk.registry.status.one_time_codes import code_at
from tests.support.registry.caller import Caller, Reply

CHEAP = 1 << 8
"""Of scrypt: these tests are not about its cost."""
PASSWORD = "correct horse battery"
_FORM = re.compile(rb'name="form" value="([0-9a-f]{64})"')
_COOKIE = re.compile(r"(__Host-[a-z-]+)=([^;]*);([^,]*)")


@dataclass(frozen=True)
class Person:
    """Somebody who was added on the server's command line."""

    name: str
    secret: bytes

    @classmethod
    def added(cls, registry: OpenedRegistry, name: str) -> Person:
        administrators = Administrators(registry.ledger, registry.site_key.key, registry.clock, CHEAP)
        secret = administrators.add(name, PASSWORD)
        assert secret is not None
        return cls(name, secret)

    def code(self, later: int = 0) -> str:
        return code_at(self.secret, int(time.time()) + later)

    def fields(self, **other: str) -> dict[str, str]:
        return {"name": self.name, "password": PASSWORD, "code": self.code()} | other


@dataclass
class Browser:
    caller: Caller
    cookies: dict[str, str] = field(default_factory=dict)
    kept_as: dict[str, str] = field(default_factory=dict)
    """The attributes with which each cookie came."""

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Cookie": cookie} | {name.replace("_", "-"): value for name, value in headers.items()}
        reply = self.caller.ask(method, path, headers=sent, body=body, patient=False)
        for name, value, attributes in _COOKIE.findall(reply.headers.get("set-cookie", "")):
            self.kept_as[name] = attributes
            if value.strip('"'):
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return reply

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Reply:
        return self.ask("POST", path, urlencode(fields).encode(), Content_Type="application/x-www-form-urlencoded", **headers)

    def form(self, path: str = "/status/login") -> str:
        """What the form of this page has to bring back."""
        found = _FORM.search(self.ask("GET", path).body)
        assert found is not None
        return found[1].decode()

    def log_in(self, person: Person, **other: str) -> Reply:
        return self.post("/status/login", {"form": self.form(), **person.fields(**other)})
