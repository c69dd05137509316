"""All tasks of the course, one of which is chosen."""

from __future__ import annotations

from collections.abc import Callable, Set
from functools import partial

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from kiosk.demo.course.progress import Task
from kiosk.demo.course.sentences import of_task
from kiosk.demo.course.tasks import COURSE
from kiosk.text import say
from kiosk.ui.staff.scroll import ScrollArea
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.words import Words

_AIR = 10


class ChoicePage(QWidget):
    def __init__(self, begin: Callable[[Task], None]) -> None:
        super().__init__()
        self.end = Button(say("course.end"), "quiet")
        self._buttons = {task: Button("", "quiet") for task in COURSE}
        self._praise = Words(say("course.all-done"), "done")
        inside = QWidget()
        inside.setProperty("scrolled", "true")
        inside.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(Words(say("course.title"), "heading"))
        column.addWidget(Words(say("course.lead", count=len(COURSE), minutes=sum(task.minutes for task in COURSE))))
        column.addWidget(self._praise)
        for task, button in self._buttons.items():
            button.setAutoDefault(True)
            button.clicked.connect(partial(_begin, begin, task))
            column.addWidget(button)
        column.addStretch(1)
        area = ScrollArea()
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(_AIR, _AIR, _AIR, _AIR)
        whole.addWidget(area, 1)
        whole.addWidget(self.end)
        self.show_done(frozenset())
        self.set_focus()

    def set_focus(self) -> None:
        """On the task to begin with."""
        for button in self._buttons.values():
            if button.property("kind") == "primary":
                button.setFocus()

    def show_done(self, done: Set[str]) -> None:
        """The first task that is not done is the one to begin with."""
        following = next((task for task in COURSE if task.name not in done), None)
        self._praise.setVisible(following is None)
        for place, (task, button) in enumerate(self._buttons.items(), 1):
            button.set_text(choice(task, place, task.name in done))
            button.set_kind("primary" if task is following else "quiet")


def choice(task: Task, place: int, is_done: bool) -> str:
    """What its button says."""
    title = of_task(task, "title")
    return (
        say("course.choice-done", place=place, title=title)
        if is_done
        else say("course.choice", place=place, title=title, minutes=task.minutes)
    )


def _begin(begin: Callable[[Task], None], task: Task, _checked: bool = False) -> None:
    begin(task)
