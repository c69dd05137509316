"""Both windows and a panel to select their pages from outside: fill "page" with a scene's name; "verdict" then shows whether an action has
an effect. Usage: python -m tests.support.screens.page_turner

"pages" lists the scenes, "controls" the names that must have an effect on the current page. All three can be read by name.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget

from kiosk.commands.display import start_display
from kiosk.config import DisplaySettings
from kiosk.domain.events import Event
from kiosk.domain.states import Counter, CounterFacts, OutOfOrder
from kiosk.ui.patron.window import PatronWindow
from kiosk.ui.staff import StaffWindow
from tests.support.windows.live_controls import UNHEARD, at_rest, changes_the_counter, is_chosen, shown
from tests.support.windows.patron_samples import FACTS, scenes, with_facts
from tests.support.windows.patron_samples import counter as counter_in
from tests.support.windows.staff_samples import one_of_each

LOOK_MS = 40
NUMBER = "2104067853"


@dataclass
class Side:
    """One of the two windows and its pages."""

    window: StaffWindow | PatronWindow
    pages: dict[str, tuple[Counter, CounterFacts]]
    said: list[Event] = field(default_factory=list)
    counter: Counter = field(default_factory=lambda: counter_in(OutOfOrder("")))
    before: tuple[object, ...] = ()

    def show(self, page: str) -> list[str]:
        """Show a page. Returns the names of the controls that must have an effect there."""
        self.window.show_state(with_facts(counter_in(OutOfOrder("")), FACTS))
        counter, facts = self.pages[page]
        self.counter = at_rest(counter)
        self.window.show_state(with_facts(self.counter, facts))
        for _ in range(5):
            QApplication.processEvents()
        for entry in self.window.findChildren(QLineEdit):
            entry.setText(NUMBER)
        QApplication.clipboard().clear()
        QApplication.processEvents()
        self.said.clear()
        self.before = shown(self.window)
        where = type(self.counter.flow).__name__
        buttons = [button for button in self.window.findChildren(QAbstractButton) if button.isVisible() and button.isEnabled()]
        return [
            button.accessibleName()
            for button in buttons
            if button.accessibleName() and (where, button.accessibleName()) not in UNHEARD and not is_chosen(button)
        ]

    def is_heard(self) -> bool:
        return bool(self.before) and (changes_the_counter(self.counter, self.said) or shown(self.window) != self.before)


class PageTurner(QWidget):
    """The side is a prefix of the page: `staff:waiting`."""

    def __init__(self, sides: dict[str, Side]) -> None:
        super().__init__()
        self.setWindowTitle("pages")
        self._sides, self._now = sides, next(iter(sides.values()))
        self._page, self._controls, self._verdict = QLineEdit(), QLabel("-"), QLabel("-")
        pages = QLabel("\n".join(f"{name}:{page}" for name, side in sides.items() for page in side.pages))
        column = QVBoxLayout(self)
        for name, widget in (("page", self._page), ("controls", self._controls), ("verdict", self._verdict), ("pages", pages)):
            widget.setAccessibleName(name) if isinstance(widget, QLineEdit) else widget.setObjectName(name)
            column.addWidget(widget)
        self._page.textChanged.connect(self._turn)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._judge)
        self._look.start()

    def _turn(self, text: str) -> None:
        name, _, page = text.partition(":")
        if name in self._sides and page.split("#")[0] in self._sides[name].pages:
            self._now = self._sides[name]
            names = self._now.show(page.split("#")[0])
            self._verdict.setText(f"waiting {text}")
            self._controls.setText(f"controls {text}\n" + "\n".join(names))

    def _judge(self) -> None:
        verdict = self._verdict.text()
        if verdict.startswith("waiting") and self._now.is_heard():
            # Once only: a page may be called "waiting" as well.
            self._verdict.setText(verdict.replace("waiting", "heard", 1))


def main() -> int:
    application = start_display()
    said: dict[str, list[Event]] = {"staff": [], "patron": []}
    staff = StaffWindow(said["staff"].append)
    patron = PatronWindow(said["patron"].append, lambda pin: pin.wipe(), DisplaySettings(patron_width_mm=217))
    staff.resize(1366, 768)
    patron.resize(1280, 800)
    desk = PageTurner(
        {
            "staff": Side(staff, one_of_each(), said["staff"]),
            "patron": Side(patron, {name: (scene, FACTS) for name, scene in scenes().items()}, said["patron"]),
        }
    )
    for window in (staff, patron, desk):
        window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
