"""Windows: keys through SendInput. Microsoft documents the functions under the names used here.

Characters are sent as such (KEYEVENTF_UNICODE), independent of layout and Caps Lock, and an input method in kana mode has no keystroke to
convert; or by scan code, for programs that pass keys on to another computer. Limit: a window of an elevated program receives no keys from
us, and SendInput does not report that.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from ctypes import wintypes
from pathlib import PureWindowsPath
from typing import Any

from kiosk.domain.errors import Code, Unavailable
from kiosk.library.handover.clipboard import clipboard
from kiosk.library.handover.seat import Clipboard, ProgramWindow

_VIRTUAL_KEYS = {"\r": 0x0D, "\t": 0x09, "\x1b": 0x1B} | {f"f{number}": 0x6F + number for number in range(1, 13)}
_SHIFT, _CONTROL, _CAPITAL = 0x10, 0x11, 0x14
# Without the flag, Insert is the one of the keypad, which Shift turns into a digit.
_CHORDS = {"ctrl+v": ((_CONTROL, 0), (ord("V"), 0)), "shift+insert": ((_SHIFT, 0), (0x2D, 0x0001))}  # KEYEVENTF_EXTENDEDKEY
_KEYBOARD = 1
_KEY_UP, _UNICODE, _SCAN_CODE = 0x0002, 0x0004, 0x0008
_SCAN_CODE_OF = 0
_ROOT = 2
_RESTORE = 9
_NAME_OF_PROGRAM = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION
_CLOAKED = 14
# A window is being moved, or a menu is open: GUI_INMOVESIZE, GUI_INMENUMODE, GUI_SYSTEMMENUMODE, GUI_POPUPMENUMODE.
_BUSY = 0x2 | 0x4 | 0x8 | 0x10
# Character and modifier keys. Not lock and IME keys: some of them are reported as held between presses.
_KEYS = (*range(0x08, 0x0E), 0x10, 0x11, 0x12, *range(0x20, 0x5D), *range(0x60, 0x88), *range(0xA0, 0xA6), *range(0xBA, 0xE3))
# Polling interval: Windows reports key releases only to keyboard hooks, which we do not install.
_LOOK_AGAIN = 0.01


class _KeyboardInput(ctypes.Structure):
    _fields_ = (
        ("vk", wintypes.WORD),
        ("scan", wintypes.WORD),
        ("flags", wintypes.DWORD),
        ("time", wintypes.DWORD),
        ("extra", ctypes.c_size_t),
    )


class _MouseInput(ctypes.Structure):
    """Never sent; present because the union has the size of its largest member."""

    _fields_ = (
        ("x", wintypes.LONG),
        ("y", wintypes.LONG),
        ("data", wintypes.DWORD),
        ("flags", wintypes.DWORD),
        ("time", wintypes.DWORD),
        ("extra", ctypes.c_size_t),
    )


class _AnyInput(ctypes.Union):
    _fields_ = (("keyboard", _KeyboardInput), ("mouse", _MouseInput))


class _Input(ctypes.Structure):
    _fields_ = (("type", wintypes.DWORD), ("of", _AnyInput))


class _ThreadInfo(ctypes.Structure):
    """GUITHREADINFO."""

    _fields_ = (
        ("size", wintypes.DWORD),
        ("flags", wintypes.DWORD),
        ("active", wintypes.HWND),
        ("focus", wintypes.HWND),
        ("capture", wintypes.HWND),
        ("menu_owner", wintypes.HWND),
        ("move_size", wintypes.HWND),
        ("caret", wintypes.HWND),
        ("caret_rectangle", wintypes.RECT),
    )


class _System:
    """The three DLLs with function signatures. Raises Unavailable: handover-impossible, on other systems."""

    user: Any
    kernel: Any
    composition: Any
    visitor: Any

    def __init__(self) -> None:
        if sys.platform != "win32":
            raise Unavailable(Code.HANDOVER_IMPOSSIBLE)
        else:
            self.user = ctypes.WinDLL("user32")
            self.kernel = ctypes.WinDLL("kernel32")
            self.composition = ctypes.WinDLL("dwmapi")
            self.visitor = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.HWND, wintypes.LPARAM)
            window, number = wintypes.HWND, wintypes.DWORD
            for function, result, arguments in (
                (self.user.EnumWindows, wintypes.BOOL, (self.visitor, wintypes.LPARAM)),
                (self.user.GetForegroundWindow, window, ()),
                (self.user.SetForegroundWindow, wintypes.BOOL, (window,)),
                (self.user.ShowWindowAsync, wintypes.BOOL, (window, ctypes.c_int)),
                (self.user.IsIconic, wintypes.BOOL, (window,)),
                (self.user.IsWindowVisible, wintypes.BOOL, (window,)),
                (self.user.GetAncestor, window, (window, wintypes.UINT)),
                (self.user.GetWindowTextLengthW, ctypes.c_int, (window,)),
                (self.user.GetWindowTextW, ctypes.c_int, (window, wintypes.LPWSTR, ctypes.c_int)),
                (self.user.GetWindowThreadProcessId, number, (window, wintypes.LPDWORD)),
                (self.user.GetGUIThreadInfo, wintypes.BOOL, (number, ctypes.POINTER(_ThreadInfo))),
                (self.user.GetAsyncKeyState, wintypes.SHORT, (ctypes.c_int,)),
                (self.user.GetClipboardOwner, window, ()),
                (self.user.GetKeyState, wintypes.SHORT, (ctypes.c_int,)),
                (self.user.GetKeyboardLayout, wintypes.HANDLE, (number,)),
                (self.user.VkKeyScanExW, wintypes.SHORT, (wintypes.WCHAR, wintypes.HANDLE)),
                (self.user.MapVirtualKeyExW, wintypes.UINT, (wintypes.UINT, wintypes.UINT, wintypes.HANDLE)),
                (self.user.SendInput, wintypes.UINT, (wintypes.UINT, ctypes.POINTER(_Input), ctypes.c_int)),
                (self.kernel.OpenProcess, wintypes.HANDLE, (number, wintypes.BOOL, number)),
                (self.kernel.CloseHandle, wintypes.BOOL, (wintypes.HANDLE,)),
                (self.kernel.QueryFullProcessImageNameW, wintypes.BOOL, (wintypes.HANDLE, number, wintypes.LPWSTR, wintypes.LPDWORD)),
                (self.composition.DwmGetWindowAttribute, ctypes.c_long, (window, number, ctypes.c_void_p, number)),
            ):
                function.restype, function.argtypes = result, arguments


class WindowsDesktop:
    def __init__(self) -> None:
        self._system = _System()

    @contextmanager
    def seat(self, limit: float) -> Iterator[WindowsSeat]:
        """See `Desktop.seat`. None of the calls waits for another program."""
        try:
            yield WindowsSeat(self._system)
        except OSError as error:
            raise Unavailable(Code.HANDOVER_IMPOSSIBLE) from error


class WindowsSeat:
    """The `Seat` on Windows."""

    def __init__(self, system: _System) -> None:
        self._user, self._kernel, self._composition, self._visitor = system.user, system.kernel, system.composition, system.visitor

    def windows(self) -> list[ProgramWindow]:
        handles: list[int] = []

        def visit(handle: int, _: int) -> bool:
            handles.append(handle)
            return True

        self._user.EnumWindows(self._visitor(visit), 0)
        return sorted(map(self._window, filter(self._is_shown, handles)), key=lambda window: bool(self._user.IsIconic(window.handle)))

    def front(self) -> ProgramWindow | None:
        handle = self._user.GetForegroundWindow()
        return self._window(handle) if handle else None

    def has_keyboard(self, window: ProgramWindow) -> bool:
        thread = self._thread()
        # A window without a focused control receives the keys itself.
        receiver = thread.focus or thread.active
        return bool(receiver) and self._user.GetAncestor(receiver, _ROOT) == window.handle

    def keys_free(self) -> bool:
        return not self._thread().flags & _BUSY and not any(self._user.GetAsyncKeyState(key) < 0 for key in _KEYS)

    def bring_forward(self, window: ProgramWindow) -> None:
        # Windows allows this to the foreground process: ours.
        if self._user.IsIconic(window.handle):
            self._user.ShowWindowAsync(window.handle, _RESTORE)
        self._user.SetForegroundWindow(window.handle)

    def wait(self, seconds: float) -> None:
        threading.Event().wait(min(seconds, _LOOK_AGAIN))

    def held(self) -> AbstractContextManager[None]:
        """No-op: Windows has no equivalent of a server grab."""
        return nullcontext()

    def press(self, key: str, *, as_scan_code: bool = False) -> None:
        layout = self._layout()
        virtual = _VIRTUAL_KEYS.get(key, 0)
        if key in _CHORDS:
            strokes = [_KeyboardInput(each, self._user.MapVirtualKeyExW(each, _SCAN_CODE_OF, layout), flag) for each, flag in _CHORDS[key]]
        elif as_scan_code:
            # https://learn.microsoft.com/windows/win32/api/winuser/ns-winuser-keybdinput: wVk is ignored then. Wine looks at nothing else.
            strokes = [_KeyboardInput(each, scan, _SCAN_CODE) for each, scan in self._placed(key, virtual, layout)]
        elif virtual:
            strokes = [_KeyboardInput(virtual, self._user.MapVirtualKeyExW(virtual, _SCAN_CODE_OF, layout))]
        else:
            strokes = [_KeyboardInput(0, ord(key), _UNICODE)]
        self._send(strokes)

    def clipboard(self) -> AbstractContextManager[Clipboard]:
        return clipboard("", self._owners)

    def _owners(self, *, primary: bool) -> set[int]:
        """There is no primary selection."""
        return {self._user.GetClipboardOwner() or 0}

    def _send(self, strokes: list[_KeyboardInput]) -> None:
        """Press these in order, and release them in the other."""
        released = [_KeyboardInput(stroke.vk, stroke.scan, stroke.flags | _KEY_UP) for stroke in reversed(strokes)]
        events = (_Input * (2 * len(strokes)))()
        for event, stroke in zip(events, (*strokes, *released), strict=True):
            event.type = _KEYBOARD
            event.of.keyboard = stroke
        if self._user.SendInput(len(events), events, ctypes.sizeof(_Input)) != len(events):
            raise Unavailable(Code.HANDOVER_IMPOSSIBLE)

    def _placed(self, key: str, virtual: int, layout: int | None) -> list[tuple[int, int]]:
        """The keys that give this one in the layout, with their scan codes. Raises Unavailable: handover-impossible, where none do."""
        keys = [virtual]
        if not virtual:
            # https://learn.microsoft.com/windows/win32/api/winuser/nf-winuser-vkkeyscanexw: the key, and in the high byte its modifiers.
            found = self._user.VkKeyScanExW(key, layout)
            modifiers = found >> 8
            if modifiers not in (0, 1):
                raise Unavailable(Code.HANDOVER_IMPOSSIBLE)
            caps = key.isalpha() and self._user.GetKeyState(_CAPITAL) & 1
            keys = [*([_SHIFT] if modifiers ^ caps else []), found & 0xFF]
        codes = [self._user.MapVirtualKeyExW(each, _SCAN_CODE_OF, layout) for each in keys]
        if not all(codes):
            raise Unavailable(Code.HANDOVER_IMPOSSIBLE)
        return list(zip(keys, codes, strict=True))

    def _layout(self) -> int | None:
        """That of the window in front; it may differ from ours."""
        layout: int | None = self._user.GetKeyboardLayout(self._user.GetWindowThreadProcessId(self._user.GetForegroundWindow(), None))
        return layout

    def _thread(self) -> _ThreadInfo:
        """GUI thread info of the foreground window; empty if there is none."""
        info = _ThreadInfo(size=ctypes.sizeof(_ThreadInfo))
        self._user.GetGUIThreadInfo(0, ctypes.byref(info))
        return info

    def _window(self, handle: int) -> ProgramWindow:
        process = wintypes.DWORD()
        self._user.GetWindowThreadProcessId(handle, ctypes.byref(process))
        title = ctypes.create_unicode_buffer(self._user.GetWindowTextLengthW(handle) + 1)
        self._user.GetWindowTextW(handle, title, len(title))
        return ProgramWindow(
            handle, title.value, self._programs(process.value), ours=process.value == os.getpid(), processes=(process.value,)
        )

    def _programs(self, process: int) -> tuple[str, ...]:
        opened = self._kernel.OpenProcess(_NAME_OF_PROGRAM, False, process)
        if not opened:
            return ()
        try:
            path = ctypes.create_unicode_buffer(32768)
            length = wintypes.DWORD(len(path))
            known = self._kernel.QueryFullProcessImageNameW(opened, 0, path, ctypes.byref(length))
        finally:
            self._kernel.CloseHandle(opened)
        return (PureWindowsPath(path.value).name,) if known else ()

    def _is_shown(self, handle: int) -> bool:
        """Whether a window is really visible: hidden windows of Store apps count as visible, but are cloaked."""
        cloaked = wintypes.DWORD()
        self._composition.DwmGetWindowAttribute(handle, _CLOAKED, ctypes.byref(cloaked), ctypes.sizeof(cloaked))
        return bool(self._user.IsWindowVisible(handle)) and not cloaked.value
