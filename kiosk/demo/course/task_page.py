"""One task: what it is about, its steps as far as they are done, and what lies ready for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.demo.course.progress import Progress, Step, Task, Tool
from kiosk.demo.course.sentences import of_step, of_task, outcome
from kiosk.demo.course.signs import handed_over
from kiosk.demo.course.tasks import COURSE
from kiosk.demo.ils import ITEMS
from kiosk.text import plain, say
from kiosk.ui.staff.scroll import ScrollArea
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.words import Words

_AIR = 10


class TaskPage(QWidget):
    """`use` is called with what is pressed of what lies ready; `lift`, when the card is taken from the reader."""

    def __init__(self, task: Task, use: Callable[[Tool, str], None], lift: Callable[[], None]) -> None:
        super().__init__()
        self._task = task
        self._steps = [_StepRow(task, step) for step in task.steps]
        self._above, self._below = QVBoxLayout(), QVBoxLayout()
        self._field = Words(say("course.field"), "strong") if _hands_over(task) else None
        self._outcome = Words("", "done")
        self._outcome.hide()
        self.following, self.again, self.choose = (
            Button(say(f"course.{name}"), kind) for name, kind in (("following", "primary"), ("again", "quiet"), ("choose", "quiet"))
        )
        self.following.hide()
        self._tools = [_pressed(tool_name(tool, name), partial(use, tool, name)) for tool, name in task.tools]
        self.first = self._tools[0]
        """What the focus is on when the task begins."""
        self._area = ScrollArea()
        self._area.setWidget(self._inside(lift))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(_AIR, _AIR, _AIR, _AIR)
        whole.setSpacing(5)
        whole.addWidget(self._area, 1)
        whole.addWidget(self._outcome)
        whole.addWidget(self.following)
        foot = QHBoxLayout()
        foot.addWidget(self.again, 3)
        foot.addWidget(self.choose, 2)
        whole.addLayout(foot)

    def _inside(self, lift: Callable[[], None]) -> QWidget:
        task, inside = self._task, QWidget()
        inside.setProperty("scrolled", "true")
        # As wide as there is room: text wraps.
        inside.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        place = say("course.place", place=COURSE.index(task) + 1, count=len(COURSE), minutes=task.minutes)
        column.addWidget(Words(place, "note"))
        column.addWidget(Words(of_task(task, "title"), "heading"))
        column.addWidget(Words(of_task(task, "story")))
        for rows in (self._above, self._below):
            rows.setSpacing(6)
        column.addLayout(self._above)
        column.addWidget(Words(say("course.tools"), "strong"))
        for button in self._tools:
            column.addWidget(button)
        if any(tool is Tool.LAY for tool, _ in task.tools):
            column.addWidget(_pressed(say("course.lift"), lift))
        if self._field is not None:
            column.addWidget(self._field)
        column.addLayout(self._below)
        column.addStretch(1)
        self._place_steps(0)
        return inside

    def _place_steps(self, now: int) -> None:
        """What lies ready stands right below the step for which it is used, so that both are in view on a small display."""
        for place, row in enumerate(self._steps):
            for rows in (self._above, self._below):
                rows.removeWidget(row)
            (self._above if place <= now else self._below).addWidget(row)

    def show_progress(self, progress: Progress | None, handed: str) -> None:
        """`progress` None: the task is being prepared. `handed`: the number that has been handed over."""
        self._place_steps(0 if progress is None else progress.reached)
        for row in self._steps:
            row.show_progress(progress)
        said = say("course.wait") if progress is None else outcome(progress)
        is_done = progress is not None and progress.is_done
        self._outcome.set_kind("note" if progress is None else "done" if is_done else "wrong")
        self._outcome.set_text(said)
        self._outcome.setVisible(bool(said))
        if is_done and self.following.isHidden():
            self.following.show()
            self.following.setFocus()
        if self._field is not None:
            self._field.set_text(say("course.field-number", number=handed) if handed else say("course.field"))
        if progress is not None and not progress.is_done:
            # Once it has its place again: rows grow and shrink.
            QTimer.singleShot(0, self, partial(self._scroll_to, progress.reached))

    def _scroll_to(self, place: int) -> None:
        """The step at the top, with what lies ready below it; the first, with the story above it."""
        self._area.verticalScrollBar().setValue(self._steps[place].y() if place else 0)


class _StepRow(QWidget):
    """What to do, and below it, while it is to be done now, what is seen when it is right."""

    def __init__(self, task: Task, step: Step) -> None:
        super().__init__()
        self._place = task.steps.index(step)
        self._do, self._seen = of_step(task, step, "do"), of_step(task, step, "seen")
        self._doing, self._seeing = Words(), Words(say("course.step-seen", seen=self._seen), "aside-text")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._doing)
        column.addWidget(self._seeing)

    def show_progress(self, progress: Progress | None) -> None:
        # Gone astray: how to come back is said then, and nothing else is to be done now.
        reached = -1 if progress is None or progress.astray else progress.reached
        when = "done" if self._place < reached else "now" if self._place == reached else "later"
        self._doing.set_text(say(f"course.step-{when}", do=self._do))
        self._doing.set_kind({"done": "note-done", "now": "now", "later": "note"}[when])
        self._seeing.setVisible(when == "now")


def tool_name(tool: Tool, name: str) -> str:
    """What its button says."""
    if tool is Tool.SCAN_ITEM:
        return say("course.scan-item", title=ITEMS[name].title)
    return say(f"course.{tool}.{name}")


def _hands_over(task: Task) -> bool:
    return any(step.sign is handed_over for step in task.steps)


def _pressed(sentence: str, act: Callable[[], None]) -> Button:
    button = Button(plain(sentence), "secondary")
    # Enter presses it as Space does.
    button.setAutoDefault(True)
    button.clicked.connect(lambda _=False: act())
    return button
