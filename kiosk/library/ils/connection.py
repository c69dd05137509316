"""The one connection to the library's server: login, one request in flight, each answer matched to its request, back-off.

A request that only asks may be asked again; one that changes something is sent once, and who sent it is told when its answer is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from kiosk.config import IlsSettings
from kiosk.domain.errors import Unavailable
from kiosk.domain.model import IlsCondition
from kiosk.library.ils.backoff import Abilities, Backoff
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.dialogue import Dialogue
from kiosk.library.ils.discretion import Discretion
from kiosk.library.ils.matching import substance
from kiosk.library.ils.profile import Profile
from kiosk.library.ils.requests import Requests
from kiosk.library.ils.server import Server, server_in
from kiosk.library.ils.wire import Broken, Trouble, Wire, trusting
from kiosk.library.sip2 import Checksum, Message

_log = logging.getLogger(__name__)

_NOT_SENT = frozenset({Trouble.REQUEST, Trouble.STALE})
_NEEDED = frozenset({"63", "17", "11", "29", "15"})
_DENIED_SECONDS = 60.0
"""So long what a server says it does not take is believed, before it is asked again what it takes."""
_SUMS_SECONDS = 3600.0
"""So long a server is taken for one that adds up otherwise, before its sums are looked at again."""


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
        self._used_at = self._told_at = 0.0
        self._sums_otherwise: float | None = None
        """Since when the server is known to add up otherwise than the protocol says, so that a wrong sum tells nothing."""
        self._backoff, self._abilities = Backoff(monotonic), Abilities(monotonic)
        self._discretion = Discretion()
        self.condition = IlsCondition.STARTING
        self.server: Server | None = None

    def denies(self, kind: str) -> bool:
        """Whether the server has said, in its status or by not understanding it, that it does not take this kind of request just now."""
        return self._abilities.lacks(kind) or (self.server is not None and kind in self.server.denied)

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
        else:
            self._backoff.check()
        try:
            self._open(by)
        except Broken as broken:
            raise self._failed(broken) from broken

    def read(self, request: Message, by: Deadline, *, optional: bool = False, ability: str = "") -> Message:
        """The answer to a request that changes nothing; asked again once, unless the server was silent. Raises Unavailable.

        Without an `optional` answer one gets along: it is not asked for twice, and trouble with it keeps no other request from being tried.
        `ability`: by what name `denies` tells afterwards whether it went wrong, where others of its kind have nothing to do with that.
        """
        name = ability or request.kind
        self.ready(by)
        try:
            reply = self._understood(request, by)
        except Broken as broken:
            if broken.trouble is Trouble.NOT_UNDERSTOOD and (optional or not self._abilities.has_understood(name)):
                raise self._not_understood(name) from broken
            self.drop()
            _log.info("%s: %s", request.kind, broken.trouble)
            if optional:
                if ability:
                    self._abilities.failed(ability)
                raise self._backoff.unavailable(broken.trouble) from broken
            if broken.trouble is Trouble.SILENT:
                raise self._failed(broken) from broken
            reply = self._asked_again(request, broken, by)
        self._abilities.understood(name)
        self._backoff.answered()
        return self._discretion.read(reply) if request.kind in ("63", "23") else reply

    def change(self, request: Message, by: Deadline) -> Message:
        """The answer to a request that changes something; it is sent once at most.

        Raises Unavailable when nothing was sent, and Broken when it may have been: then only asking tells what became of it.
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
        """Reconnect when it is time to; say something when nothing was said for long. Raises Unavailable."""
        now = self._monotonic()
        if self._sums_otherwise is not None and now - self._sums_otherwise >= _SUMS_SECONDS:
            self.drop()
        self.ready(by)
        is_denied = self.server is not None and bool(self.server.denied & _NEEDED)
        if self.is_idle or (is_denied and now - self._told_at >= _DENIED_SECONDS):
            self._ask_status(by)

    def try_anew(self) -> None:
        """Forget past failures, and what the server would not do: somebody has seen to it."""
        self.drop()
        self._backoff.forget()
        self._abilities.forget()

    def drop(self) -> None:
        """Close it; what still comes on it is never read."""
        if self._dialogue is not None:
            self._dialogue.close()
            self._dialogue = None

    # --- opening ------------------------------------------------------------------------------------------------------

    def _open(self, by: Deadline) -> None:
        """Raises Broken, and is closed then."""
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
        self._backoff.logged_in()

    def _ask_status(self, by: Deadline) -> None:
        """What the server says of itself now; that it does not know the question shows at least that it is there. Raises Unavailable."""
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
            if self._dialogue is not None and second.trouble is Trouble.NOT_UNDERSTOOD:
                raise self._not_understood(request.kind) from second
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
            self._sums_otherwise = self._monotonic()
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
        reply = self._dialogue.ask(request, by, believe_sums=self._sums_otherwise is None)
        self._used_at = self._monotonic()
        return reply

    def _not_understood(self, name: str) -> Unavailable:
        """Returns what to raise. Other requests may be understood all the same."""
        self._abilities.failed(name)
        return self._backoff.unavailable(Trouble.NOT_UNDERSTOOD)

    def _failed(self, broken: Broken) -> Unavailable:
        """Returns what to raise."""
        unavailable = self._backoff.failed(broken.trouble)
        self.condition = IlsCondition(unavailable.code.value)
        return unavailable
