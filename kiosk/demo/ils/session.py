"""Server side of one SIP2 connection: login state, last reply, dispatch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kiosk.demo.ils import items, patrons
from kiosk.demo.ils.context import INSTITUTION, ServerContext
from kiosk.library.sip2 import SUPPORTED_MESSAGES, Malformed, Message, decode, encode

_STRIKES = 3
_RESEND = Message("96")
_OF_THE_LINE = frozenset({"93", "97"})
"""Logging in and asking for the last reply again: answered by the dialogue itself."""


def _server_status(context: ServerContext, request: Message) -> Message:
    """99 → 98."""
    fixed = {
        "online_status": "Y",
        "checkin_ok": "Y",
        "checkout_ok": "Y",
        "acs_renewal_policy": "Y",
        "status_update_ok": "N",
        "offline_ok": "N",
        "timeout_period": "100",
        "retries_allowed": "005",
        "date_time_sync": context.stamp,
        "protocol_version": "2.00",
    }
    supported = "".join("Y" if kind in _OF_THE_LINE or kind in ANSWERS else "N" for kind in SUPPORTED_MESSAGES)
    return Message("98", fixed, (("AO", INSTITUTION), ("BX", supported)))


ANSWERS: Mapping[str, Callable[[ServerContext, Message], Message]] = {
    "99": _server_status,
    "23": patrons.patron_status,
    "63": patrons.patron_information,
    "35": patrons.end_session,
    "17": items.item_information,
    "11": items.checkout,
    "29": items.renew,
    "65": items.renew_all,
    "09": items.checkin,
    "15": items.hold,
}
"""How each kind of request is answered."""


@dataclass(frozen=True, slots=True)
class Login:
    """The credentials the counter logs in with (93)."""

    user: str
    password: str


class Dialogue:
    """Answers requests one by one. Does not lock the context's state."""

    def __init__(
        self, context: ServerContext, login: Login | None, note: Callable[[Message], None], *, encoding: str = "utf-8", end: bytes = b"\r"
    ) -> None:
        """`login` None: no login required. `note` is called with each executed request."""
        self._context, self._login, self._note, self._encoding, self._end = context, login, note, encoding, end
        self._let_in = login is None
        self._strikes = 0
        self._last: Message | None = None

    def answer(self, line: bytes) -> bytes | None:
        """Return the reply with its terminator; None: close the connection."""
        try:
            request = decode(line, encoding=self._encoding)
        except Malformed:
            return self._send(_RESEND)
        if request.checksum_good is False:
            return self._send(_RESEND)
        reply = self._reply(request)
        # The reply has error detection if the request has it.
        return None if reply is None else self._send(reply, request.sequence)

    def _reply(self, request: Message) -> Message | None:
        if request.kind == "97":
            return self._last or _RESEND
        if request.kind == "93":
            reply = self._log_in(request)
        elif not self._let_in:
            return None
        elif request.kind in ANSWERS:
            reply = self._as_spoken(ANSWERS[request.kind](self._context, request))
            self._note(request)
        else:
            return None if self._context.dialect.hangs_up else _RESEND
        self._last = reply
        return reply

    def _log_in(self, request: Message) -> Message | None:
        if self._strikes >= _STRIKES:
            return None
        good = self._login is None or (request.first("CN"), request.first("CO")) == (self._login.user, self._login.password)
        self._let_in = good
        self._strikes = 0 if good else self._strikes + 1
        return Message("94", {"ok": "1" if good else "0"})

    def _as_spoken(self, reply: Message) -> Message:
        value = self._context.dialect.value
        return Message(reply.kind, reply.fixed, tuple((code, value(text)) for code, text in reply.fields))

    def _send(self, reply: Message, sequence: int | None = None) -> bytes:
        # A 96 carries no sequence number: none was understood.
        return encode(reply, sequence=None if reply.kind == "96" else sequence, encoding=self._encoding).removesuffix(b"\r") + self._end
