"""Questions to other programs over the accessibility bus, many at a time, and what they tell of a moved focus meanwhile.

Most of what a question takes is the way there and back; those that do not need each other's answers go together.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, TypeAlias

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageFlag, MessageType, message_bus, new_method_call
from jeepney.bus import get_bus
from jeepney.io.blocking import DBusConnection, prep_socket

from kiosk.library.handover.elements import Unknown
from kiosk.thread_timeout import in_time

Reference: TypeAlias = tuple[str, str]
"""Bus name of the program, and path of the object in it."""
NOWHERE: Reference = ("", "")
OPENING_SECONDS = 1.0
"""For each step of it."""
_CALL_SECONDS = 0.3
_AT_ONCE = 64
_REGISTRY = DBusAddress("/org/a11y/atspi/registry", "org.a11y.atspi.Registry", "org.a11y.atspi.Registry")
_LAUNCHER = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
_FOCUS = "object:state-changed:focused"
LOST = (TimeoutError, OSError, ValueError, KeyError, IndexError)
"""What jeepney raises for a bus that is late, closed, or none: no address is a KeyError, a bad one a ValueError. An error has no body."""


class AtSpiBus:
    """One connection, for a limited time."""

    def __init__(self, bus: DBusConnection, end: float) -> None:
        """`end`: by `time.monotonic`; no question is asked after it."""
        self._bus, self._end = bus, end
        self.focus: Reference | None = None
        """Where it is by the events since this was last set; None: no event."""
        rule = MatchRule(type="signal", interface="org.a11y.atspi.Event.Object", member="StateChanged")
        rule.add_arg_condition(0, "focused")
        # Programs send events only while somebody is registered for them. Bus and registry answer in order: nothing waits for these.
        self._tell(message_bus.AddMatch(rule))
        self._tell(new_method_call(_REGISTRY, "RegisterEvent", "s", (_FOCUS,)))

    def ask(self, message: Message, limit: float = 0.0) -> Any:
        """The answer's body; NO_ANSWER; GONE for an error. `limit`: in seconds, for a question that may take longer than others."""
        return self.ask_all([message], limit)[0]

    def ask_all(self, messages: Sequence[Message], limit: float = 0.0) -> list[Any]:
        """The answers, in this order. One that is missing for too long ends all that follow it."""
        answers: list[Any] = []
        for start in range(0, len(messages), _AT_ONCE):
            if Unknown.NO_ANSWER in answers:
                break
            answers += self._asked(messages[start : start + _AT_ONCE], limit or _CALL_SECONDS)
        return answers + [Unknown.NO_ANSWER] * (len(messages) - len(answers))

    def _asked(self, messages: Sequence[Message], limit: float) -> list[Any]:
        serials = [next(self._bus.outgoing_serial) for _ in messages]
        answers: dict[int, Any] = dict.fromkeys(serials, Unknown.NO_ANSWER)
        missing = set(serials)
        with suppress(*LOST):
            if time.monotonic() < self._end:
                for message, serial in zip(messages, serials, strict=True):
                    self._bus.send(message, serial)
                latest = time.monotonic() + limit
                while missing and (left := min(latest, self._end) - time.monotonic()) > 0:
                    answer = self._received(left)
                    serial = answer.header.fields.get(HeaderFields.reply_serial, 0)
                    if serial in missing:
                        missing.discard(serial)
                        latest = time.monotonic() + limit
                        answers[serial] = Unknown.GONE if answer.header.message_type is MessageType.error else answer.body
        return [answers[serial] for serial in serials]

    def take_events(self) -> None:
        """Those that have come."""
        with suppress(*LOST):
            while True:
                self._received(0)

    def wait(self, seconds: float) -> None:
        """For an event, at most that long."""
        try:
            self._received(seconds)
        except TimeoutError:
            pass
        except LOST:
            # Nothing more will come: whoever looks again and again is not to do nothing else.
            threading.Event().wait(seconds)

    def _received(self, seconds: float) -> Message:
        message = self._bus.receive(timeout=seconds)
        fields = message.header.fields
        if message.header.message_type is MessageType.signal and fields.get(HeaderFields.member) == "StateChanged":
            reference = (fields[HeaderFields.sender], fields[HeaderFields.path])
            # Its second value: whether the state came or went.
            if message.body[1]:
                self.focus = reference
            elif self.focus in (None, reference):
                self.focus = NOWHERE
        return message

    def _tell(self, message: Message) -> None:
        message.header.flags = MessageFlag.no_reply_expected
        with suppress(*LOST):
            self._bus.send(message)


def connected(address: str = "SESSION") -> DBusConnection:
    """A bus. Raises one of LOST."""
    # The greeting that follows the authentication has no limit in jeepney.
    return in_time(lambda: _greeted(prep_socket(get_bus(address), timeout=OPENING_SECONDS)), OPENING_SECONDS, "bus")


def _greeted(connection: socket.socket) -> DBusConnection:
    try:
        return DBusConnection(connection)
    except BaseException:
        connection.close()
        raise


def accessibility_bus(ends: ExitStack) -> DBusConnection:
    """Of this session; closed with `ends`. Raises one of LOST."""
    session = ends.enter_context(connected())
    address = session.send_and_get_reply(new_method_call(_LAUNCHER, "GetAddress"), timeout=OPENING_SECONDS).body[0]
    return ends.enter_context(connected(address))


@contextmanager
def listening() -> Iterator[None]:
    """Be registered for events, and get none. Without an accessibility bus nothing happens."""
    with ExitStack() as ends:
        bus = None
        with suppress(*LOST):
            bus = accessibility_bus(ends)
            _registered(bus, "RegisterEvent")
        try:
            yield
        finally:
            if bus is not None:
                with suppress(*LOST):
                    _registered(bus, "DeregisterEvent")


def _registered(bus: DBusConnection, act: str) -> None:
    bus.send_and_get_reply(new_method_call(_REGISTRY, act, "s", (_FOCUS,)), timeout=OPENING_SECONDS)


def somebody_listens() -> bool:
    """Whether a program is registered for events: a screen reader, or another counter. Raises one of LOST."""
    with ExitStack() as ends:
        asked = new_method_call(_REGISTRY, "GetRegisteredEvents")
        return bool(accessibility_bus(ends).send_and_get_reply(asked, timeout=OPENING_SECONDS).body[0])


def opened(ends: ExitStack, limit: float) -> AtSpiBus | Unknown:
    """The same for questions, for `limit` seconds."""
    try:
        return AtSpiBus(accessibility_bus(ends), time.monotonic() + limit)
    except TimeoutError:
        return Unknown.NO_ANSWER
    except LOST:
        return Unknown.NO_INTERFACE
