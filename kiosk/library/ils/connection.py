"""The connection to the library's server: login, one request in flight, answers matched to requests, back-off.

A query may be retried. A request that changes something is sent once, and a lost answer is reported to the caller.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from kiosk.config import IlsSettings
from kiosk.domain.errors import Unavailable
from kiosk.domain.model import IlsCondition
from kiosk.library.ils.acs_status import Server, server_in
from kiosk.library.ils.backoff import Abilities, Backoff
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.exchange import Dialogue
from kiosk.library.ils.matching import substance
from kiosk.library.ils.profile import Profile
from kiosk.library.ils.requests import Requests
from kiosk.library.ils.transport import Broken, Trouble, Wire, trusting
from kiosk.library.ils.untold_counts import Discretion
from kiosk.library.sip2 import Checksum, Message
from kiosk.log_news import LogNews

_log = logging.getLogger(__name__)

_NOT_SENT = frozenset({Trouble.REQUEST, Trouble.STALE})
_DENIED_SECONDS = 60.0
"""Seconds before a server that declines requests in its status is asked for its status again."""
_SUMS_SECONDS = 3600.0
"""Seconds before checksums are checked again on a server whose sums did not follow the protocol."""


class Connection:
    """Opened on demand. Not thread-safe. Except for `condition`, `server`, `denies` and `drop`, calls may block until `by`."""

    def __init__(
        self,
        settings: IlsSettings,
        profile: Profile,
        requests: Requests,
        *,
        needed: Iterable[str],
        connect_seconds: float,
        answer_seconds: float,
        monotonic: Callable[[], float],
    ) -> None:
        """`needed`: kinds of request whose refusal in the server's status may be a passing one, which is asked for again."""
        self._settings, self._profile, self._requests = settings, profile, requests
        self._needed = frozenset(needed)
        self._connect_seconds, self._answer_seconds, self._monotonic = connect_seconds, answer_seconds, monotonic
        self._checksum = Checksum(settings.checksum)
        self._dialogue: Dialogue | None = None
        self._used_at = self._told_at = 0.0
        self._sums_otherwise: float | None = None
        """Since when the server's checksums are known not to follow the protocol and are ignored; None if they do."""
        self._backoff, self._abilities = Backoff(monotonic), Abilities(monotonic)
        self._discretion = Discretion()
        self._news = LogNews()
        self.condition = IlsCondition.STARTING
        self.server: Server | None = None

    def denies(self, kind: str) -> bool:
        """Whether the server currently does not support this kind of request, by its status or by a 96."""
        return self._abilities.lacks(kind) or (self.server is not None and kind in self.server.denied)

    @property
    def is_idle(self) -> bool:
        """Whether the connection has been idle for so long that the server may have dropped it."""
        return self._monotonic() - self._used_at >= self._settings.heartbeat_seconds

    def ready(self, by: Deadline) -> None:
        """Ensure an open, quiet connection. Raises Unavailable, at once during back-off."""
        if self._dialogue is not None:
            try:
                self._dialogue.check_quiet()
            except Broken as broken:
                # Some servers close every idle connection, which is a way of theirs and no event.
                if self._news.is_news("given up", broken.trouble):
                    _log.info("connection given up: %s", broken.trouble)
                self.drop()
            else:
                return
        else:
            self._backoff.check()
        try:
            self._open(by)
        except Broken as broken:
            raise self._failed(broken) from broken

    def read(self, request: Message, by: Deadline, *, optional: bool = False, ability: str = "") -> Message:
        """Send a query; retried once, unless the server was silent. Raises Unavailable.

        An `optional` query is not retried, and its failure does not start back-off for others. `ability` is the name under which `denies`
        then reports the failure, if it does not concern the kind as a whole.
        """
        name = ability or request.kind
        self.ready(by)
        try:
            reply = self._understood(request, by)
        except Broken as broken:
            if broken.trouble is Trouble.NOT_UNDERSTOOD and (optional or not self._abilities.has_understood(name)):
                raise self._not_understood(name) from broken
            self.drop()
            if self._news.is_news(("request", name), broken.trouble):
                _log.info("%s: %s", request.kind, broken.trouble)
            if optional:
                if ability:
                    self._abilities.failed(ability)
                raise self._backoff.unavailable(broken.trouble) from broken
            if broken.trouble is Trouble.SILENT:
                raise self._failed(broken) from broken
            reply = self._asked_again(request, broken, by)
        self._abilities.understood(name)
        self._news.is_over(("request", name))
        self._backoff.answered()
        return self._discretion.read(reply) if request.kind in ("63", "23") else reply

    def change(self, request: Message, by: Deadline) -> Message:
        """Send a request that changes something, at most once.

        Raises Unavailable if nothing was sent, and Broken if it may have been: then only a query can find out what happened.
        """
        if self._dialogue is not None and self.is_idle:
            self._ask_status(by.step(self._answer_seconds))
        self.ready(by)
        if by.left <= 0:
            raise self._backoff.unavailable(Trouble.SILENT)
        try:
            reply = self._exchange(request, by.step(self._answer_seconds))
        except Broken as broken:
            self.drop()
            if broken.trouble in _NOT_SENT:
                raise self._backoff.unavailable(broken.trouble) from broken
            _log.warning("answer to %s lost: %s", request.kind, broken.trouble)
            raise
        self._backoff.answered()
        return reply

    def keep_alive(self, by: Deadline) -> None:
        """Reconnect when due; send a heartbeat when idle. Raises Unavailable."""
        now = self._monotonic()
        if self._sums_otherwise is not None and now - self._sums_otherwise >= _SUMS_SECONDS:
            self.drop()
        self.ready(by)
        is_denied = self.server is not None and bool(self.server.denied & self._needed)
        if self.is_idle or (is_denied and now - self._told_at >= _DENIED_SECONDS):
            self._ask_status(by)

    def try_anew(self) -> None:
        """Reset back-off and unsupported requests: somebody has fixed the cause."""
        self.drop()
        self._backoff.forget()
        self._abilities.forget()

    def drop(self) -> None:
        """Close the connection; late answers are never read."""
        if self._dialogue is not None:
            self._dialogue.close()
            self._dialogue = None

    # --- opening ------------------------------------------------------------------------------------------------------

    def _open(self, by: Deadline) -> None:
        """Connect and log in. Raises Broken, with the connection closed."""
        settings, began = self._settings, self._monotonic()
        self._sums_otherwise = None
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
            self._told_at = self._monotonic()
        except Broken:
            self.drop()
            raise
        self.condition = IlsCondition.READY
        if self._news.is_news("connected"):
            _log.info("connected in %.2f s", self._monotonic() - began)

    def _log_in(self, by: Deadline) -> None:
        try:
            reply = self._exchange(self._requests.login(), by)
        except Broken as broken:
            # Some servers compute checksums wrongly. An accepted login counts in spite of that; a refusal must be read for certain.
            taken = broken.reply is not None and broken.reply.kind == "94" and broken.reply.fixed["ok"] == "1"
            if self._checksum is Checksum.STRICT or broken.trouble is not Trouble.WRONG_SUM or not taken:
                raise
        else:
            if reply.fixed["ok"] != "1":
                raise Broken(Trouble.LOGIN if reply.fixed["ok"] == "0" else Trouble.NOISE)
        self._backoff.logged_in()

    def _ask_status(self, by: Deadline) -> None:
        """Refresh the status; even a 96 shows that the server is alive. Raises Unavailable."""
        if self._abilities.lacks("99"):
            return
        try:
            self.server = server_in(self.read(self._requests.status(), by))
        except Unavailable:
            if not self._abilities.lacks("99"):
                raise
        self._told_at = self._monotonic()

    def _server(self, by: Deadline) -> Server | None:
        request = self._requests.status()
        try:
            return server_in(self._exchange(request, by))
        except Broken as broken:
            if broken.trouble is Trouble.NOT_UNDERSTOOD:
                self._abilities.failed(request.kind)
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
        """Exchange, repeating once after a 96 under the next sequence number: what was not understood was not done. Raises Broken."""
        by = by.step(self._answer_seconds)
        try:
            return self._exchange(request, by)
        except Broken as broken:
            if broken.trouble is not Trouble.NOT_UNDERSTOOD:
                raise
        return self._exchange(request, by)

    def _asked_again(self, request: Message, first: Broken, by: Deadline) -> Message:
        """Retry once on a new connection, which no late answer can reach. Raises Unavailable."""
        try:
            self._open(by)
            return self._understood(request, by)
        except Broken as second:
            if self._dialogue is not None and second.trouble is Trouble.NOT_UNDERSTOOD:
                raise self._not_understood(request.kind) from second
            try:
                return self._believed(first, second)
            except Broken as broken:
                self.drop()
                raise self._failed(broken) from broken

    def _believed(self, first: Broken, second: Broken) -> Message:
        """Decide what to believe after the same query failed twice the same way. Raises Broken if nothing.

        The same answer twice with a wrong checksum: this server computes it differently. The same unexpected number twice: it knows the
        patron under another number, which the caller checks.
        """
        before, now = first.reply, second.reply
        if before is None or now is None or first.trouble is not second.trouble or substance(before) != substance(now):
            raise second
        if first.trouble is Trouble.WRONG_SUM and self._checksum is Checksum.WARN:
            if self._news.is_news("sums"):
                _log.warning("the server adds up otherwise: its checksums are not looked at any more")
            self._sums_otherwise = self._monotonic()
            return now
        if first.trouble is Trouble.OTHER_PATRON:
            return now
        raise second

    def _exchange(self, request: Message, by: Deadline) -> Message:
        """Raises Broken; nothing was sent if its trouble is in _NOT_SENT."""
        if self._dialogue is None:
            raise Broken(Trouble.CLOSED)
        # Without sequence numbers, a leftover could not be told from the answer to this request.
        self._dialogue.check_quiet()
        reply = self._dialogue.ask(request, by, believe_sums=self._sums_otherwise is None)
        self._used_at = self._monotonic()
        return reply

    def _not_understood(self, name: str) -> Unavailable:
        """Note an unsupported request; return the exception to raise. Other requests may still be understood."""
        self._abilities.failed(name)
        return self._backoff.unavailable(Trouble.NOT_UNDERSTOOD)

    def _failed(self, broken: Broken) -> Unavailable:
        """Start back-off and update the condition; return the exception to raise."""
        unavailable = self._backoff.failed(broken.trouble)
        self.condition = IlsCondition(unavailable.code.value)
        return unavailable
