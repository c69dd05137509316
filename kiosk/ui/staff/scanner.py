"""Barcode scanners are keyboards that type very fast. Wherever the focus is, a scan is known as one and presses no button."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QWidget

from kiosk.ui.widgets.listening import Listener
from kiosk.ui.widgets.scan import ScanField

FAST_MS = 40
"""Two keys closer together than this were not pressed by fingers (DESIGN §5, rule 1)."""
SHORTEST = 3
"""Fast characters that make a scan; two may be fingers that rolled."""
LONGEST = 64
SILENCE_MS = 300
"""After so long without another key a scan without a suffix is over."""

_SUFFIXES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_CONTROL_SUFFIXES = (Qt.Key.Key_J, Qt.Key.Key_M)
"""A line feed or carriage return may come as Ctrl+J or Ctrl+M."""


class ScannerWatch(Listener):
    """Listens to the keys of one window.

    Characters outside a field do nothing by themselves. A fast run of them is a scan: it is handed to `scanned` with its suffix
    (Enter, Tab, line feed), which presses nothing, or, as not surely whole, when it stops without one. Inside a ScanField
    characters go their way; only the suffixes behind the first one are swallowed. `touched` hears of every key and every press of
    the mouse.
    """

    def __init__(self, window: QWidget, scanned: Callable[[str, bool], None], touched: Callable[[], None]) -> None:
        super().__init__(window)
        self._scanned, self._touched = scanned, touched
        self._text = ""
        self._run = 0
        self._ended = False
        self._last = -1e9
        self._silence = QTimer(self, singleShot=True, interval=SILENCE_MS)
        self._silence.timeout.connect(lambda: self._finish(whole=False))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Show and watched is self._window and (native := self._window.windowHandle()) is not None:
            # Presses of the mouse all come through here, whatever they press.
            native.installEventFilter(self)
        if kind == QEvent.Type.MouseButtonPress and isinstance(watched, QWindow):
            self._touched()
        if kind != QEvent.Type.KeyPress or not isinstance(watched, QWidget):
            return False
        self._touched()
        # An ignored key climbs from the focused widget to its parents and passes here each time: it counts once.
        if not isinstance(event, QKeyEvent) or watched is not self._listening():
            return False
        return self._pressed(watched, event)

    def _listening(self) -> QWidget:
        # Nothing may have the focus, whatever the stubs say.
        focused = cast("QWidget | None", self._window.focusWidget())
        return self._window if focused is None else focused

    def _pressed(self, watched: QWidget, event: QKeyEvent) -> bool:
        now = float(event.timestamp()) or time.monotonic() * 1000
        fast, self._last = now - self._last < FAST_MS, now
        if not fast:
            self._text, self._run, self._ended = "", 0, False
        field = watched if isinstance(watched, ScanField) else None
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in _SUFFIXES or (control and event.key() in _CONTROL_SUFFIXES):
            return self._suffix(event, field, fast=fast)
        text = event.text()
        if not text or not text.isprintable() or control or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return False
        if self._ended:
            # The next scan, or what some scanners type behind a line feed.
            self._text, self._run, self._ended = "", 0, False
        self._run += 1
        if field is not None:
            return False
        if text == " " and not fast:
            return False
        self._text = (self._text + text)[:LONGEST]
        if self._run >= SHORTEST:
            self._silence.start()
        return True

    def _suffix(self, event: QKeyEvent, field: ScanField | None, *, fast: bool) -> bool:
        if event.isAutoRepeat():
            # A key held down presses once.
            return True
        if not fast or self._run < SHORTEST:
            return False
        again, self._ended = self._ended, True
        if again:
            return True
        if field is None:
            self._finish(whole=True)
            return True
        if event.key() in _CONTROL_SUFFIXES:
            field.submit()
            return True
        return False

    def _finish(self, *, whole: bool) -> None:
        self._silence.stop()
        text, self._text = self._text, ""
        self._ended = whole
        if text:
            self._scanned(text, whole)
