"""A virtual screen with a window manager, other people's programs on it, and the hands of somebody at its keyboard."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from tests.support.wait import LIMIT, end

if sys.platform != "win32":
    from Xlib import X, Xatom, Xutil
    from Xlib.display import Display
    from Xlib.error import BadWindow, ConnectionClosedError
    from Xlib.ext import ge, xinput
    from Xlib.protocol.event import ClientMessage

_SYSTEM_PYTHON = "/usr/bin/python3"
_FOREIGN = Path(__file__).with_name("tk_form.py")
_NEEDS = {"Xvfb": "xvfb", "openbox": "openbox", "xterm": "xterm", "setxkbmap": "x11-xkb-utils"}
_A_PERSON = 2
_ASK_AGAIN = 2.0
# evdev's key codes.
_KEYCODES = {"a": 38, "z": 52, "Return": 36, "Control_L": 37, "Shift_L": 50, "Alt_L": 64, "Caps_Lock": 66, "Num_Lock": 77}


class ScreenFailed(AssertionError):
    """Part of the screen did not start; the message names it."""


class Place(Protocol):
    """Where other people's programs can run: a folder of their own, and an environment with the screen's name."""

    folder: Path
    environment: dict[str, str]


class Screen:
    """Use as a context manager. Processes end in reverse order, each by its own process id."""

    def __init__(self, *, managed: bool = True) -> None:
        """`managed`: with a window manager."""
        absent = [package for program, package in _NEEDS.items() if shutil.which(program) is None]
        if absent:
            raise ScreenFailed(f"these tests need Debian's {', '.join(absent)}: run tools/bootstrap as root")
        self._managed = managed
        self._ends = ExitStack()
        self._programs = ExitStack()
        self.name = ""

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._ends.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ends.close()

    def _start(self) -> None:
        self.folder = Path(self._ends.enter_context(tempfile.TemporaryDirectory(prefix="screen-", ignore_cleanup_errors=True)))
        ours, theirs = os.pipe()
        command = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
        self.server = subprocess.Popen(command, pass_fds=(theirs,), stderr=subprocess.DEVNULL)
        self._ends.callback(end, self.server)
        os.close(theirs)
        with os.fdopen(ours) as said:
            self.name = f":{said.readline().strip()}"
        if self.name == ":":
            raise ScreenFailed("Xvfb did not start")
        self.environment = {
            "PATH": os.environ["PATH"],
            # Without a locale of this kind xterm cannot show a Japanese title.
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "DISPLAY": self.name,
        }
        self.hands = Hands(self.name)
        self._ends.callback(self.hands.close)
        self._ends.callback(self._programs.close)
        if self._managed:
            self.manager = subprocess.Popen(["openbox"], env=self.environment, stderr=subprocess.DEVNULL)
            self._ends.callback(end, self.manager)
            self.hands.until(lambda: self.hands.number("_NET_SUPPORTING_WM_CHECK") != 0, "the window manager")

    def clear(self) -> None:
        """End all programs and reset the keyboard."""
        self._programs.close()
        self.keyboard("us")
        self.hands.rest()

    def keyboard(self, *layout: str) -> None:
        """Set the layout, as named by setxkbmap. Locks are left as they are."""
        subprocess.run(["setxkbmap", "-option", "", *layout], env=self.environment, check=True, timeout=LIMIT)

    def foreign(self, title: str) -> Foreign:
        """Start a Tk program with two fields; returns once it is the active window and its first field has the focus."""
        program = Foreign(title, self)
        self._programs.callback(program.close)
        self.hands.activate(title)
        program.wait(lambda _typed: program.focused, "the field")
        return program

    def terminal(self, title: str) -> Terminal:
        """Start an xterm, which ignores synthetic key events; returns once it is the active window and reads."""
        program = Terminal(title, self)
        self._programs.callback(program.close)
        self.hands.activate(title)
        program.wait(lambda typed: typed == "", "the shell in the terminal")
        return program

    def another_pair_of_hands(self) -> Hands:
        """Further hands, for use on another thread."""
        hands = Hands(self.name)
        self._programs.callback(hands.close)
        return hands

    def own(self, title: str) -> Own:
        """Open a window of this process."""
        window = Own(self.name, title)
        self._programs.callback(window.close)
        self.hands.activate(title)
        return window


class Program:
    """A program that reports what is typed into it."""

    def __init__(self, title: str, child: subprocess.Popen[bytes], output: int) -> None:
        """`title`: the one it was started with."""
        self.title = title
        self._child, self._output = child, output
        self.typed: str | None = None
        """Everything received so far; None until it can receive anything."""

    @property
    def executable(self) -> str:
        """The name of its executable file."""
        return Path(f"/proc/{self._child.pid}/exe").readlink().name

    def wait_typed(self, text: str) -> float:
        """Wait until exactly this has been received; returns when (time.monotonic)."""
        self.wait(lambda typed: typed == text, repr(text))
        return time.monotonic()

    def wait(self, condition: Callable[[str | None], bool], what: str) -> None:
        limit = time.monotonic() + LIMIT
        while not condition(self.typed):
            ready, _, _ = select.select([self._output], [], [], max(limit - time.monotonic(), 0))
            read = os.read(self._output, 65536) if ready else b""
            if not read:
                raise ScreenFailed(f"waited in vain for {what}; it has {self.typed!r}")
            self.heard(read)

    def heard(self, read: bytes) -> None:
        raise NotImplementedError

    def close(self) -> None:
        end(self._child)


class Foreign(Program):
    def __init__(self, title: str, screen: Place) -> None:
        command = [_SYSTEM_PYTHON, str(_FOREIGN), title]
        child = subprocess.Popen(command, env=screen.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert child.stdin is not None
        assert child.stdout is not None
        self._input = child.stdin
        super().__init__(title, child, child.stdout.fileno())
        self._rest = b""
        self.focused = False
        self._taken = 0

    def heard(self, read: bytes) -> None:
        *lines, self._rest = (self._rest + read).split(b"\n")
        for line in lines:
            said: dict[str, Any] = json.loads(line)
            self.typed, self.focused, self._taken = said["typed"], said["focused"], said["taken"]

    def take_keyboard(self) -> None:
        """Steal the focus, as a careless program does; returns once it has it."""
        before = self._taken
        self.ask_for_keyboard()
        self.wait(lambda _typed: self._taken > before, "the keyboard")

    def ask_for_keyboard(self) -> None:
        """Steal the focus some time soon."""
        self._tell("take")

    def clear(self) -> None:
        self._tell("clear")
        self.wait(lambda typed: typed == "", "an empty field")

    def _tell(self, command: str) -> None:
        self._input.write(f"{command}\n".encode())
        self._input.flush()

    def close(self) -> None:
        super().close()
        with suppress(BrokenPipeError):
            self._input.close()
        assert self._child.stdout is not None
        self._child.stdout.close()


class Terminal(Program):
    def __init__(self, title: str, screen: Place) -> None:
        folder = Path(tempfile.mkdtemp(dir=screen.folder))
        pipe = folder / "typed"
        os.mkfifo(pipe)
        # Opened for writing as well, so that reading does not end before the shell has opened it.
        output = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        shell = f"exec >{pipe}; stty raw -echo; printf '>'; exec cat"
        command = ["xterm", "-fn", "fixed", "-T", title, "-e", "sh", "-c", shell]
        super().__init__(title, subprocess.Popen(command, env=screen.environment, stderr=subprocess.DEVNULL), output)
        self._closed = False

    def heard(self, read: bytes) -> None:
        text = read.decode()
        # The marker precedes anything typed.
        self.typed = text.removeprefix(">") if self.typed is None else self.typed + text

    def clear(self) -> None:
        self.typed = ""

    def close(self) -> None:
        super().close()
        if not self._closed:
            self._closed = True
            os.close(self._output)


class Own:
    """A bare window that counts its key presses."""

    def __init__(self, name: str, title: str, *, shown: bool = True) -> None:
        self._display: Any = Display(name)
        screen = self._display.screen()
        self.window = screen.root.create_window(50, 50, 300, 100, 0, screen.root_depth, event_mask=X.KeyPressMask | X.StructureNotifyMask)
        utf8 = self._display.get_atom("UTF8_STRING")
        self.window.change_property(self._display.get_atom("_NET_WM_NAME"), utf8, 8, title.encode())
        self.window.set_wm_class("kiosk", "Kiosk")
        if shown:
            self.window.map()
        self._display.sync()

    def open_and_take_keyboard(self) -> None:
        self.window.map()
        while self._display.next_event().type != X.MapNotify:
            pass
        self.take_keyboard()

    def hide(self) -> None:
        self.window.unmap()
        self._display.sync()

    def keys(self) -> int:
        """Number of keys pressed in it so far."""
        self._display.sync()
        return sum(self._display.next_event().type == X.KeyPress for _ in range(self._display.pending_events()))

    def grab_keyboard(self) -> None:
        """Grab the keyboard, wherever the focus is, as an open menu does."""
        assert self.window.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime) == X.GrabSuccess

    def ungrab_keyboard(self) -> None:
        self._display.ungrab_keyboard(X.CurrentTime)
        self._display.sync()

    def take_keyboard(self) -> None:
        """Take the focus without the window manager, which names another window as active for a while."""
        self.window.set_input_focus(X.RevertToParent, X.CurrentTime)
        self._display.sync()

    def close(self) -> None:
        with suppress(ConnectionClosedError):
            self._display.close()


class Thief(threading.Thread):
    """Steals the focus as soon as a key press can be observed. Use as a context manager."""

    def __init__(self, name: str, after: int, steal: Callable[[], None]) -> None:
        """`after`: number of keys."""
        super().__init__(name="thief")
        self._display: Any = Display(name)
        self._display.xinput_query_version()
        self._display.screen().root.xinput_select_events([(xinput.AllMasterDevices, xinput.RawKeyPressMask)])
        self._display.sync()
        self._after, self._steal = after, steal
        self._over, self._end = os.pipe()

    def run(self) -> None:
        seen = 0
        while seen < self._after:
            for _ in range(self._display.pending_events()):
                event = self._display.next_event()
                seen += event.type == ge.GenericEventCode and event.evtype == xinput.RawKeyPress
            if seen < self._after and self._over in select.select([self._display, self._over], [], [], LIMIT)[0]:
                return
        self._steal()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._end)
        self.join()
        os.close(self._over)
        self._display.close()


class Hands:
    """Somebody at the keyboard, who also sees which window is active."""

    def __init__(self, name: str) -> None:
        self._display: Any = Display(name)
        self._root = self._display.screen().root
        self._root.change_attributes(event_mask=X.PropertyChangeMask)
        self._asking = self._root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
        self._held: list[int] = []

    def press(self, key: str) -> None:
        """Press and hold."""
        self._held.append(_KEYCODES[key])
        self._display.xtest_fake_input(X.KeyPress, self._held[-1])
        self._display.sync()

    def release(self) -> None:
        """Release all keys held."""
        while self._held:
            self._display.xtest_fake_input(X.KeyRelease, self._held.pop())
        self._display.sync()

    def tap(self, *keys: str) -> None:
        for key in keys:
            self.press(key)
            self.release()

    @property
    def locks(self) -> tuple[str, ...]:
        """The lock keys that are on."""
        mask = self._root.query_pointer().mask
        return tuple(key for key, bit in (("Caps_Lock", X.LockMask), ("Num_Lock", X.Mod2Mask)) if mask & bit)

    @property
    def layout(self) -> int:
        """Index of the active keyboard layout."""
        return int(self._root.query_pointer().mask) >> 13

    def rest(self) -> None:
        """Release everything and turn locks off. For an American keyboard."""
        self.release()
        self.tap(*self.locks)

    @property
    def typing_device(self) -> str:
        """The id of the device whose keys XTest presses."""
        self._display.xinput_query_version()
        devices = self._display.xinput_query_device(xinput.AllDevices).devices
        return str(next(device.deviceid for device in devices if device.name == "Virtual core XTEST keyboard"))

    def activate(self, title: str) -> None:
        """Click on a window's name in a task bar; returns once it is active and has the focus."""
        self.until(lambda: title in map(self._title, self._numbers("_NET_CLIENT_LIST")), f"the window {title} to open")
        window = self.ask_to_activate(title)
        self._settle()
        asked = time.monotonic()

        def is_there() -> bool:
            nonlocal asked
            if self.active() == title and self._has_keyboard(window):
                return True
            if time.monotonic() - asked > _ASK_AGAIN:
                # What another program asked for may have come after it.
                asked = time.monotonic()
                self.ask_to_activate(title)
            return False

        self.until(is_there, f"the keyboard in {title}")

    def ask_to_activate(self, title: str) -> Any:
        """As `activate`, but some time soon."""
        handle = next(handle for handle in self._numbers("_NET_CLIENT_LIST") if self._title(handle) == title)
        window = self._display.create_resource_object("window", handle)
        window.change_attributes(event_mask=X.FocusChangeMask | X.PropertyChangeMask)
        self._ask(handle, "_NET_ACTIVE_WINDOW", _A_PERSON)
        return window

    def minimise(self) -> None:
        """Minimise the active window; returns once it is no longer active."""
        title = self.active()
        window = self._display.create_resource_object("window", self.number("_NET_ACTIVE_WINDOW"))
        message = ClientMessage(
            window=window, client_type=self._display.get_atom("WM_CHANGE_STATE"), data=(32, [Xutil.IconicState, 0, 0, 0, 0])
        )
        self._root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self.until(lambda: self.active() != title, "the window to be minimised")

    def retitle(self, before: str, title: str) -> None:
        """Change the title of the active window from `before`, in the way its program has set it."""
        window = self._display.create_resource_object("window", self.number("_NET_ACTIVE_WINDOW"))
        window.change_attributes(event_mask=X.PropertyChangeMask)
        assert self._title(window.id) == before
        utf8 = self._display.get_atom("UTF8_STRING")
        if window.get_full_property(self._display.get_atom("_NET_WM_NAME"), utf8) is not None:
            window.change_property(self._display.get_atom("_NET_WM_NAME"), utf8, 8, title.encode())
        else:
            window.change_property(Xatom.WM_NAME, utf8, 8, title.encode())
        self.wait_for(title)

    def wait_for(self, title: str) -> None:
        """Wait until the window of this title is active."""
        self.until(lambda: self.active() == title, f"the window {title}")

    def active(self) -> str:
        """The title of the active window, according to the window manager."""
        handle = self.number("_NET_ACTIVE_WINDOW")
        return self._title(handle) if handle else ""

    def number(self, name: str) -> int:
        """A property of the screen; 0 if it has none."""
        numbers = self._numbers(name)
        return numbers[0] if numbers else 0

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something that accompanies a change of the screen's properties."""
        limit = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > limit:
                raise ScreenFailed(f"waited in vain for {what}; active is {self.active()!r}")
            if not self._display.pending_events():
                # Looked at again without a sign, too: it may have come before anybody watched that window.
                select.select([self._display], [], [], 0.2)
            for _ in range(self._display.pending_events()):
                self._display.next_event()

    def close(self) -> None:
        with suppress(ConnectionClosedError):
            self._display.close()

    def _settle(self) -> None:
        """Wait until the window manager has processed all requests so far; it works in order."""
        answer = self._display.get_atom("_NET_FRAME_EXTENTS")
        self._asking.delete_property(answer)
        self._ask(self._asking.id, "_NET_REQUEST_FRAME_EXTENTS", 0)
        self.until(lambda: self._asking.get_full_property(answer, X.AnyPropertyType) is not None, "the window manager")

    def _has_keyboard(self, window: Any) -> bool:
        focus = self._display.get_input_focus().focus
        try:
            return not isinstance(focus, int) and (focus == window or focus.query_tree().parent == window)
        except BadWindow:
            return False

    def _ask(self, handle: int, what: str, how: int) -> None:
        """Send a request to the window manager."""
        window = self._display.create_resource_object("window", handle)
        message = ClientMessage(window=window, client_type=self._display.get_atom(what), data=(32, [how, 0, 0, 0, 0]))
        self._root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self._display.flush()

    def _numbers(self, name: str) -> list[int]:
        found = self._root.get_full_property(self._display.get_atom(name), X.AnyPropertyType)
        return list(found.value) if found is not None else []

    def _title(self, handle: int) -> str:
        try:
            window = self._display.create_resource_object("window", handle)
            found = window.get_full_property(self._display.get_atom("_NET_WM_VISIBLE_NAME"), X.AnyPropertyType)
        except BadWindow:
            return ""
        return found.value.decode() if found is not None else ""
