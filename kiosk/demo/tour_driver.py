"""User interface driver of the tour: finds widgets by accessible name, presses keys and buttons, places cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QAbstractAnimation, QElapsedTimer, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from kiosk.demo import synthetic_keys
from kiosk.demo.library import SAMPLE_ITEMS
from kiosk.demo.tray import READERS, Tray
from kiosk.domain.keyboard import HOLD, QUIET
from kiosk.text import plain, say
from kiosk.ui.displays import Displays

Wait = Callable[[], bool]
UPRIGHT = QSize(800, 1280)
HAND_MS = 50
"""Tolerance added to the keyboard's time limits."""
QUICK = 80
"""Qt's PNG quality setting: a third faster than the default, a tenth larger, lossless."""
SHOWN = "Description"
"""The text of a picture's file (PNG, 11.3.3) that holds the names of all it shows, a line each: whether a copy of it is still true."""


class Guide:
    """Actions of the script. Each is a generator of conditions to wait for."""

    def __init__(self, displays: Displays, tray: Tray, folder: Path) -> None:
        self.staff, self.patron, self.tray = displays.staff, displays.patron, tray
        self._folder = folder
        self.pictures = self._changes = 0
        self._drawn: dict[str, QImage] = {}
        self.wanted = ""
        self._lying = UPRIGHT
        folder.mkdir(parents=True, exist_ok=True)
        self._seen = len(self._slips())

    def chapter(self, name: str) -> Iterator[Wait]:
        self.tell("chapter", title=plain(say(f"demo.tour.{name}")))
        yield from ()

    def press(self, window: QWidget, sentence: str) -> Iterator[Wait]:
        """Wait for an enabled button of that name, then click its centre."""
        name = _name(sentence)
        self.wanted = name
        yield lambda: self._button(window, name) is not None
        button = self._button(window, name)
        if button is not None:
            self.tell("press", name=name)
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def see(self, window: QWidget, sentence: str) -> Iterator[Wait]:
        """Wait until a widget whose name contains this is visible."""
        name = _name(sentence)
        self.wanted = name
        yield lambda: any(name in shown for shown in names_shown(window))
        self.tell("see", name=name)

    def notice(self, sentence: str) -> Iterator[Wait]:
        """Wait for a notice with a button of that name, unfolding it if needed, as staff would."""
        name = _name(sentence)
        self.wanted = name
        yield lambda: self._button(self.staff, name) is not None or self._unfold()

    def _unfold(self) -> bool:
        unfold = _name(say("staff.banner.unfold"))
        for button in self.staff.findChildren(QAbstractButton):
            if button.isVisible() and button.accessibleName().startswith(unfold):
                QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        return False

    def pin(self, digits: str, confirm: str) -> Iterator[Wait]:
        """Enter digits on the pad and confirm. The digits are not printed."""
        for digit in digits:
            self.wanted = "●"
            yield lambda digit=digit: self._button(self.patron, digit) is not None  # type: ignore[misc]
            key = self._button(self.patron, digit)
            if key is not None:
                QTest.mouseClick(key, Qt.MouseButton.LeftButton)
        yield from self.press(self.patron, confirm)

    def lay(self, card: str) -> Iterator[Wait]:
        self.tell("lay", name=plain(say(f"demo.card.{card}")))
        yield from self._tray_button(say(f"demo.card.{card}"))

    def lift(self) -> Iterator[Wait]:
        yield from self._tray_button(say("demo.tray.lift"))

    def plug_second(self) -> Iterator[Wait]:
        """Plug in the second reader, with the card that is on it."""
        self.tell("press", name=plain(say("demo.tour.plug")))
        self.tray.plug(READERS[1])
        yield from ()

    def lay_second(self, card: str) -> Iterator[Wait]:
        self.tell("lay", name=plain(say(f"demo.card.{card}")))
        self.tray.lay(card, READERS[1])
        yield from ()

    def lift_second(self) -> Iterator[Wait]:
        self.tray.lift(READERS[1])
        yield from ()

    def hold(self, sentence: str, picture: str) -> Iterator[Wait]:
        """Hold Enter on a staff button until the hold is complete; take the picture before releasing it."""
        name = _name(sentence)
        self.wanted = name
        yield lambda: self._button(self.staff, name) is not None
        button, window, clock = self._button(self.staff, name), self.staff.windowHandle(), QElapsedTimer()
        if button is None:
            return
        self.tell("hold", name=name)
        button.setFocus()
        clock.start()
        yield lambda: clock.elapsed() > 1000 * QUIET + HAND_MS
        synthetic_keys.press(window, Qt.Key.Key_Return)
        clock.restart()
        yield lambda: clock.elapsed() > 1000 * HOLD + HAND_MS
        yield from self.picture(picture)
        synthetic_keys.release(window, Qt.Key.Key_Return)

    def fill_display(self) -> Iterator[Wait]:
        """Give each window the whole display, as it has at a counter, if they share one."""
        yield self.patron.isVisible
        for window in (self.staff, self.patron):
            window.setGeometry(window.screen().availableGeometry())

    def turn(self, *, upright: bool) -> Iterator[Wait]:
        """Rotate the patron's display to portrait on a small one, or restore the previous size."""
        if upright:
            self._lying = self.patron.size()
            self.patron.resize(UPRIGHT.transposed())
        self.patron.resize(UPRIGHT if upright else self._lying)
        yield from ()

    def scan(self, card: str) -> Iterator[Wait]:
        self.tell("scan", name=plain(say(f"demo.library-card.{card}")))
        yield from self._tray_button(say(f"demo.library-card.{card}"))

    def scan_item(self, name: str) -> Iterator[Wait]:
        """Scan an item by its key in ITEMS, or "unknown"."""
        [item] = [item for items in SAMPLE_ITEMS.values() for item in items if item.name == name]
        sentence = say(f"demo.item.{item.kind}", title=item.title)
        self.tell("scan", name=plain(sentence))
        yield from self._tray_button(sentence)

    def trouble(self, kind: str) -> Iterator[Wait]:
        """Affect the library system: "stop" or "start" it, "lose" one answer, or make it "silent"."""
        sentence = say(f"demo.tray.library-{kind}")
        self.tell("press", name=plain(sentence))
        self._changes = self._executed()
        yield from self._tray_button(sentence)

    def registry(self, act: str) -> Iterator[Wait]:
        """Press what the tray offers about the library's server and the other counter."""
        sentence = say(f"demo.tray.registry-{act}")
        self.tell("press", name=plain(sentence))
        yield from self._tray_button(sentence)

    def until_settled(self) -> Iterator[Wait]:
        """Wait until everything done at the other counter is answered and has arrived here, unless the line is cut."""
        self.wanted = "elsewhere"
        yield lambda: self.tray.registry is None or self.tray.registry.server.has_settled()

    def until_changed(self) -> Iterator[Wait]:
        """Wait until the library system has executed a request since the last `trouble`, answered or not."""
        self.wanted = "library"
        yield lambda: self._executed() > self._changes

    def slip(self) -> Iterator[Wait]:
        """Wait for another slip in the folder."""
        self.wanted = "slip-*.pdf"
        yield lambda: len(self._slips()) > self._seen
        self._seen += 1
        self.tell("slip", file=max(self._slips()).name)

    def picture(self, name: str) -> Iterator[Wait]:
        """Save pictures of both windows, skipping one that is unchanged."""
        yield self._rests
        QApplication.processEvents()
        for side, window in (("staff", self.staff), ("patron", self.patron)):
            picture = window.grab().toImage()
            if picture == self._drawn.get(side):
                continue
            self._drawn[side] = picture
            self.pictures += 1
            file = f"{self.pictures:03}-{name}-{side}.png"
            picture.setText(SHOWN, "\n".join(line.replace("\n", " ") for line in names_shown(window)))
            picture.save(str(self._folder / file), quality=QUICK)
            self.tell("picture", file=file)

    def add(self, picture: bytes, name: str) -> None:
        """Add a picture (PNG) of something else than the two windows."""
        self.pictures += 1
        file = f"{self.pictures:03}-{name}.png"
        (self._folder / file).write_bytes(picture)
        self.tell("picture", file=file)

    def _rests(self) -> bool:
        """Whether no animation is running in the staff window."""
        moving = QAbstractAnimation.State.Running
        return all(animation.state() != moving for animation in self.staff.findChildren(QAbstractAnimation))

    def _slips(self) -> list[Path]:
        return [path for path in self._folder.glob("slip-*.pdf") if path.stat().st_size]

    def _executed(self) -> int:
        library = self.tray.library
        return 0 if library is None else library.snapshot().executed.total()

    def _tray_button(self, sentence: str) -> Iterator[Wait]:
        button = self._button(self.tray, _name(sentence))
        if button is not None:
            button.click()
        yield from ()

    def _button(self, window: QWidget, name: str) -> QAbstractButton | None:
        for button in window.findChildren(QAbstractButton):
            if button.isVisible() and button.isEnabled() and button.accessibleName() == name:
                return button
        return None

    def tell(self, key: str, **params: str | int) -> None:
        print(plain(say(f"demo.tour.{key}", **params)), flush=True)


def names_shown(window: QWidget) -> list[str]:
    """Return the accessible names of all visible widgets in a window."""
    return [widget.accessibleName() for widget in window.findChildren(QWidget) if widget.isVisible() and widget.accessibleName()]


def _name(sentence: str) -> str:
    return plain(sentence).replace("\n", "")
