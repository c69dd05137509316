"""The status of the library's server (98)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.library.sip2 import LAYOUTS, SUPPORTED_MESSAGES, Message


@dataclass(frozen=True, slots=True)
class Server:
    """The server's status; empty or None where it is silent.

    `online`, `lends` and `takes_back` are shown but not acted on: servers that do lend report N here.
    """

    online: bool = True
    lends: bool | None = None
    takes_back: bool | None = None
    protocol: str = ""
    institution: str = field(default="", repr=False)
    library: str = field(default="", repr=False)
    location: str = field(default="", repr=False)
    said: str = field(default="", repr=False)
    timeout_seconds: float | None = None
    retries: int | None = None
    supported: Mapping[str, bool] = field(default_factory=dict)
    """Keyed by the name of the request: "Checkout", "Hold", …"""
    denied: frozenset[str] = frozenset()
    """Kinds of request reported as unsupported."""


def server_in(reply: Message) -> Server:
    """Parse a 98, tolerating blank, short and missing parts."""
    fixed = reply.fixed
    told = {kind: mark for kind, mark in zip(SUPPORTED_MESSAGES, reply.first("BX") or "", strict=False) if mark in "YN"}
    timeout, retries = (_number(fixed[name]) for name in ("timeout_period", "retries_allowed"))
    return Server(
        online=fixed["online_status"] != "N",
        lends=_yes_or_no(fixed["checkout_ok"]),
        takes_back=_yes_or_no(fixed["checkin_ok"]),
        protocol=fixed["protocol_version"].strip(),
        institution=reply.first("AO") or "",
        library=reply.first("AM") or "",
        location=reply.first("AN") or "",
        said="\n".join(text for text in reply.all("AF") if text.strip()),
        # In tenths of a second; servers use 999 for "no limit" and 000 for "unspecified".
        timeout_seconds=timeout / 10 if timeout and timeout < 999 else None,
        retries=retries if retries != 999 else None,
        supported={LAYOUTS[kind].name: mark == "Y" for kind, mark in told.items()},
        denied=frozenset(kind for kind, mark in told.items() if mark == "N"),
    )


def _yes_or_no(mark: str) -> bool | None:
    return {"Y": True, "N": False}.get(mark)


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() else None
