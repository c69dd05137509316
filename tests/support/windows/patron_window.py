"""A patron window for tests: events are recorded, its text is read, its buttons are pressed by name."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from kiosk.config import DisplaySettings
from kiosk.domain.events import Event, Touched
from kiosk.domain.model import Language
from kiosk.domain.pin import Pin
from kiosk.domain.states import Counter
from kiosk.ui.patron.window import PatronWindow
from kiosk.ui.pin_pad import PinPad
from kiosk.ui.widgets.words import Words
from tests.support.windows.manual_timing import ManualTiming
from tests.support.windows.patron_samples import FACTS


class ShownPatronWindow:
    """A patron window without a machine behind it."""

    def __init__(self, width: int = 1280, height: int = 800, *, width_mm: int = 217, keypad: bool = False, single: bool = False) -> None:
        self.events: list[Event] = []
        self.pins: list[Pin] = []
        self.touches = 0
        settings = DisplaySettings(patron_width_mm=width_mm, keypad=keypad, single=single)
        self.timing = ManualTiming()
        self.window = PatronWindow(self._hear, self.pins.append, settings, self.timing)
        self.window.resize(width, height)
        self.window.show()

    def _hear(self, event: Event) -> None:
        if isinstance(event, Touched):
            self.touches += 1
        else:
            self.events.append(event)

    def show(self, counter: Counter, language: Language = Language.JAPANESE) -> None:
        self.window.show_state(replace(counter, language=language, facts=FACTS))
        QApplication.processEvents()

    def texts(self) -> list[str]:
        """All text visible now."""
        shown = [widget for widget in self.window.findChildren(QWidget) if widget.isVisible()]
        return [text for widget in shown if (text := _text(widget))]

    def everything_held(self) -> str:
        """All text any widget holds, visible or not."""
        return "\n".join(_text(widget) + widget.accessibleName() for widget in self.window.findChildren(QWidget))

    def says(self, sentence: str) -> bool:
        return any(sentence in text.replace("\n", "") for text in self.texts())

    def buttons(self) -> dict[str, QAbstractButton]:
        """The enabled buttons, by accessible name."""
        found = [button for button in self.window.findChildren(QAbstractButton) if button.isVisible() and button.isEnabled()]
        return {button.accessibleName(): button for button in found}

    def press(self, *names: str) -> None:
        for name in names:
            QTest.mouseClick(self.buttons()[name], Qt.MouseButton.LeftButton)

    def scan(self, text: str, gap: float = 0.001) -> None:
        """Type a barcode as a keyboard would, `gap` seconds between keys; each goes to whatever has the focus."""
        self.timing.pass_(1)
        for letter in text:
            self.timing.pass_(gap)
            self.stroke(QEvent.Type.KeyPress, letter)
            self.stroke(QEvent.Type.KeyRelease, letter)
        self.timing.pass_(1)

    def hold(self, letter: str, seconds: float = 0.6) -> None:
        self.timing.pass_(1)
        self.stroke(QEvent.Type.KeyPress, letter)
        self.timing.pass_(seconds)
        self.stroke(QEvent.Type.KeyRelease, letter)
        self.timing.pass_(1)

    def stroke(self, kind: QEvent.Type, letter: str) -> None:
        event = QKeyEvent(kind, _KEYS.get(letter) or Qt.Key(ord(letter.upper())), Qt.KeyboardModifier.NoModifier, letter)
        event.setTimestamp(self.timing.stamp)
        QApplication.sendEvent(self.with_the_keys(), event)

    def with_the_keys(self) -> QWidget:
        # Nothing may have the focus, whatever the stubs claim.
        focused = cast("QWidget | None", self.window.focusWidget())
        return self.window if focused is None else focused

    @property
    def pad(self) -> PinPad:
        return self.window.findChildren(PinPad)[0]


_KEYS = {"\r": Qt.Key.Key_Return, "\n": Qt.Key.Key_Enter, "\t": Qt.Key.Key_Tab}


def _text(widget: QWidget) -> str:
    return widget.text if isinstance(widget, Words) else widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
