"""What the owner of an X11 selection tells, in one piece or in parts, for as long as somebody waits."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from Xlib import X, Xatom
from Xlib.protocol import event

_CLOCK_SECONDS = 5.0
_MOST_BYTES = 64 << 20
"""A large picture."""
_OF_THE_SERVER = frozenset({Xatom.DRAWABLE, Xatom.PIXMAP, Xatom.BITMAP, Xatom.COLORMAP, Xatom.WINDOW, Xatom.CURSOR, Xatom.FONT})


class Late(Exception):
    """It has not come in time, or is larger than anybody keeps."""


@dataclass(frozen=True, slots=True)
class Value:
    """A property, as the X protocol has it."""

    type: int
    format: int
    """Bits of each element."""
    data: Any
    """Bytes, or numbers of 16 or 32 bits."""

    @property
    def size(self) -> int:
        return len(self.data) * self.format // 8

    @property
    def is_of_the_server(self) -> bool:
        """Whether it only names something that goes with its owner."""
        return self.type in _OF_THE_SERVER

    def parts(self, size: int) -> Iterator[Value]:
        """Pieces of at most so many bytes, and an empty one."""
        step = size * 8 // self.format
        for start in range(0, len(self.data), step):
            yield Value(self.type, self.format, self.data[start : start + step])
        yield Value(self.type, self.format, self.data[:0])


class SelectionReading:
    """Asks owners of selections, by a window that is told of changes of its properties."""

    def __init__(self, display: Any, window: Any, otherwise: Callable[[Any], None]) -> None:
        """`otherwise` is called with each event that is something else."""
        self._display, self._window, self._otherwise = display, window, otherwise
        self._asked = 0

    def now(self) -> int:
        """The time of the X server, which it tells with changes only (ICCCM 2.1)."""
        place = self._display.get_atom("_KIOSK_TIME")
        self._window.change_property(place, Xatom.INTEGER, 32, [0], X.PropModeReplace)
        found = self._wait(lambda each: isinstance(each, event.PropertyNotify) and each.atom == place, time.monotonic() + _CLOCK_SECONDS)
        return int(found.time)

    def value(self, selection: int, target: int, until: float) -> Value | None:
        """None: the owner does not tell that. Raises Late."""
        # Another place each time: what comes too late is not taken for what was asked then.
        self._asked += 1
        place = self._display.get_atom(f"_KIOSK_{self._asked % 256}")
        self._window.convert_selection(selection, target, place, X.CurrentTime)
        answers = ((target, place), (target, X.NONE))
        told = self._wait(lambda each: isinstance(each, event.SelectionNotify) and (each.target, each.property) in answers, until)
        if told.property == X.NONE:
            return None
        first = self._taken(place)
        if first is None or first.type != self._display.get_atom("INCR"):
            return first
        return self._in_parts(place, until)

    def _in_parts(self, place: int, until: float) -> Value | None:
        def is_there(each: Any) -> bool:
            return isinstance(each, event.PropertyNotify) and (each.atom, each.state) == (place, X.PropertyNewValue)

        whole: Value | None = None
        while True:
            self._wait(is_there, until)
            part = self._taken(place)
            if part is None or not part.size:
                return whole
            whole = part if whole is None else Value(part.type, part.format, whole.data + part.data)
            if whole.size > _MOST_BYTES:
                raise Late

    def _taken(self, place: int) -> Value | None:
        found = self._window.get_full_property(place, X.AnyPropertyType, sizehint=16384)
        self._window.delete_property(place)
        return None if found is None else Value(found.property_type, found.format, found.value)

    def _wait(self, wanted: Callable[[Any], bool], until: float) -> Any:
        """The first event of this kind. Raises Late."""
        while True:
            while self._display.pending_events():
                each = self._display.next_event()
                if wanted(each):
                    return each
                self._otherwise(each)
            left = until - time.monotonic()
            if left <= 0:
                raise Late
            select.select([self._display], [], [], left)
