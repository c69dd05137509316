"""Pictures of the practice course: one task, done wrong and right. Usage: python -m tools.site.course_pictures FOLDER."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.app import Program
from kiosk.commands.display import start_display
from kiosk.config import Home
from kiosk.demo.course.program import course
from kiosk.demo.course.sentences import of_task
from kiosk.demo.course.tasks import COURSE
from kiosk.demo.course.window import CourseWindow
from kiosk.demo.ils import ITEMS
from kiosk.demo.tour_driver import SHOWN, names_shown
from kiosk.domain.events import Event, HolderConfirmed, ItemEntered, LeavePressed
from kiosk.domain.states import ConfirmingHolder, PatronShown, Waiting
from kiosk.text import plain, say

_LIMIT = 30.0
_REST_MS = 500
"""Until pages have their place."""
[_TASK] = [task for task in COURSE if task.name == "lending"]


class _Hands:
    def __init__(self, program: Program, window: CourseWindow, folder: Path) -> None:
        self._program, self._window, self._folder = program, window, folder
        self._taken = 0
        # So that waiting in Qt's loop always returns.
        self._beat = QTimer(interval=10)
        self._beat.start()

    def until(self, fits: Callable[[], bool]) -> None:
        end = time.monotonic() + _LIMIT
        while not fits():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.monotonic() > end:
                raise TimeoutError(str(self._program.conductor.counter.flow))

    def until_at(self, kind: type[object]) -> None:
        self.until(lambda: isinstance(self._program.conductor.counter.flow, kind))

    def until_said(self, sentence: str) -> None:
        self.until(lambda: plain(sentence) in names_shown(self._window))

    def say(self, *events: Event) -> None:
        for event in events:
            self._program.conductor.happen(event)

    def serve(self) -> None:
        self._window.coach.stage.lay("fine")
        self.until_at(ConfirmingHolder)
        self.say(HolderConfirmed())
        self.until_at(PatronShown)

    def leave(self) -> None:
        self.say(LeavePressed())
        self.until_at(Waiting)
        self._window.coach.stage.lift()

    def picture(self, name: str, *windows: QWidget) -> None:
        """Of these windows as they stand, the last in front."""
        end = time.monotonic() + _REST_MS / 1000
        self.until(lambda: time.monotonic() > end)
        whole = windows[0].geometry()
        for window in windows:
            whole = whole.united(window.geometry())
        image = QImage(whole.size(), QImage.Format.Format_RGB32)
        image.fill(0xFF808080)
        painter = QPainter(image)
        for window in windows:
            painter.drawPixmap(window.geometry().topLeft() - whole.topLeft(), window.grab())
        painter.end()
        image.setText(SHOWN, "\n".join(line.replace("\n", " ") for window in windows for line in names_shown(window)))
        self._taken += 1
        image.save(str(self._folder / f"{self._taken:03}-course-{name}.png"))

    def show(self) -> None:
        staff, patron = self._program.displays.staff, self._program.displays.patron
        self.until(patron.isVisible)
        self.picture("list", self._window)
        self._window.show_task(_TASK)
        self.until_said(say("course.step-now", do=say("course.lending.holder.do")))
        self.serve()
        self.picture("windows", staff, patron, self._window)
        self.leave()
        self.until_said(say("course.wrong", told=say("course.lending.too-early.wrong")))
        self.picture("wrong", self._window)
        self.serve()
        self.say(*(ItemEntered(ITEMS[name].number) for name in ("bamboo", "post")))
        self.leave()
        self.until_said(say("course.done", told=of_task(_TASK, "done")))
        self.picture("done", self._window)


def main(folder: Path) -> int:
    start_display()
    with tempfile.TemporaryDirectory() as aside:
        home = Home(Path(aside) / "home")
        home.prepare(for_practice=True)
        with course(home) as (program, window):
            window.show()
            window.stand_beside(shared=program.displays.shares_display)
            _Hands(program, window, folder).show()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
