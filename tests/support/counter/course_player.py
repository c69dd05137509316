"""Somebody who does the tasks of the course: presses buttons of its window and of the counter's two by their names."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.app import Program
from kiosk.demo.course.choice_page import choice
from kiosk.demo.course.progress import Tool
from kiosk.demo.course.sentences import of_astray, of_task
from kiosk.demo.course.task_page import tool_name
from kiosk.demo.course.tasks import COURSE
from kiosk.demo.course.window import CourseWindow
from kiosk.demo.ils import ITEMS
from kiosk.domain.model import GuardianCheck
from kiosk.domain.states import AskingPin, Counter, Waiting
from kiosk.text import plain, say
from tests.support.counter.windowed import button_named, words_on
from tests.support.wait import LIMIT


class CoursePlayer:
    def __init__(self, program: Program, window: CourseWindow) -> None:
        self.program, self.window = program, window
        self.task = COURSE[0]
        # So that waiting in Qt's loop always returns.
        self._beat = QTimer(interval=5)
        self._beat.start()

    @property
    def counter(self) -> Counter:
        return self.program.conductor.counter

    def until(self, fits: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + LIMIT
        while not fits():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            assert time.monotonic() < end, f"{self.task.name}: no {what}; {self.counter.flow}, {words_on(self.window)}"

    def press(self, window: QWidget, sentence: str) -> None:
        name = plain(sentence).replace("\n", "")
        self.until(lambda: button_named(window, name) is not None, name)
        button = button_named(window, name)
        assert button is not None
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def shows(self, sentence: str) -> bool:
        """Whether the window of the course says so, in a line of its own."""
        return plain(sentence) in words_on(self.window)

    # --- the course -----------------------------------------------------------------------------------------------------

    def choose(self, name: str) -> None:
        """Begin a task from the list."""
        [self.task] = [task for task in COURSE if task.name == name]
        self.press(self.window, choice(self.task, COURSE.index(self.task) + 1, self.window.is_done(self.task)))
        self.until_begun()

    def until_begun(self) -> None:
        self.until(lambda: not self.shows(say("course.wait")), "task begun")

    def again(self) -> None:
        self.press(self.window, say("course.again"))
        self.until_begun()

    def until_wrong(self, astray: str) -> None:
        self.until(lambda: self.shows(say("course.wrong", told=of_astray(self.task, astray))), astray)

    def until_done(self) -> None:
        self.until(lambda: self.shows(say("course.done", told=of_task(self.task, "done"))), "end")

    def use(self, tool: Tool, name: str) -> None:
        self.press(self.window, tool_name(tool, name))

    def lay(self, name: str) -> None:
        self.use(Tool.LAY, name)
        self.until(lambda: bool(self.counter.cards), name)

    def scan(self, name: str) -> None:
        self.use(Tool.SCAN_ITEM if name in ITEMS else Tool.SCAN_CARD, name)

    def lift(self) -> None:
        self.press(self.window, say("course.lift"))
        self.until(lambda: not self.counter.cards, "reader without a card")

    # --- the counter ----------------------------------------------------------------------------------------------------

    def staff(self, *keys: str, **params: str) -> None:
        for key in keys:
            self.press(self.program.displays.staff, say(f"staff.{key}", **params))

    def patron(self, key: str) -> None:
        self.press(self.program.displays.patron, say(f"patron.{key}"))

    def rail(self, section: str) -> None:
        self.press(self.program.displays.staff, say(f"staff.rail.{section}"))

    def next(self, step: str) -> None:
        self.staff("action.next", step=say(f"staff.step.{step}"))

    def register_as(self, applicant: str) -> None:
        self.staff("home.registration-start", f"applicant.{applicant}")

    def check_guardian(self) -> None:
        self.next("guardian")
        for check in GuardianCheck:
            self.staff(f"guardian.check-{check}")
        self.next("library-card")

    def until_at(self, *kinds: type[object]) -> None:
        self.until(lambda: isinstance(self.counter.flow, kinds), str(kinds))

    def to_pad(self) -> None:
        self.patron("confirm.act")

    def pin(self, digits: str) -> None:
        self.until(lambda: isinstance(flow := self.counter.flow, AskingPin) and not flow.typed, "empty pad")
        for digit in digits:
            self.press(self.program.displays.patron, digit)
        self.patron("pin.confirm")

    def end(self) -> None:
        self.staff("action.end")
        self.until_at(Waiting)
