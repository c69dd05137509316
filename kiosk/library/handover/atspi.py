"""The controls of other programs over AT-SPI, the accessibility bus of Linux desktops (gitlab.gnome.org/GNOME/at-spi2-core, xml/*.xml).

By D-Bus alone, without GObject: this runs in the short process that types one number. What is asked of a program has a limit of its own;
one that hangs is Unknown.NO_ANSWER, also where only a part of what was asked is missing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from jeepney import DBusAddress, Message, Properties, message_bus, new_method_call

from kiosk.library.handover.atspi_bus import AtSpiBus, Reference, opened
from kiosk.library.handover.atspi_status import switched_on
from kiosk.library.handover.elements import Element, Elements, Field, Unknown
from kiosk.library.handover.no_elements import NoElements
from kiosk.library.handover.page_address import page_address
from kiosk.library.handover.seat import ProgramWindow

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
_NO_PARENT = ("/org/a11y/atspi/null", _ROOT[1])
_ALL = 1
"""ATSPI_Collection_MATCH_ALL."""
_IN_ORDER = 1
"""ATSPI_Collection_SORT_ORDER_CANONICAL."""


class AtSpi:
    """See `Accessibility`."""

    def switched_on(self) -> AbstractContextManager[None]:
        return switched_on()

    @contextmanager
    def elements(self, limit: float) -> Iterator[Elements]:
        with ExitStack() as ends:
            bus = opened(ends, limit)
            yield NoElements(bus) if isinstance(bus, Unknown) else AtSpiElements(bus)


class AtSpiElements:
    """See `Elements`."""

    def __init__(self, bus: AtSpiBus) -> None:
        self._bus = bus

    def focused(self, window: ProgramWindow) -> Element | Unknown:
        found = self._all(window, _FOCUSED)
        if not isinstance(found, Unknown) and len(found) > 1:
            found = self._innermost(found)
        if isinstance(found, Unknown):
            return found
        if len(found) != 1:
            return Unknown.AMBIGUOUS if found else Unknown.NO_FOCUS
        self._bus.take_events()
        self._bus.focus = None
        [element] = self._described(found)
        return element if isinstance(element, Unknown) else self._placed(element)

    def has_focus(self, element: Element) -> bool | Unknown:
        [states] = self._states([element.handle])
        if isinstance(states, Unknown):
            return states
        self._bus.take_events()
        return bool(states & _FOCUSED) and self._bus.focus in (None, element.handle)

    def text(self, element: Element) -> str | Unknown:
        if element.role == _MASKED:
            return Unknown.MASKED
        answer = self._ask(element, _TEXT, "GetText", "ii", (0, -1))
        return answer if isinstance(answer, Unknown) else str(answer[0])

    def is_free(self, element: Element) -> bool | Unknown:
        text = self.text(element)
        if isinstance(text, Unknown) or not text:
            return text if isinstance(text, Unknown) else True
        count = self._ask(element, _TEXT, "GetNSelections")
        if isinstance(count, Unknown) or not count[0]:
            return count if isinstance(count, Unknown) else False
        selected = self._ask(element, _TEXT, "GetSelection", "i", (0,))
        return selected if isinstance(selected, Unknown) else tuple(selected) == (0, len(text))

    def find(self, window: ProgramWindow, field: Field) -> Element | Unknown:
        found = self._all(window, _EDITABLE)
        if isinstance(found, Unknown):
            return found
        described = self._described(found)
        # Its page is many questions away: only what is alike otherwise is asked for it.
        alike = [one for one in described if isinstance(one, Element) and field.fits(replace(one, address=field.address))]
        placed = [self._placed(one) for one in alike]
        if Unknown.NO_ANSWER in described or Unknown.NO_ANSWER in placed:
            return Unknown.NO_ANSWER
        fitting = [one for one in placed if isinstance(one, Element) and field.fits(one)]
        if len(fitting) != 1:
            return Unknown.AMBIGUOUS if fitting else Unknown.GONE
        return fitting[0]

    def give_focus(self, element: Element) -> None:
        self._ask(element, _COMPONENT, "GrabFocus")

    def set_text(self, element: Element, text: str) -> bool | Unknown:
        answer = self._ask(element, _EDITABLE_TEXT, "SetTextContents", "s", (text,))
        return answer if isinstance(answer, Unknown) else bool(answer[0])

    def wait(self, seconds: float) -> float:
        began = time.monotonic()
        self._bus.wait(seconds)
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
        programs = self._below([_ROOT])
        if isinstance(programs, Unknown):
            return programs
        processes = self._bus.ask_all([message_bus.GetConnectionUnixProcessID(name) for name, _ in programs])
        if Unknown.NO_ANSWER in processes:
            return Unknown.NO_ANSWER
        ours = [
            program
            for program, process in zip(programs, processes, strict=True)
            if not isinstance(process, Unknown) and process[0] in window.processes
        ]
        if not ours:
            return Unknown.SILENT_PROGRAM
        frames = self._below(ours)
        if isinstance(frames, Unknown):
            return frames
        names = self._bus.ask_all([_property(frame, "Name") for frame in frames])
        if Unknown.NO_ANSWER in names:
            return Unknown.NO_ANSWER
        return [frame for frame, name in zip(frames, names, strict=True) if _value(name) == window.title] or Unknown.NO_FOCUS

    def _matches(self, within: Reference, states: int) -> list[Reference] | Unknown:
        rule: tuple[Any, ...] = ([states & 0xFFFFFFFF, states >> 32], _ALL, {}, _ALL, [], _ALL, [], _ALL, False)
        question = _call(within, _COLLECTION, "GetMatches", "(aiia{ss}iaiiasib)uib", (rule, _IN_ORDER, 0, True))
        answer = self._bus.ask(question, _WALK_SECONDS)
        if isinstance(answer, Unknown):
            # Older versions of Qt do not search for us.
            return self._walked(within, states) if answer is Unknown.GONE else answer
        return [tuple(reference) for reference in answer[0]]

    def _walked(self, within: Reference, states: int) -> list[Reference] | Unknown:
        """Level by level, each in two rounds of questions."""
        end = time.monotonic() + _WALK_SECONDS
        found: list[Reference] = []
        level, seen = [within], {within}
        while level:
            if time.monotonic() > end:
                return Unknown.NO_ANSWER
            has = self._states(level)
            if Unknown.NO_ANSWER in has:
                return Unknown.NO_ANSWER
            known = [(one, of) for one, of in zip(level, has, strict=True) if not isinstance(of, Unknown)]
            shown = [(one, of) for one, of in known if of & _SHOWING or one == within]
            found += [one for one, of in shown if of & states == states]
            below = self._below([one for one, _ in shown])
            if isinstance(below, Unknown):
                return below
            level = [child for child in dict.fromkeys(below) if child not in seen]
            seen.update(level)
        return found

    def _innermost(self, found: Sequence[Reference]) -> list[Reference] | Unknown:
        """Without those that have others of them within: a document has the focus as well as the field in it."""
        around: set[Reference] = set()
        for reference in found:
            for _ in range(_DEEPEST):
                above = self._parent(self._bus.ask(_property(reference, "Parent")))
                if above is Unknown.NO_ANSWER:
                    return Unknown.NO_ANSWER
                if not isinstance(above, tuple) or above in around:
                    break
                reference = above
                around.add(reference)
        return [reference for reference in found if reference not in around]

    def _described(self, references: Sequence[Reference]) -> list[Element | Unknown]:
        """Without the address of the document they are in."""
        questions = [
            question
            for reference in references
            for question in (
                _call(reference, _ACCESSIBLE, "GetState"),
                _call(reference, _ACCESSIBLE, "GetRoleName"),
                _call(reference, _ACCESSIBLE, "GetAttributes"),
                _property(reference, "Name"),
                _property(reference, "AccessibleId"),
            )
        ]
        answers = self._bus.ask_all(questions)
        parts = len(questions) // max(1, len(references))
        return [_element(one, *answers[parts * number : parts * (number + 1)]) for number, one in enumerate(references)]

    def _placed(self, element: Element) -> Element | Unknown:
        """The same with the address of the innermost document around it that tells one."""
        reference = element.handle
        for _ in range(_DEEPEST):
            interfaces, above = self._bus.ask_all([_call(reference, _ACCESSIBLE, "GetInterfaces"), _property(reference, "Parent")])
            # GTK puts it into the program's log when what is no document is asked as one.
            document: Any = self._bus.ask(_call(reference, _DOCUMENT, "GetAttributes")) if _has(interfaces, _DOCUMENT) else Unknown.GONE
            if Unknown.NO_ANSWER in (interfaces, above, document):
                return Unknown.NO_ANSWER
            for name in () if isinstance(document, Unknown) else _ADDRESSES:
                if address := str(document[0].get(name, "")):
                    return replace(element, address=page_address(address))
            parent = self._parent(above)
            if not isinstance(parent, tuple):
                break
            reference = parent
        return element

    def _parent(self, answer: Any) -> Reference | Unknown | None:
        """None at the top."""
        if answer is Unknown.NO_ANSWER:
            return Unknown.NO_ANSWER
        parent = _value(answer)
        return (str(parent[0]), str(parent[1])) if parent and parent[1] not in _NO_PARENT else None

    def _states(self, references: Sequence[Reference]) -> list[int | Unknown]:
        answers = self._bus.ask_all([_call(reference, _ACCESSIBLE, "GetState") for reference in references])
        return [answer if isinstance(answer, Unknown) else _bits(answer) for answer in answers]

    def _below(self, references: Sequence[Reference]) -> list[Reference] | Unknown:
        """The children of all of them that are there still."""
        answers = self._bus.ask_all([_call(reference, _ACCESSIBLE, "GetChildren") for reference in references])
        if Unknown.NO_ANSWER in answers:
            return Unknown.NO_ANSWER
        return [(str(name), str(path)) for answer in answers if not isinstance(answer, Unknown) for name, path in answer[0]]

    def _ask(self, element: Element, interface: str, member: str, signature: str | None = None, body: tuple[Any, ...] = ()) -> Any:
        return self._bus.ask(_call(element.handle, interface, member, signature, body))


def _call(reference: Reference, interface: str, member: str, signature: str | None = None, body: tuple[Any, ...] = ()) -> Message:
    return new_method_call(DBusAddress(reference[1], reference[0], interface), member, signature, body)


def _property(reference: Reference, name: str) -> Message:
    return Properties(DBusAddress(reference[1], reference[0], _ACCESSIBLE)).get(name)


def _value(answer: Any) -> Any:
    """Of a property; empty where there is none."""
    return "" if isinstance(answer, Unknown) else answer[0][1]


def _has(interfaces: Any, interface: str) -> bool:
    return not isinstance(interfaces, Unknown) and interface in interfaces[0]


def _bits(answer: Any) -> int:
    return int(answer[0][0]) | int(answer[0][1]) << 32


def _element(reference: Reference, states: Any, role: Any, attributes: Any, name: Any, identifier: Any) -> Element | Unknown:
    for answer in (states, role, attributes, name, identifier):
        if answer is Unknown.NO_ANSWER:
            return Unknown.NO_ANSWER
    if Unknown.GONE in (states, role, attributes):
        return Unknown.GONE
    has: dict[str, str] = attributes[0]
    is_editable = bool(_bits(states) & _EDITABLE and _bits(states) & _SENSITIVE)
    return Element(reference, role[0], _value(name), has.get("id") or _value(identifier), has.get("tag", ""), "", is_editable)
