"""X11's selections: what is in them is saved, replaced by a number for one program, and given back.

A selection has no content of its own: its owner is asked each time, so whoever gives a content back has to stay and answer (ICCCM 2,
https://www.x.org/releases/X11R7.6/doc/xorg-docs/specs/ICCCM/icccm.html#peer_to_peer_communication_by_means_of_selections).
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.error import BadWindow, ConnectionClosedError
from Xlib.protocol import event, request

from kiosk.domain.clipboard_marks import KDE_HINT, KDE_SECRET
from kiosk.library.handover.clipboard import NotTaken
from kiosk.library.handover.x11.client import Clients
from kiosk.library.handover.x11.selection_reading import Late, SelectionReading, Value

_SAVING = 3
"""How much longer all of it may take than to say what there is."""
_PART = 64 << 10
"""What is larger goes in parts (ICCCM 2.7.2, INCR)."""
_ACTS = frozenset({"TARGETS", "TIMESTAMP", "MULTIPLE", "SAVE_TARGETS", "DELETE", "INSERT_SELECTION", "INSERT_PROPERTY"})
"""Targets that ask for something else than the content, some to change it."""
_TEXTS = ("UTF8_STRING", "STRING", "TEXT", "text/plain", "text/plain;charset=utf-8")
"""A library card number is ASCII, which is the same in all of them."""


@dataclass(slots=True)
class _Content:
    """What a selection has to tell, by target."""

    values: dict[int, Value] = field(default_factory=dict)
    lost: int = 0
    """Targets that could not be saved."""


class Selections:
    """The clipboard, and the primary selection where it is wanted as well, by a connection of its own."""

    def __init__(self, name: str, *, primary: bool) -> None:
        """`name`: of the display."""
        self._display = Display(name)
        self._display.set_error_handler(lambda _error, _request: None)
        root = self._display.screen().root
        self._window = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, X.InputOnly, event_mask=X.PropertyChangeMask)
        self._names = [self._atom("CLIPBOARD"), *([Xatom.PRIMARY] if primary else [])]
        self._clients = Clients(self._display, 0)
        self._reading = SelectionReading(self._display, self._window, self._happened)
        self._offered: dict[int, _Content] = {}
        self._before: dict[int, _Content] = {}
        self._since = 0
        self._only_for: int | None = None
        self._parts: dict[tuple[int, int], Iterator[Value]] = {}
        self.fetched: int | None = 0
        """How often the number was told."""

    def hold(self, text: str, window: int, seconds: float) -> int:
        """Save what is there, and offer `text` to the program of this window alone. Returns the owner, as the X server names it. Raises
        NotTaken: nothing has changed, or another program was faster.
        """
        until = time.monotonic() + _SAVING * seconds
        self._before = {selection: self._saved(selection, seconds, until) for selection in self._names}
        self._only_for = window
        number = {self._atom(name): Value(self._atom(name), 8, text.encode("ascii")) for name in _TEXTS}
        number[self._atom("TEXT")] = Value(Xatom.STRING, 8, text.encode("ascii"))
        number[self._atom(KDE_HINT)] = Value(Xatom.STRING, 8, KDE_SECRET)
        for selection in self._names:
            self._offer(selection, _Content(number), self._reading.now())
        if len(self._offered) < len(self._names):
            self.give_back()
            raise NotTaken
        return int(self._window.id)

    def give_back(self) -> int:
        """Offer what was there, to everybody; where another program has copied something since, that stays. Returns how many formats are
        lost.
        """
        self._serve()
        self._only_for, lost = None, 0
        now = self._reading.now()
        for selection in tuple(self._offered):
            before = self._before[selection]
            lost += before.lost
            del self._offered[selection]
            if before.values:
                self._offer(selection, before, now)
            else:
                request.SetSelectionOwner(self._display.display, None, window=X.NONE, selection=selection, time=now)
        self._before = {}
        self._display.sync()
        return lost

    def wait(self, seconds: float | None) -> None:
        """Answer other programs meanwhile; None: until one has asked."""
        self._serve()
        # To send is also to receive: what came with it is not to be waited for.
        if not self._display.pending_events():
            select.select([self._display], [], [], seconds)
        self._serve()

    def stay(self) -> None:
        """Go on in another process, which whoever started this one need not know of, until somebody copies something else or the X server
        ends.
        """
        if not self._offered or os.fork():
            os._exit(0)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1):
            os.dup2(nowhere, stream)
        with suppress(ConnectionClosedError):
            while self._offered:
                self.wait(None)

    def _serve(self) -> None:
        """Answer all that has been asked. Raises ConnectionClosedError once the X server has ended."""
        while self._display.pending_events():
            self._happened(self._display.next_event())
            self._display.flush()

    def _happened(self, what: Any) -> None:
        match what:
            case event.SelectionRequest():
                self._answer(what)
            case event.SelectionClear():
                self._offered.pop(what.atom, None)
            case event.PropertyNotify(state=X.PropertyDelete):
                self._go_on(what.window, what.atom)

    def _saved(self, selection: int, seconds: float, until: float) -> _Content:
        if self._display.get_selection_owner(selection) == X.NONE:
            return _Content()
        try:
            listed = self._reading.value(selection, self._atom("TARGETS"), time.monotonic() + seconds)
        except Late as error:
            raise NotTaken from error
        if listed is None:
            return _Content(lost=1)
        targets = {target: self._display.get_atom_name(target) for target in listed.data if target}
        if KDE_HINT in targets.values():
            # Its owner takes it away again, which it could not from us.
            return _Content(lost=1)
        content = _Content()
        for target, name in targets.items():
            if name in _ACTS:
                continue
            try:
                value = self._reading.value(selection, target, until)
            except Late:
                content.lost += 1
                continue
            if value is not None and not value.is_of_the_server:
                content.values[target] = value
        return content

    def _offer(self, selection: int, content: _Content, now: int) -> None:
        self._window.set_selection_owner(selection, now)
        if self._display.get_selection_owner(selection) == self._window:
            self._offered[selection], self._since = content, now

    def _answer(self, asked: Any) -> None:
        content = self._offered.get(asked.selection)
        # Programs from before ICCCM name none.
        place = asked.property or asked.target
        told = content is not None and self._told(asked.requestor, content, asked.target, place)
        asked.requestor.send_event(
            event.SelectionNotify(
                time=asked.time,
                requestor=asked.requestor,
                selection=asked.selection,
                target=asked.target,
                property=place if told else X.NONE,
            )
        )

    def _told(self, requestor: Any, content: _Content, target: int, place: int) -> bool:
        atom = self._atom
        if target == atom("TARGETS"):
            targets = [atom("TARGETS"), atom("TIMESTAMP"), atom("MULTIPLE"), *content.values]
            requestor.change_property(place, Xatom.ATOM, 32, targets)
        elif target == atom("TIMESTAMP"):
            requestor.change_property(place, Xatom.INTEGER, 32, [self._since])
        elif target == atom("MULTIPLE"):
            self._tell_several(requestor, content, place)
        elif (value := content.values.get(target)) is None:
            return False
        elif self._only_for is not None and target != atom(KDE_HINT):
            if not self._is_of_the_program(requestor, self._only_for):
                return False
            self.fetched = (self.fetched or 0) + 1
            self._put(requestor, place, value)
        else:
            self._put(requestor, place, value)
        return True

    def _tell_several(self, requestor: Any, content: _Content, place: int) -> None:
        pairs = requestor.get_full_property(place, X.AnyPropertyType)
        atoms = list(pairs.value) if pairs is not None else []
        for at in range(0, len(atoms) - 1, 2):
            if atoms[at] == self._atom("MULTIPLE") or not self._told(requestor, content, atoms[at], atoms[at + 1]):
                atoms[at + 1] = X.NONE
        requestor.change_property(place, self._atom("ATOM_PAIR"), 32, atoms)

    def _put(self, requestor: Any, place: int, value: Value) -> None:
        if value.size <= _PART:
            requestor.change_property(place, value.type, value.format, value.data)
            return
        requestor.change_attributes(event_mask=X.PropertyChangeMask)
        self._parts[requestor.id, place] = value.parts(_PART)
        requestor.change_property(place, self._atom("INCR"), 32, [value.size])

    def _go_on(self, requestor: Any, place: int) -> None:
        """It has taken the part before: the next one, and in the end an empty one."""
        parts = self._parts.get((requestor.id, place))
        if parts is None:
            return
        part = next(parts)
        requestor.change_property(place, part.type, part.format, part.data)
        if not part.size:
            del self._parts[requestor.id, place]

    def _is_of_the_program(self, requestor: Any, window: int) -> bool:
        """Whether the window is of the same connection, or at least of the same process."""
        others = ~self._display.display.info.resource_id_mask
        if requestor.id & others == window & others:
            return True
        with suppress(BadWindow):
            asking, wanted = self._clients.processes(requestor.id), self._clients.processes(window)
            return not set(asking).isdisjoint(wanted)
        return False

    def _atom(self, name: str) -> int:
        return int(self._display.get_atom(name))
