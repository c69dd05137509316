"""The controls of other programs over AT-SPI, the accessibility bus of Linux desktops (gitlab.gnome.org/GNOME/at-spi2-core, xml/*.xml).

By D-Bus alone, without GObject: this runs in the short process that types one number. What is asked of a program has a limit of its own;
one that hangs is Unknown.NO_ANSWER.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Any, TypeAlias
from urllib.parse import urlsplit, urlunsplit

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageFlag, MessageType, Properties, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from kiosk.library.handover.atspi_status import switched_on
from kiosk.library.handover.elements import Element, Elements, Field, Unknown
from kiosk.library.handover.no_elements import NoElements
from kiosk.library.handover.seat import ProgramWindow

Reference: TypeAlias = tuple[str, str]
"""Bus name of the program, and path of the object in it."""
_OPENING_SECONDS = 1.0
_CALL_SECONDS = 0.3
_WALK_SECONDS = 0.5
_DEEPEST = 200
"""Ancestors at most: programs with parents in a circle are known."""
_EDITABLE, _FOCUSED, _SENSITIVE, _SHOWING = (1 << bit for bit in (7, 12, 24, 25))
_MASKED = "password text"
_ADDRESSES = ("URI", "DocURL")
"""What Chromium and Gecko call a document's address."""
_ACCESSIBLE, _TEXT, _EDITABLE_TEXT, _COMPONENT, _COLLECTION, _DOCUMENT = (
    f"org.a11y.atspi.{part}" for part in ("Accessible", "Text", "EditableText", "Component", "Collection", "Document")
)
_ROOT: Reference = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
_REGISTRY = DBusAddress("/org/a11y/atspi/registry", "org.a11y.atspi.Registry", "org.a11y.atspi.Registry")
_LAUNCHER = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
_FOCUS = "object:state-changed:focused"
_ALL = 1
"""ATSPI_Collection_MATCH_ALL."""
_IN_ORDER = 1
"""ATSPI_Collection_SORT_ORDER_CANONICAL."""
_LOST = (TimeoutError, OSError, ValueError)
"""What jeepney raises for a bus that is late, closed, or none (a bad address is a ValueError)."""


class AtSpi:
    """See `Accessibility`."""

    def switched_on(self) -> AbstractContextManager[None]:
        return switched_on()

    @contextmanager
    def elements(self, limit: float) -> Iterator[Elements]:
        with ExitStack() as ends:
            bus = _opened(ends)
            yield NoElements(bus) if isinstance(bus, Unknown) else AtSpiElements(bus, time.monotonic() + limit)


class AtSpiElements:
    """See `Elements`."""

    def __init__(self, bus: DBusConnection, end: float) -> None:
        self._bus, self._end = bus, end
        self._told: deque[Message] = deque()
        self._at: Reference | None = None
        """Where the focus is by the last event; None: no event."""
        rule = MatchRule(type="signal", interface="org.a11y.atspi.Event.Object", member="StateChanged")
        rule.add_arg_condition(0, "focused")
        bus.filter(rule, queue=self._told)
        self._send(message_bus.AddMatch(rule))
        # Programs send events only while somebody is registered for them. The registry answers in order: nothing waits for this.
        registering = new_method_call(_REGISTRY, "RegisterEvent", "s", (_FOCUS,))
        registering.header.flags = MessageFlag.no_reply_expected
        with suppress(*_LOST):
            bus.send(registering)

    def focused(self, window: ProgramWindow) -> Element | Unknown:
        found = self._all(window, _FOCUSED)
        if isinstance(found, Unknown):
            return found
        lines = [self._ancestors(reference) for reference in found]
        # A document has the focus as well as the field in it.
        innermost = [reference for reference in found if not any(reference in line for line in lines)]
        if len(innermost) != 1:
            return Unknown.AMBIGUOUS if innermost else Unknown.NO_FOCUS
        self._take_events()
        self._at = None
        return self._described(innermost[0])

    def has_focus(self, element: Element) -> bool | Unknown:
        states = self._states(_of(element))
        if isinstance(states, Unknown):
            return states
        self._take_events()
        return bool(states & _FOCUSED) and self._at in (None, _of(element))

    def text(self, element: Element) -> str | Unknown:
        if element.role == _MASKED:
            return Unknown.MASKED
        answer = self._ask(_of(element), _TEXT, "GetText", "ii", (0, -1))
        return answer if isinstance(answer, Unknown) else str(answer[0])

    def is_free(self, element: Element) -> bool | Unknown:
        text = self.text(element)
        if isinstance(text, Unknown) or not text:
            return text if isinstance(text, Unknown) else True
        count = self._ask(_of(element), _TEXT, "GetNSelections")
        if isinstance(count, Unknown) or not count[0]:
            return count if isinstance(count, Unknown) else False
        selected = self._ask(_of(element), _TEXT, "GetSelection", "i", (0,))
        return selected if isinstance(selected, Unknown) else tuple(selected) == (0, len(text))

    def find(self, window: ProgramWindow, field: Field) -> Element | Unknown:
        found = self._all(window, _EDITABLE)
        if isinstance(found, Unknown):
            return found
        fitting = [element for element in map(self._described, found) if isinstance(element, Element) and field.fits(element)]
        if len(fitting) != 1:
            return Unknown.AMBIGUOUS if fitting else Unknown.GONE
        return fitting[0]

    def give_focus(self, element: Element) -> None:
        self._ask(_of(element), _COMPONENT, "GrabFocus")

    def set_text(self, element: Element, text: str) -> bool | Unknown:
        answer = self._ask(_of(element), _EDITABLE_TEXT, "SetTextContents", "s", (text,))
        return answer if isinstance(answer, Unknown) else bool(answer[0])

    def wait(self, seconds: float) -> float:
        began = time.monotonic()
        with suppress(*_LOST):
            self._bus.recv_messages(timeout=seconds)
        return time.monotonic() - began

    def _all(self, window: ProgramWindow, state: int) -> list[Reference] | Unknown:
        """The controls of the window that are shown and in this state."""
        frames = self._frames(window)
        if isinstance(frames, Unknown):
            return frames
        found: list[Reference] = []
        for frame in frames:
            within = self._matches(frame, state | _SHOWING)
            if isinstance(within, Unknown):
                return within
            found += within
        return found

    def _frames(self, window: ProgramWindow) -> list[Reference] | Unknown:
        """What the program calls a window of this title; several, if it has several of one title."""
        programs = self._children(_ROOT)
        if isinstance(programs, Unknown):
            return programs
        ours = [program for program in programs if self._process(program[0]) in window.processes]
        if not ours:
            return Unknown.SILENT_PROGRAM
        frames = [frame for program in ours for frame in self._listed(program) if self._property(frame, "Name") == window.title]
        return frames or Unknown.NO_FOCUS

    def _matches(self, within: Reference, states: int) -> list[Reference] | Unknown:
        rule: tuple[Any, ...] = ([states & 0xFFFFFFFF, states >> 32], _ALL, {}, _ALL, [], _ALL, [], _ALL, False)
        answer = self._ask(within, _COLLECTION, "GetMatches", "(aiia{ss}iaiiasib)uib", (rule, _IN_ORDER, 0, True))
        # Qt does not search for us.
        return self._walked(within, states) if isinstance(answer, Unknown) else [tuple(reference) for reference in answer[0]]

    def _walked(self, within: Reference, states: int) -> list[Reference] | Unknown:
        end = time.monotonic() + _WALK_SECONDS
        found: list[Reference] = []
        waiting, seen = [within], {within}
        while waiting:
            if time.monotonic() > end:
                return Unknown.NO_ANSWER
            reference = waiting.pop()
            has = self._states(reference)
            if isinstance(has, Unknown) or (not has & _SHOWING and reference != within):
                continue
            if has & states == states:
                found.append(reference)
            children = [child for child in self._listed(reference) if child not in seen]
            seen.update(children)
            waiting += children
        return found

    def _described(self, reference: Reference) -> Element | Unknown:
        states = self._states(reference)
        if isinstance(states, Unknown):
            return states
        role = self._ask(reference, _ACCESSIBLE, "GetRoleName")
        attributes = self._ask(reference, _ACCESSIBLE, "GetAttributes")
        for answer in (role, attributes):
            if isinstance(answer, Unknown):
                return answer
        has: dict[str, str] = attributes[0]
        return Element(
            handle=reference,
            role=role[0],
            name=self._property(reference, "Name"),
            identifier=has.get("id") or self._property(reference, "AccessibleId"),
            tag=has.get("tag", ""),
            address=self._address(reference),
            is_editable=bool(states & _EDITABLE and states & _SENSITIVE),
        )

    def _address(self, reference: Reference) -> str:
        for one in (reference, *self._ancestors(reference)):
            answer = self._ask(one, _DOCUMENT, "GetAttributes")
            if not isinstance(answer, Unknown):
                for name in _ADDRESSES:
                    if address := str(answer[0].get(name, "")):
                        parts = urlsplit(address)
                        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
        return ""

    def _ancestors(self, reference: Reference) -> list[Reference]:
        line: list[Reference] = []
        while len(line) < _DEEPEST:
            parent = self._property(reference, "Parent")
            if not parent or parent[1] in ("/org/a11y/atspi/null", _ROOT[1]):
                break
            reference = (str(parent[0]), str(parent[1]))
            line.append(reference)
        return line

    def _states(self, reference: Reference) -> int | Unknown:
        answer = self._ask(reference, _ACCESSIBLE, "GetState")
        return answer if isinstance(answer, Unknown) else int(answer[0][0]) | int(answer[0][1]) << 32

    def _children(self, reference: Reference) -> list[Reference] | Unknown:
        answer = self._ask(reference, _ACCESSIBLE, "GetChildren")
        return answer if isinstance(answer, Unknown) else [(str(name), str(path)) for name, path in answer[0]]

    def _listed(self, reference: Reference) -> list[Reference]:
        children = self._children(reference)
        return [] if isinstance(children, Unknown) else children

    def _process(self, bus_name: str) -> int | None:
        answer = self._send(message_bus.GetConnectionUnixProcessID(bus_name))
        return None if isinstance(answer, Unknown) else int(answer[0])

    def _property(self, reference: Reference, name: str) -> Any:
        """Its value; empty where there is none."""
        answer = self._send(Properties(DBusAddress(reference[1], reference[0], _ACCESSIBLE)).get(name))
        return "" if isinstance(answer, Unknown) else answer[0][1]

    def _ask(self, reference: Reference, interface: str, member: str, signature: str | None = None, body: tuple[Any, ...] = ()) -> Any:
        """The answer's body; Unknown."""
        return self._send(new_method_call(DBusAddress(reference[1], reference[0], interface), member, signature, body))

    def _send(self, message: Message) -> Any:
        left = min(_CALL_SECONDS, self._end - time.monotonic())
        if left <= 0:
            return Unknown.NO_ANSWER
        try:
            answer = self._bus.send_and_get_reply(message, timeout=left)
        except _LOST:
            return Unknown.NO_ANSWER
        if answer.header.message_type is MessageType.error:
            return Unknown.GONE
        return answer.body

    def _take_events(self) -> None:
        with suppress(*_LOST):
            while True:
                self._bus.recv_messages(timeout=0)
        while self._told:
            event = self._told.popleft()
            reference = (event.header.fields[HeaderFields.sender], event.header.fields[HeaderFields.path])
            # Its second value: whether the state came or went.
            if event.body[1]:
                self._at = reference
            elif self._at in (None, reference):
                self._at = ("", "")


def _of(element: Element) -> Reference:
    return element.handle


def _opened(ends: ExitStack) -> DBusConnection | Unknown:
    try:
        session = ends.enter_context(open_dbus_connection("SESSION"))
        address = session.send_and_get_reply(new_method_call(_LAUNCHER, "GetAddress"), timeout=_OPENING_SECONDS).body[0]
        return ends.enter_context(open_dbus_connection(address))
    except TimeoutError:
        return Unknown.NO_ANSWER
    except (*_LOST, KeyError, IndexError):
        return Unknown.NO_INTERFACE
