"""What the library's server says of itself (98)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from kiosk.domain.dataclass import dataclass
from kiosk.library.sip2 import LAYOUTS, Message

_BX = ("23", "11", "09", "01", "99", "97", "93", "63", "35", "37", "17", "19", "25", "15", "29", "65")
"""The requests whose support BX tells, in its order."""


@dataclass(frozen=True, slots=True)
class Server:
    """Empty and None where it does not say. `online`, `lends` and `takes_back` are shown, not obeyed: servers that do lend say no here."""

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
    """By name of the request: "Checkout", "Hold", …"""
    denied: frozenset[str] = frozenset()
    """The kinds of request that it says it does not take."""


def server_in(reply: Message) -> Server:
    """What a 98 says. Blank, short and missing parts occur."""
    fixed = reply.fixed
    told = {kind: mark for kind, mark in zip(_BX, reply.first("BX") or "", strict=False) if mark in "YN"}
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
        # In tenths of a second; 999 and 000 are "no limit" and "not told" to those who send them.
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
