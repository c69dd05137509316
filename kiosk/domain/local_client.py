"""A program on this computer that may be told the number of the patron being served, and the token by which it is known."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from kiosk.domain.json_fields import digest_in, fields_of, list_in, text_in

TOKEN = r"kioskv-[A-Za-z0-9_-]{43}"  # noqa: S105 - a pattern
"""32 random bytes in base64url, after a prefix by which whoever searches a file for secrets knows one."""
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"
"""Stands in the audit trail and in lists for people."""
MOST_CLIENTS = 20
_TOKEN, _NAME = re.compile(TOKEN), re.compile(NAME)
_ORIGIN = re.compile(r"(https?)://([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::([0-9]{1,5}))?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


@dataclass(frozen=True, slots=True)
class LocalClient:
    """One of them. Without origins it is a program; with some it is a page of these, in a browser."""

    name: str
    hash: str = field(repr=False)
    """SHA-256 of its token, in hexadecimal digits. Not salted, since nobody can try all tokens of 256 bits."""
    origins: tuple[str, ...] = ()

    def admits(self, origin: str | None) -> bool:
        """Whether a request may come from there. A browser names the origin of every page that shows a token, and a program has none."""
        return origin in self.origins if self.origins else origin is None


def fresh_token() -> str:
    return f"kioskv-{secrets.token_urlsafe(32)}"


def is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def client_name(text: str) -> str:
    """Raises ValueError if it is no name for a client."""
    if _NAME.fullmatch(text) is None:
        raise ValueError(text)
    return text


def origin(text: str) -> str:
    """An origin as browsers write it (RFC 6454, 6.2), from how people do. Raises ValueError: not one host is named, or more than that.

    Hosts are written as they go over the network: those of other scripts in Punycode.
    """
    found = _ORIGIN.fullmatch(text.strip().lower().removesuffix("/"))
    if found is None or (found[3] is not None and not 0 < int(found[3]) < 65536):
        raise ValueError(text)
    scheme, host, port = found.groups()
    return f"{scheme}://{host}" if port is None or int(port) == int(_DEFAULT_PORTS[scheme]) else f"{scheme}://{host}:{int(port)}"


def encode_clients(clients: Sequence[LocalClient]) -> str:
    return json.dumps([{"name": client.name, "hash": client.hash, "origins": client.origins} for client in clients])


def decode_clients(text: str) -> tuple[LocalClient, ...]:
    """Parse what `encode_clients` returned. Raises ValueError."""
    return tuple(_client(each) for each in list_in({"clients": json.loads(text)}, "clients"))


def _client(told: object) -> LocalClient:
    fields = fields_of(told)
    origins = tuple(origin(str(each)) for each in list_in(fields, "origins"))
    return LocalClient(client_name(text_in(fields, "name")), digest_in(fields, "hash"), origins)
