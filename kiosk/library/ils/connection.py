"""The one connection to the library's server: login, one request in flight, each answer matched to its request, back-off.

A request that only asks may be asked again; one that changes something is sent once, and who sent it is told when its answer is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from kiosk.config import IlsSettings
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import IlsCondition
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.dialogue import Dialogue
from kiosk.library.ils.matching import substance
from kiosk.library.ils.profile import Profile
from kiosk.library.ils.requests import Requests
from kiosk.library.ils.server import Server, server_in
from kiosk.library.ils.wire import Broken, Trouble, Wire, trusting
from kiosk.library.sip2 import Checksum, Message

_log = logging.getLogger(__name__)

_CODES = {
    Trouble.LOGIN: Code.ILS_LOGIN_REFUSED,
    Trouble.REQUEST: Code.ILS_LOGIN_REFUSED,
    Trouble.NO_TLS: Code.ILS_NOT_TRUSTED,
    Trouble.CERTIFICATE: Code.ILS_NOT_TRUSTED,
    Trouble.AUTHORITY_FILE: Code.ILS_NOT_TRUSTED,
    Trouble.AUTHORITY_EXPOSED: Code.ILS_NOT_TRUSTED,
}
_NOT_SENT = frozenset({Trouble.REQUEST, Trouble.STALE})
_LONGEST_WAIT = 30.0
_AFTER_REFUSED_LOGIN = 60.0
"""Seconds. Servers count three wrong logins and then close the account or the door."""
_LONGEST_AFTER_REFUSED_LOGIN = 600.0


class Connection:
    """Opened when it is needed. Belongs to one thread. All but `condition`, `server`, `denies` and `drop` may wait, until `by` at most."""

    def __init__(
        self,
        settings: IlsSettings,
        profile: Profile,
        requests: Requests,
        *,
        connect_seconds: float,
        answer_seconds: float,
        monotonic: Callable[[], float],
    ) -> None:
        self._settings, self._profile, self._requests = settings, profile, requests
        self._connect_seconds, self._answer_seconds, self._monotonic = connect_seconds, answer_seconds, monotonic
        self._checksum = Checksum(settings.checksum)
        self._dialogue: Dialogue | None = None
        self._used_at = 0.0
        self._sums_otherwise = False
        """Whether the server adds up otherwise than the protocol says, so that a wrong sum tells nothing."""
        self._failures = 0
        self._not_before = 0.0
        self._trouble = Trouble.REFUSED
        self._not_understood: set[str] = set()
        self.condition = IlsCondition.STARTING
        self.server: Server | None = None

    def denies(self, kind: str) -> bool:
        """Whether the server has said, in its status or by not understanding it, that it does not take this kind of request."""
        return kind in self._not_understood or (self.server is not None and kind in self.server.denied)

    @property
    def is_idle(self) -> bool:
        """Whether nothing was said for so long that the server may have forgotten us."""
        return self._monotonic() - self._used_at >= self._settings.heartbeat_seconds

    def ready(self, by: Deadline) -> None:
        """Open it, or find it open and quiet. Raises Unavailable; at once while it is too early to try again."""
        if self._dialogue is not None:
            try:
                self._dialogue.check_quiet()
            except Broken as broken:
                _log.info("connection given up: %s", broken.trouble)
                self.drop()
            else:
                return
        elif self._monotonic() < self._not_before:
            raise _unavailable(self._trouble)
        try:
            self._open(by)
        except Broken as broken:
            raise self._failed(broken) from broken

    def read(self, request: Message, by: Deadline, *, optional: bool = False) -> Message:
        """The answer to a request that changes nothing; asked again once, unless the server was silent. Raises Unavailable.

        Without an `optional` answer one gets along: it is not asked for twice, and trouble with it keeps no other request from being tried.
        """
        self.ready(by)
        try:
            reply = self._understood(request, by)
        except Broken as broken:
            if broken.trouble is Trouble.NOT_UNDERSTOOD:
                self._not_understood.add(request.kind)
                raise _unavailable(broken.trouble) from broken
            self.drop()
            _log.info("%s: %s", request.kind, broken.trouble)
            if optional:
                raise _unavailable(broken.trouble) from broken
            if broken.trouble is Trouble.SILENT:
                raise self._failed(broken) from broken
            reply = self._asked_again(request, broken, by)
        self._failures = 0
        return reply

    def change(self, request: Message, by: Deadline) -> Message:
        """The answer to a request that changes something; it is sent once at most.

        Raises Unavailable when nothing was sent, and Broken when it may have been: then only asking tells what became of it.
        """
        if self._dialogue is not None and self.is_idle and not self.denies("99"):
            self.read(self._requests.status(), by.step(self._answer_seconds))
        self.ready(by)
        if by.left <= 0:
            raise _unavailable(Trouble.SILENT)
        try:
            reply = self._exchange(request, by.step(self._answer_seconds))
        except Broken as broken:
            self.drop()
            if broken.trouble in _NOT_SENT:
                raise _unavailable(broken.trouble) from broken
            _log.warning("answer to %s lost: %s", request.kind, broken.trouble)
            raise
        self._failures = 0
        return reply

    def keep_alive(self, by: Deadline) -> None:
        """Reconnect when it is time to; say something when nothing was said for long. Raises Unavailable."""
        self.ready(by)
        if self.is_idle and not self.denies("99"):
            reply = self.read(self._requests.status(), by)
            self.server = server_in(reply)

    def try_anew(self) -> None:
        """Forget past failures, and what the server would not do: somebody has seen to it."""
        self.drop()
        self._failures, self._not_before, self._sums_otherwise = 0, 0.0, False
        self._not_understood.clear()

    def drop(self) -> None:
        """Close it; what still comes on it is never read."""
        if self._dialogue is not None:
            self._dialogue.close()
            self._dialogue = None

    # --- opening ------------------------------------------------------------------------------------------------------

    def _open(self, by: Deadline) -> None:
        """Raises Broken, and is closed then."""
        settings, began = self._settings, self._monotonic()
        context = trusting(settings.ca_file) if settings.tls else None
        wire = Wire.reach(settings.host, settings.port, by.step(self._connect_seconds))
        self._dialogue = Dialogue(wire, self._profile.encoding, self._checksum)
        login = by.step(self._answer_seconds)
        try:
            if context is not None:
                wire.secure(context, settings.server_name or settings.host, login)
            if settings.login == "93":
                self._log_in(login)
            self.server = self._server(by.step(self._answer_seconds))
        except Broken:
            self.drop()
            raise
        self.condition = IlsCondition.READY
        _log.info("connected in %.2f s", self._monotonic() - began)

    def _log_in(self, by: Deadline) -> None:
        try:
            reply = self._exchange(self._requests.login(), by)
        except Broken as broken:
            # Some sum wrongly, and a login that was taken is a login, whatever its sum. A refusal must be read for sure.
            taken = broken.reply is not None and broken.reply.kind == "94" and broken.reply.fixed["ok"] == "1"
            if self._checksum is Checksum.STRICT or broken.trouble is not Trouble.WRONG_SUM or not taken:
                raise
        else:
            if reply.fixed["ok"] != "1":
                raise Broken(Trouble.LOGIN if reply.fixed["ok"] == "0" else Trouble.NOISE)

    def _server(self, by: Deadline) -> Server | None:
        request = self._requests.status()
        try:
            return server_in(self._exchange(request, by))
        except Broken as broken:
            if broken.trouble is Trouble.NOT_UNDERSTOOD:
                self._not_understood.add(request.kind)
                return None
            if broken.trouble is not Trouble.WRONG_SUM:
                raise
            first = broken
        try:
            return server_in(self._exchange(request, by))
        except Broken as second:
            return server_in(self._believed(first, second))

    # --- asking -------------------------------------------------------------------------------------------------------

    def _understood(self, request: Message, by: Deadline) -> Message:
        """Raises Broken. What the server did not understand it has not done: it is sent once more, under the next number."""
        by = by.step(self._answer_seconds)
        try:
            return self._exchange(request, by)
        except Broken as broken:
            if broken.trouble is not Trouble.NOT_UNDERSTOOD:
                raise
        return self._exchange(request, by)

    def _asked_again(self, request: Message, first: Broken, by: Deadline) -> Message:
        """Once, on a fresh connection, which no late answer can reach. Raises Unavailable."""
        try:
            self._open(by)
            return self._understood(request, by)
        except Broken as second:
            try:
                return self._believed(first, second)
            except Broken as broken:
                self.drop()
                raise self._failed(broken) from broken

    def _believed(self, first: Broken, second: Broken) -> Message:
        """What may be believed after the same question went wrong twice; raises Broken where nothing may.

        The same answer twice with a wrong sum: this server adds up otherwise. The same number twice that is not the one asked for: it
        knows the patron under another number, which the caller sees.
        """
        before, now = first.reply, second.reply
        if before is None or now is None or first.trouble is not second.trouble or substance(before) != substance(now):
            raise second
        if first.trouble is Trouble.WRONG_SUM and self._checksum is Checksum.WARN:
            _log.warning("the server adds up otherwise: its checksums are not looked at any more")
            self._sums_otherwise = True
            return now
        if first.trouble is Trouble.OTHER_PATRON:
            return now
        raise second

    def _exchange(self, request: Message, by: Deadline) -> Message:
        """Raises Broken; with one of _NOT_SENT nothing was sent."""
        if self._dialogue is None:
            raise Broken(Trouble.CLOSED)
        # Without numbers, what came behind the last answer could not be told from the answer to this request.
        self._dialogue.check_quiet()
        reply = self._dialogue.ask(request, by, believe_sums=not self._sums_otherwise)
        self._used_at = self._monotonic()
        return reply

    def _failed(self, broken: Broken) -> Unavailable:
        """Count it, and wait the longer before the next attempt the more there were. Returns what to raise."""
        unavailable = _unavailable(broken.trouble)
        code, longest = unavailable.code, _LONGEST_WAIT
        wait = 2.0**self._failures
        if code is Code.ILS_LOGIN_REFUSED:
            longest, wait = _LONGEST_AFTER_REFUSED_LOGIN, _AFTER_REFUSED_LOGIN * wait
        wait = min(wait, longest)
        self._failures = min(self._failures + 1, 10)
        self._not_before = self._monotonic() + wait
        self._trouble, self.condition = broken.trouble, IlsCondition(code.value)
        _log.warning("%s: %s; next attempt in %.0f s", code, broken.trouble, wait)
        return unavailable


def _unavailable(trouble: Trouble) -> Unavailable:
    """With the `reason` behind the code, for whoever sets the line up."""
    return Unavailable(_CODES.get(trouble, Code.ILS_UNREACHABLE), reason=trouble.reason)
