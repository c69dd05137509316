"""A counter with its windows: the real program, offscreen, on virtual readers. The test is staff, patron and scanner.

Keys are delivered to the window as by the window system; buttons are found by their accessible names and pressed in their middle; cards are
placed on a reader. Answers arrive through Qt's own loop, which runs until the counter is in the expected state, with a timeout.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar, cast

from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from kiosk.app import Program
from kiosk.app.engine import Equipment
from kiosk.checks.periodic import Looks
from kiosk.config import Settings
from kiosk.domain.clock import ClockBounds
from kiosk.domain.events import Event, HomeChosen, LeavePressed, TakenBack
from kiosk.domain.handed import Handed
from kiosk.domain.model import AnyService, LibraryCardNumber, ReaderCondition
from kiosk.domain.slip import Slip
from kiosk.domain.states import Counter, CounterFacts, Flow, OutOfOrder, Screen, Waiting
from kiosk.effects import LibrarySystem
from kiosk.equipment import open_local_api
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.card import VirtualCard
from kiosk.store.anchor import AnchorFile
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from kiosk.store.sync.sync_thread import SyncThread
from kiosk.text import plain, say
from kiosk.ui.widgets.words import Words
from tests.support.cards.readers import InProcess
from tests.support.counter.headless import KEYS
from tests.support.wait import LIMIT
from tests.support.windows.manual_timing import ManualTiming

Kind = TypeVar("Kind")
Key = tuple[Qt.Key, Qt.KeyboardModifier, str]


class OpenedCounter:
    """Use as a context manager, with a QApplication running."""

    def __init__(  # noqa: PLR0913
        self,
        settings: Settings,
        judge: CardJudge,
        store: Path,
        *,
        library: LibrarySystem | None = None,
        hand_over: Callable[[LibraryCardNumber, AnyService | None], Handed] | None = None,
        print_slip: Callable[[Slip], None] | None = None,
        forget_crashes: Callable[[], None] = lambda: None,
        anchor: AnchorFile | None = None,
        clock: ClockBounds | None = None,
        looks: Looks = (),
        own_displays: bool = False,
        world: InProcess | None = None,
        keys: Keys = KEYS,
        sync: Callable[[Repository], Callable[[Callable[[Event], None]], SyncThread]] | None = None,
    ) -> None:
        """`library`: the library system the counter is or will be connected to; the test decides when. `sync`: makes what
        `Equipment.sync` is, for this store.
        """
        self.world, self.timing = world or InProcess(), ManualTiming()
        self.repository = Repository(store, keys, settings.counter.name, lambda: datetime.now(UTC), anchor=anchor)
        facts = CounterFacts(settings.counter.name, revocation_checked=False)
        equipment = Equipment(
            readers=self.world.readers,
            monitor=self.world.monitor,
            judge=judge,
            repository=self.repository,
            facts=facts,
            clock=clock or ClockBounds(),
            looks=looks,
            own_displays=own_displays,
            sync=None if sync is None else sync(self.repository),
            local_api=open_local_api(settings, self.repository),
            library=library,
            hand_over=hand_over,
            print_slip=print_slip,
            forget_crashes=forget_crashes,
        )
        self.program = Program(settings, facts, nullcontext(equipment), self.timing)
        self.staff, self.patron = self.program.displays.staff, self.program.displays.patron
        # A regular event, so that waiting in Qt's loop always returns.
        self.beat = QTimer(interval=10)

    def __enter__(self) -> OpenedCounter:
        self.beat.start()
        self.program.start()
        self.until(lambda counter: counter.reader is ReaderCondition.READY)
        # Offscreen the patron's window takes the focus when it opens; nobody types before that.
        self.until(lambda counter: self.patron.isVisible() or counter.rules.single_display)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.program.stop()
        self.beat.stop()
        self.repository.close()
        for window in (self.staff, self.patron):
            window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    # --- what is the case -----------------------------------------------------------------------------------------------

    @property
    def counter(self) -> Counter:
        return self.program.conductor.counter

    @property
    def flow(self) -> Flow:
        return self.counter.flow

    def until(self, fits: Callable[[Counter], bool], limit: float = LIMIT) -> Counter:
        """Run Qt's loop until the counter satisfies `fits`. Fails the test on timeout, or on a bug of ours."""
        end = time.monotonic() + limit
        while not fits(self.counter):
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            assert not isinstance(self.flow, OutOfOrder), self.flow
            assert time.monotonic() < end, f"still {self.counter}, keyboard: {window_with_focus()}, on {self.staff.focusWidget()}"
        return self.counter

    def until_at(self, *kinds: type[Kind]) -> Kind:
        self.until(lambda counter: isinstance(counter.flow, kinds))
        assert isinstance(self.flow, kinds)
        return self.flow

    def settle(self) -> None:
        """Process the events already in Qt's loop, and no more."""
        for _ in range(3):
            QApplication.sendPostedEvents()
            QApplication.processEvents()

    # --- what people do -------------------------------------------------------------------------------------------------

    def say(self, *events: Event) -> None:
        """Send events as the buttons would."""
        for event in events:
            self.program.conductor.happen(event)

    def lay(self, card: VirtualCard, slot: int = 0) -> None:
        before = len(self.counter.cards)
        self.world.lay(card, slot)
        self.until(lambda counter: len(counter.cards) > before)

    def lift(self, slot: int = 0) -> None:
        self.world.lift(slot)
        self.until(lambda counter: all(lying.reader != self.world.names[slot] for lying in counter.cards))

    def press(self, window: QWidget, name: str) -> None:
        """Press the button of that name as soon as it is enabled."""
        name = plain(name).replace("\n", "")
        self.until(lambda counter: button_named(window, name) is not None)
        button = button_named(window, name)
        assert button is not None
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def unfold_to(self, name: str) -> None:
        """Unfold staff's notice with a button of that name, once it is shown, if the window has no room for it as it is."""
        name, unfold = (plain(text).replace("\n", "") for text in (name, say("staff.banner.unfold")))
        self.until(lambda counter: any(button_named(self.staff, one) for one in (name, unfold)))
        if button_named(self.staff, name) is None:
            self.press(self.staff, unfold)

    def press_in_notice(self, name: str) -> None:
        self.unfold_to(name)
        self.press(self.staff, name)

    def type_pin(self, digits: bytes) -> None:
        """Press the pad's digit keys; the confirm key is left to the caller."""
        for digit in digits.decode():
            self.press(self.patron, digit)

    def end(self) -> None:
        """All cards are removed and the session is left."""
        for slot, name in enumerate(self.world.names):
            if any(lying.reader == name for lying in self.counter.cards):
                self.lift(slot)
        self.until(self._left)

    def _left(self, counter: Counter) -> bool:
        """Leave, repeatedly if needed: nobody can leave while a card has not answered."""
        if counter.flow == Waiting() and not counter.cards and counter.screen is Screen.STAFF:
            return True
        self.say(LeavePressed(), TakenBack(counter.rules.staff_code), HomeChosen())
        return False

    # --- keys -----------------------------------------------------------------------------------------------------------

    def give_keyboard_to(self, window: QWidget) -> QWindow:
        """Focus the window, as by a click on its frame."""
        window.activateWindow()
        self.until(lambda counter: window_with_focus() is window.windowHandle())
        return window.windowHandle()

    def type_keys(self, keys: list[Key], gap_ms: int) -> None:
        """Type on the keyboard, into whichever window has the focus at each key, with quiet before and after."""
        self.timing.pass_(1)
        for key in keys:
            self._key(QEvent.Type.KeyPress, key)
            self._key(QEvent.Type.KeyRelease, key)
            QApplication.sendPostedEvents()
            self.timing.pass_(gap_ms / 1000)
        self.timing.pass_(1)

    def hold(self, key: Key, seconds: float) -> None:
        self.timing.pass_(1)
        self._key(QEvent.Type.KeyPress, key)
        self.timing.pass_(seconds)
        self._key(QEvent.Type.KeyRelease, key)
        self.timing.pass_(1)

    def _key(self, kind: QEvent.Type, key: Key) -> None:
        window = window_with_focus()
        if window is not None:
            event = QKeyEvent(kind, *key)
            event.setTimestamp(self.timing.stamp)
            QApplication.sendEvent(window, event)


def window_with_focus() -> QWindow | None:
    # The stubs claim that there always is one.
    return cast("QWindow | None", QGuiApplication.focusWindow())


def button_named(window: QWidget, name: str) -> QAbstractButton | None:
    for button in window.findChildren(QAbstractButton):
        if button.isVisible() and button.isEnabled() and button.accessibleName() == name:
            return button
    return None


def words_on(window: QWidget) -> list[str]:
    """Every text and every accessible name and description in a window, shown or not."""
    found: list[str] = []
    for widget in (window, *window.findChildren(QWidget)):
        found += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip(), widget.windowTitle()]
        if isinstance(widget, Words):
            found.append(widget.text)
        elif isinstance(widget, QLabel | QAbstractButton | QLineEdit):
            found.append(widget.text())
    return [text for text in found if text]
