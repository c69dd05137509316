"""A real desktop on which something happens at a certain moment of a hand-over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from kiosk.library.handover import Desktop, ProgramWindow, Seat
from kiosk.library.handover.seat import Clipboard


def on_x11(name: str) -> Desktop:
    """The desktop of this X server, whatever the environment says."""
    from kiosk.library.handover.x11 import X11Desktop  # not on Windows

    return X11Desktop(name)


class Between:
    """Calls `happens` after key number `after` (0: before the first), while all others may act."""

    def __init__(self, desktop: Desktop, after: int, happens: Callable[[], None]) -> None:
        self._desktop, self._after, self._happens = desktop, after, happens

    @contextmanager
    def seat(self, limit: float) -> Iterator[Seat]:
        with self._desktop.seat(limit) as seat:
            yield _BetweenSeat(seat, self._after, self._happens)


class Waiting:
    """Calls `happens` when the hand-over starts waiting."""

    def __init__(self, desktop: Desktop, happens: Callable[[], None]) -> None:
        self._desktop, self._happens = desktop, happens
        self.waited = False

    @contextmanager
    def seat(self, limit: float) -> Iterator[Seat]:
        with self._desktop.seat(limit) as seat:
            yield _WaitingSeat(seat, self._first)

    def _first(self) -> None:
        if not self.waited:
            self.waited = True
            self._happens()


class Hurried:
    """A desktop unchanged except for a shorter time limit."""

    def __init__(self, desktop: Desktop, limit: float) -> None:
        self._desktop, self._limit = desktop, limit

    @contextmanager
    def seat(self, limit: float) -> Iterator[Seat]:
        with self._desktop.seat(min(limit, self._limit)) as seat:
            yield seat


class _Seat:
    """Delegates everything to the seat given."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def windows(self) -> Sequence[ProgramWindow]:
        return self._seat.windows()

    def front(self) -> ProgramWindow | None:
        return self._seat.front()

    def has_keyboard(self, window: ProgramWindow) -> bool:
        return self._seat.has_keyboard(window)

    def keys_free(self) -> bool:
        return self._seat.keys_free()

    def bring_forward(self, window: ProgramWindow) -> None:
        self._seat.bring_forward(window)

    def wait(self, seconds: float) -> None:
        self._seat.wait(seconds)

    @contextmanager
    def held(self) -> Iterator[None]:
        with self._seat.held():
            yield

    def press(self, key: str, *, as_scan_code: bool = False) -> None:
        self._seat.press(key, as_scan_code=as_scan_code)

    def clipboard(self) -> AbstractContextManager[Clipboard]:
        return self._seat.clipboard()


class _BetweenSeat(_Seat):
    def __init__(self, seat: Seat, after: int, happens: Callable[[], None]) -> None:
        super().__init__(seat)
        self._after, self._happens = after, happens
        self._pressed = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        if self._pressed == self._after == 0:
            self._happens()
        with self._seat.held():
            yield
        if self._pressed == self._after > 0:
            self._happens()

    def press(self, key: str, *, as_scan_code: bool = False) -> None:
        self._seat.press(key, as_scan_code=as_scan_code)
        self._pressed += 1


class _WaitingSeat(_Seat):
    def __init__(self, seat: Seat, waits: Callable[[], None]) -> None:
        super().__init__(seat)
        self._waits = waits

    def wait(self, seconds: float) -> None:
        self._waits()
        self._seat.wait(seconds)
