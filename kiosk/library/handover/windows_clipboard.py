"""Windows' clipboard: what is there is copied, replaced by a number, and put back. Microsoft documents the functions under these names.

https://learn.microsoft.com/windows/win32/dataxchg/using-the-clipboard
"""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import wintypes
from typing import Any

from kiosk.domain.clipboard_marks import WINDOWS_MARKS, is_confidential
from kiosk.library.handover.clipboard import NotTaken

_TEXT, _METAFILE, _METAFILE_PICTURE = 13, 14, 3
# https://learn.microsoft.com/windows/win32/dataxchg/standard-clipboard-formats: CF_BITMAP and CF_PALETTE come from CF_DIB, which Windows
# makes of a bitmap; the picture of a metafile from the enhanced one.
_MADE_BY_WINDOWS = frozenset({2, 9, _METAFILE_PICTURE})
# CF_OWNERDISPLAY, CF_DSPBITMAP, CF_DSPMETAFILEPICT, CF_DSPENHMETAFILE, and what an owner frees itself or Windows as a handle of GDI.
_OF_ITS_OWNER = frozenset({0x80, 0x82, 0x83, 0x8E, *range(0x200, 0x400)})
_MOVEABLE = 0x0002
_MOST_BYTES = 64 << 20
_MESSAGE_ONLY = -3
_REMOVE = 1
_GIVE_BACK_SECONDS = 20.0
"""Longer than anybody waits for the answer: until then the number would stay where it is."""
_AGAIN_SECONDS = 0.02


class WindowsClipboard:
    """See `clipboard_keeper.Holding`. It has a window, since only a window owns a clipboard."""

    fetched: int | None = None
    """Windows tells nobody who has pasted."""
    _user: Any
    _kernel: Any
    _gdi: Any
    _window: int

    def __init__(self) -> None:
        """Raises NotTaken."""
        self._before: dict[int, bytes] = {}
        self._lost = 0
        if sys.platform != "win32":
            raise NotTaken
        else:
            self._user, self._kernel, self._gdi = ctypes.WinDLL("user32"), ctypes.WinDLL("kernel32"), ctypes.WinDLL("gdi32")
            self._declare()
            self._window = self._user.CreateWindowExW(0, "STATIC", None, 0, 0, 0, 0, 0, _MESSAGE_ONLY, None, None, None)

    def _declare(self) -> None:
        handle, number, window, pointer = wintypes.HANDLE, wintypes.UINT, wintypes.HWND, ctypes.c_void_p
        place = (wintypes.DWORD, *[ctypes.c_int] * 4, *[pointer] * 4)
        for function, result, arguments in (
            (
                self._user.CreateWindowExW,
                window,
                (wintypes.DWORD, *[wintypes.LPCWSTR] * 2, *place),
            ),
            (self._user.PeekMessageW, wintypes.BOOL, (pointer, window, number, number, number)),
            (self._user.DispatchMessageW, wintypes.LPARAM, (pointer,)),
            (self._user.OpenClipboard, wintypes.BOOL, (window,)),
            (self._user.CloseClipboard, wintypes.BOOL, ()),
            (self._user.EmptyClipboard, wintypes.BOOL, ()),
            (self._user.EnumClipboardFormats, number, (number,)),
            (self._user.GetClipboardFormatNameW, ctypes.c_int, (number, wintypes.LPWSTR, ctypes.c_int)),
            (self._user.RegisterClipboardFormatW, number, (wintypes.LPCWSTR,)),
            (self._user.GetClipboardData, handle, (number,)),
            (self._user.SetClipboardData, handle, (number, handle)),
            (self._user.GetClipboardOwner, window, ()),
            (self._kernel.GlobalAlloc, handle, (number, ctypes.c_size_t)),
            (self._kernel.GlobalFree, handle, (handle,)),
            (self._kernel.GlobalLock, pointer, (handle,)),
            (self._kernel.GlobalUnlock, wintypes.BOOL, (handle,)),
            (self._kernel.GlobalSize, ctypes.c_size_t, (handle,)),
            (self._gdi.GetEnhMetaFileBits, number, (handle, number, pointer)),
            (self._gdi.SetEnhMetaFileBits, handle, (number, ctypes.c_char_p)),
        ):
            function.restype, function.argtypes = result, arguments

    def hold(self, text: str, window: int, seconds: float) -> int:
        """See `Holding.hold`. Whoever pastes is told: Windows does not say who asks."""
        with self._open(seconds):
            self._save()
            self._user.EmptyClipboard()
            # The marks first: histories look at a content once all of it is there, but nothing says that all of them wait for that.
            for name, value in WINDOWS_MARKS.items():
                self._put(self._user.RegisterClipboardFormatW(name), value)
            is_there = self._put(_TEXT, f"{text}\0".encode("utf-16-le"))
            if not is_there:
                self._restore()
                raise NotTaken
        return int(self._window)

    def give_back(self) -> int:
        """See `Holding.give_back`."""
        with self._open(_GIVE_BACK_SECONDS):
            if self._user.GetClipboardOwner() == self._window:
                return self._restore()
        return 0

    def wait(self, seconds: float) -> None:
        """Who empties the clipboard waits until its owner was told."""
        message = ctypes.create_string_buffer(64)
        while self._user.PeekMessageW(message, None, 0, 0, _REMOVE):
            self._user.DispatchMessageW(message)
        threading.Event().wait(seconds)

    def stay(self) -> None:
        """What is there is Windows' own: nobody asks for it any more."""

    @contextmanager
    def _open(self, seconds: float) -> Iterator[None]:
        end = time.monotonic() + seconds
        while not self._user.OpenClipboard(self._window):
            if time.monotonic() > end:
                raise NotTaken
            self.wait(_AGAIN_SECONDS)
        try:
            yield
        finally:
            self._user.CloseClipboard()

    def _save(self) -> None:
        named: dict[str, bytes] = {}
        for kind in self._kinds():
            if kind in _MADE_BY_WINDOWS:
                continue
            # None of what it was promised to make on demand: an owner that has ended, or one that refuses.
            data = None if kind in _OF_ITS_OWNER else self._data(kind)
            if data is None:
                self._lost += 1
                continue
            self._before[kind] = data
            name = ctypes.create_unicode_buffer(256)
            if self._user.GetClipboardFormatNameW(kind, name, len(name)):
                named[name.value] = data
        if is_confidential(named):
            self._before, self._lost = {}, 1

    def _restore(self) -> int:
        """Returns how many formats are lost."""
        self._user.EmptyClipboard()
        lost = sum(not self._put(kind, data) for kind, data in self._before.items())
        self._before = {}
        return lost + self._lost

    def _kinds(self) -> Iterator[int]:
        kind = 0
        while kind := self._user.EnumClipboardFormats(kind):
            yield kind

    def _data(self, kind: int) -> bytes | None:
        handle = self._user.GetClipboardData(kind)
        if not handle:
            return None
        if kind == _METAFILE:
            bits = ctypes.create_string_buffer(self._gdi.GetEnhMetaFileBits(handle, 0, None))
            return bits.raw if self._gdi.GetEnhMetaFileBits(handle, len(bits), bits) else None
        size = self._kernel.GlobalSize(handle)
        place = self._kernel.GlobalLock(handle) if size <= _MOST_BYTES else None
        if not place:
            return None
        try:
            return ctypes.string_at(place, size)
        finally:
            self._kernel.GlobalUnlock(handle)

    def _put(self, kind: int, data: bytes) -> bool:
        if kind == _METAFILE:
            return bool(self._user.SetClipboardData(kind, self._gdi.SetEnhMetaFileBits(len(data), data)))
        handle = self._kernel.GlobalAlloc(_MOVEABLE, max(1, len(data)))
        place: Any = self._kernel.GlobalLock(handle) if handle else None
        if not place:
            return False
        ctypes.memmove(place, data, len(data))
        self._kernel.GlobalUnlock(handle)
        if self._user.SetClipboardData(kind, handle):
            return True
        self._kernel.GlobalFree(handle)
        return False
