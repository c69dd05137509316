"""X11: keys through XTest, which no program can tell from a keyboard's (many ignore events sent to them); windows as the window manager
tells of them (EWMH)."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.error import BadWindow, CatchError, ConnectionClosedError, DisplayError, XauthError, XError, XNoAuthError
from Xlib.ext import xinput
from Xlib.protocol.event import ClientMessage

from kiosk.domain.errors import Code, Unavailable
from kiosk.library.handover.clipboard import clipboard
from kiosk.library.handover.seat import Clipboard, ProgramWindow
from kiosk.library.handover.x11.client import Clients
from kiosk.library.handover.x11.keymap import Keymap, State

_TROUBLE = (XError, DisplayError, ConnectionClosedError, XauthError, XNoAuthError, OSError, TimeoutError)
_BY_A_PERSON = 2
"""EWMH's source of a request to activate a window: what a pager asks for, a window manager does without weighing it."""


class X11Desktop:
    def __init__(self, name: str, own: int | None = None) -> None:
        """`name`: as in DISPLAY. `own`: the process whose windows are ours; None for this one."""
        self._name, self._own = name, os.getpid() if own is None else own

    @contextmanager
    def seat(self, limit: float) -> Iterator[X11Seat]:
        """See `Desktop.seat`. Each has a connection of its own."""
        end = time.monotonic() + limit
        try:
            display = _connected(self._name, limit)
            # A server that is held by another client, or stopped, would let us wait for ever.
            late = threading.Timer(end - time.monotonic(), _cut, [display.display.socket])
            late.daemon = True
            late.start()
            try:
                yield X11Seat(display, self._own)
            finally:
                late.cancel()
                with suppress(*_TROUBLE):
                    display.close()
        except _TROUBLE as error:
            raise Unavailable(Code.HANDOVER_IMPOSSIBLE) from error


class X11Seat:
    """See `Seat`."""

    def __init__(self, display: Any, own: int) -> None:
        """Raises Unavailable: handover-impossible, without a window manager that says what is in front, or without XTest."""
        self._display = display
        self._clients = Clients(display, own)
        self._root = display.screen().root
        self._watched: set[int] = set()
        self._news = False
        # Errors nobody waits for: a window that was watched has gone.
        display.set_error_handler(lambda _error, _request: None)
        if not (display.has_extension("XTEST") and self._managed()):
            raise Unavailable(Code.HANDOVER_IMPOSSIBLE)
        # Never shown: it is there to ask whether somebody has taken the whole keyboard.
        self._probe = self._root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, X.InputOnly)
        self._watch(self._root.id)
        if display.has_extension("XInputExtension"):
            display.xinput_query_version()
            self._root.xinput_select_events([(xinput.AllMasterDevices, xinput.RawKeyReleaseMask)])
        self._read_keymap()

    def windows(self) -> list[ProgramWindow]:
        handles = self._clients.property(self._root.id, "_NET_CLIENT_LIST_STACKING")
        shown: list[ProgramWindow] = []
        minimised: list[ProgramWindow] = []
        for handle in reversed(handles if handles is not None else ()):
            window = self._clients.window(handle)
            if window is not None:
                (minimised if self._is_minimised(handle) else shown).append(window)
        return shown + minimised

    def front(self) -> ProgramWindow | None:
        active = self._clients.property(self._root.id, "_NET_ACTIVE_WINDOW")
        if active is None or not len(active) or not active[0]:
            return None
        self._watch(active[0])
        return self._clients.window(active[0])

    def has_keyboard(self, window: ProgramWindow) -> bool:
        focus = self._display.get_input_focus().focus
        # A number stands for "no window" or "the one under the pointer".
        if isinstance(focus, int):
            return False
        self._watch(focus.id)
        try:
            # Many programs give the keyboard to a window within their window.
            while focus != 0 and focus.id != window.handle:
                focus = focus.query_tree().parent
        except BadWindow:
            return False
        return bool(focus != 0)

    def keys_free(self) -> bool:
        self._take_events()
        down = self._display.query_keymap()
        held = (code for code in range(8 * len(down)) if down[code // 8] >> code % 8 & 1)
        if any(map(self._keymap.types, held)) or not self._keymap.is_plain(self._state()):
            return False
        # The server looks first whether another client has the keyboard, then whether the window is shown: this one is not.
        answer = self._probe.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        if answer == X.GrabSuccess:
            self._display.ungrab_keyboard(X.CurrentTime)
        return bool(answer != X.AlreadyGrabbed)

    def bring_forward(self, window: ProgramWindow) -> None:
        active = self._clients.property(self._root.id, "_NET_ACTIVE_WINDOW")
        message = ClientMessage(
            window=self._display.create_resource_object("window", window.handle),
            client_type=self._display.get_atom("_NET_ACTIVE_WINDOW"),
            data=(32, [_BY_A_PERSON, X.CurrentTime, active[0] if active is not None and len(active) else 0, 0, 0]),
        )
        self._root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self._display.flush()

    def wait(self, seconds: float) -> None:
        # What was taken since the last wait may be news: it came after what had been looked at by then.
        if not self._news and not self._display.pending_events():
            select.select([self._display], [], [], seconds)
        self._take_events()
        self._news = False

    @contextmanager
    def held(self) -> Iterator[None]:
        self._display.grab_server()
        try:
            yield
        finally:
            self._display.ungrab_server()
            self._display.flush()

    def press(self, key: str, *, as_scan_code: bool = False) -> None:
        # XTest knows places on the keyboard only: it is the same in both ways.
        # The map that counts is that of the device used last. Releasing a key that is not down makes ours the last one, and nothing else.
        self._fake(X.KeyRelease, self._keymap.first)
        self._display.sync()
        self._take_events()
        codes = self._keymap.stroke(key, self._state())
        if codes is None:
            raise Unavailable(Code.HANDOVER_IMPOSSIBLE)
        for code in codes:
            self._fake(X.KeyPress, code)
        for code in reversed(codes):
            self._fake(X.KeyRelease, code)
        self._display.sync()

    def clipboard(self) -> AbstractContextManager[Clipboard]:
        return clipboard(self._display.get_display_name(), self._owners)

    def _owners(self, *, primary: bool) -> set[int]:
        names = [self._display.get_atom("CLIPBOARD"), *([Xatom.PRIMARY] if primary else [])]
        owners = [self._display.get_selection_owner(name) for name in names]
        return {0 if isinstance(owner, int) else int(owner.id) for owner in owners}

    def _fake(self, what: int, code: int) -> None:
        self._display.xtest_fake_input(what, code)

    def _managed(self) -> bool:
        """The window manager's mark is on a window of its own as well: on the screen alone it may be left from one that has ended."""
        try:
            mark = self._clients.property(self._root.id, "_NET_SUPPORTING_WM_CHECK")
            return mark is not None and self._clients.property(mark[0], "_NET_SUPPORTING_WM_CHECK") is not None
        except BadWindow:
            return False

    def _is_minimised(self, handle: int) -> bool:
        try:
            states = self._clients.property(handle, "_NET_WM_STATE")
        except BadWindow:
            return True
        return states is not None and self._display.get_atom("_NET_WM_STATE_HIDDEN") in states

    def _watch(self, handle: int) -> None:
        """Wake `wait` when it is closed, gets another title, or gets or loses the keyboard."""
        if handle not in self._watched:
            self._watched.add(handle)
            window = self._display.create_resource_object("window", handle)
            mask = X.PropertyChangeMask | X.FocusChangeMask | X.StructureNotifyMask
            window.change_attributes(onerror=CatchError(BadWindow), event_mask=mask)

    def _state(self) -> State:
        return State(self._root.query_pointer().mask)

    def _take_events(self) -> None:
        types = [self._display.next_event().type for _ in range(self._display.pending_events())]
        self._news |= bool(types)
        if X.MappingNotify in types:
            self._read_keymap()

    def _read_keymap(self) -> None:
        first, last = self._display.display.info.min_keycode, self._display.display.info.max_keycode
        self._keymap = Keymap(first, self._display.get_keyboard_mapping(first, last - first + 1), self._display.get_modifier_mapping())


def _cut(connection: socket.socket) -> None:
    """Whoever waits for it is told that it has ended."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _connected(name: str, limit: float) -> Any:
    """A connection; connecting itself knows no limit. Raises TimeoutError, and what connecting raises."""
    future: Future[Any] = Future()

    def connect() -> None:
        try:
            display = Display(name)
        except Exception as error:
            if future.set_running_or_notify_cancel():
                future.set_exception(error)
            return
        if future.set_running_or_notify_cancel():
            future.set_result(display)
        else:
            display.close()

    threading.Thread(target=connect, name="handover-connect", daemon=True).start()
    try:
        return future.result(limit)
    except TimeoutError:
        if future.cancel():
            raise
        return future.result()
