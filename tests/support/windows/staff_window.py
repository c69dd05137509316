"""Staff's actions on their window, for tests: find a control by name, press it, type, scan."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from kiosk.domain.effects import Effect
from kiosk.domain.events import Event, Touched
from kiosk.domain.machine import step
from kiosk.domain.states import Counter, CounterFacts, Waiting
from kiosk.ui.staff import StaffWindow
from kiosk.ui.staff.serving.item_list import Rows
from kiosk.ui.staff.top_and_bottom_bar import StatusBar
from kiosk.ui.widgets.words import Words
from tests.support.wait import WAIT_MS
from tests.support.windows.manual_timing import ManualTiming
from tests.support.windows.patron_samples import FACTS, with_facts
from tests.support.windows.patron_samples import counter as counter_in

LINE_FEED = Qt.Key.Key_J
CHARACTERS = {Qt.Key.Key_Return: "\r", Qt.Key.Key_Enter: "\r", Qt.Key.Key_Tab: "\t", Qt.Key.Key_Space: " "}
PAUSE = 1.0
"""Seconds of quiet around what a person does."""
TYPING = 0.15
"""Seconds between two keys typed by hand."""
ALT = Qt.KeyboardModifier.AltModifier


@dataclass
class Hands:
    """A staff window without a machine behind it; its events are recorded in `said`."""

    window: StaffWindow = field(init=False)
    said: list[Event] = field(default_factory=list)
    touches: int = 0
    """Number of signs of life."""
    timing: ManualTiming = field(default_factory=ManualTiming)

    def __post_init__(self) -> None:
        self.window = StaffWindow(self._hear, timing=self.timing)
        self.window.resize(1366, 768)
        self.window.show()
        self.window.activateWindow()
        # Shortcuts and the focus ring require the active window.
        if not QTest.qWaitForWindowActive(self.window, WAIT_MS):
            self.window.close_for_good()
            shiboken6.delete(self.window)
            pytest.fail("the window never became the active one")

    def _hear(self, event: Event) -> None:
        if isinstance(event, Touched):
            self.touches += 1
        else:
            self.said.append(event)

    def show(self, counter: Counter, facts: CounterFacts = FACTS) -> None:
        self.window.show_state(with_facts(counter, facts))
        settle()

    @property
    def focused(self) -> QWidget:
        return self.window.focusWidget()

    def controls(self) -> dict[str, QWidget]:
        """Everything that can be pressed or filled, by accessible name. Fails if two have the same."""
        found: dict[str, QWidget] = {}
        for widget in self.window.findChildren(QWidget):
            if isinstance(widget, QAbstractButton | QLineEdit) and widget.isVisible():
                assert widget.accessibleName() not in found, widget.accessibleName()
                found[widget.accessibleName()] = widget
        return found

    def control(self, name: str) -> QWidget:
        return self.controls()[name]

    def texts(self) -> str:
        """All visible text."""
        return "\n".join(words.text for words in self.window.findChildren(Words) if words.isVisible())

    def plain_texts(self) -> str:
        """As `texts`, however the lines are broken."""
        return self.texts().replace("\n", "").replace("\N{NO-BREAK SPACE}", " ")

    def bar(self) -> str:
        """What the status bar says."""
        [shown] = self.window.findChildren(StatusBar)
        return " ".join(words.text for words in shown.findChildren(Words) if words.isVisible())

    def press(self, name: str) -> None:
        QTest.mouseClick(self.control(name), Qt.MouseButton.LeftButton)
        settle()

    def unfold(self) -> None:
        """Unfold the notice, if not all of it is shown."""
        for name in list(self.controls()):
            if name.startswith("くわしく"):
                self.press(name)

    def fold(self) -> None:
        if "たたむ" in self.controls():
            self.press("たたむ")

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key by finger, with quiet around it."""
        self.timing.pass_(PAUSE)
        self.tap(key, modifier=modifier)
        self.timing.pass_(PAUSE)
        settle()

    def hold(self, key: Qt.Key, seconds: float = 0.6, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.timing.pass_(PAUSE)
        self.stroke(QEvent.Type.KeyPress, key, modifier=modifier)
        self.timing.pass_(seconds)
        self.stroke(QEvent.Type.KeyRelease, key, modifier=modifier)
        self.timing.pass_(PAUSE)
        settle()

    def scan(self, text: str, *suffix: Qt.Key, gap: float = 0.001) -> None:
        """Type as a barcode scanner does, wherever the focus is, `gap` seconds between keys."""
        self.timing.pass_(PAUSE)
        for letter in text:
            self.scanned_key(Qt.Key(ord(letter.upper())), letter, gap=gap)
        for key in suffix:
            self.scanned_key(key, gap=gap)
        self.timing.pass_(PAUSE)
        settle()

    def scanned_key(self, key: Qt.Key, letter: str = "", *, gap: float = 0.001) -> None:
        # A line feed arrives as Ctrl+J.
        control = Qt.KeyboardModifier.ControlModifier if key == LINE_FEED and not letter else Qt.KeyboardModifier.NoModifier
        self.timing.pass_(gap)
        self.tap(key, letter, control)

    def type(self, text: str) -> None:
        """Type by hand."""
        for letter in text:
            self.timing.pass_(TYPING)
            self.tap(Qt.Key(ord(letter.upper())), letter)
        self.timing.pass_(PAUSE)

    def tap(self, key: Qt.Key, letter: str = "", modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press and release in the same instant."""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            self.stroke(kind, key, letter, modifier)

    def stroke(
        self, kind: QEvent.Type, key: Qt.Key, letter: str = "", modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        event = QKeyEvent(kind, key, modifier, letter or CHARACTERS.get(key, ""))
        event.setTimestamp(self.timing.stamp)
        QCoreApplication.sendEvent(self._target(), event)

    def _target(self) -> QWidget:
        focused: QWidget | None = self.window.focusWidget()
        return self.window if focused is None else focused


@dataclass
class LiveStaffWindow(Hands):
    """A staff window with the real machine behind it; the test answers its requests."""

    counter: Counter = field(default_factory=lambda: counter_in(Waiting(), cards=()))
    asked: list[Effect] = field(default_factory=list)
    facts: CounterFacts | None = FACTS
    """What is shown around the flow; None for what the machine says."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.show(self.counter)

    def _hear(self, event: Event) -> None:
        super()._hear(event)
        self.happen(event)

    def happen(self, event: Event) -> None:
        self.counter, effects = step(self.counter, event)
        self.asked += effects
        self.window.show_state(self.counter if self.facts is None else with_facts(self.counter, self.facts))


def settle() -> None:
    """Wait until everything requested is shown; long lists are built in several passes."""
    for _ in range(2):
        QCoreApplication.processEvents()
    while any(not rows.complete for window in QApplication.topLevelWidgets() for rows in window.findChildren(Rows)):
        QCoreApplication.processEvents()
    for _ in range(2):
        QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
