"""Begins the tasks of the course, and follows by what the counter shows how far they are done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QTimer

from kiosk.app import Program
from kiosk.demo.course.progress import Event, Progress, Seen, Task, advance, events
from kiosk.demo.course.stage import Stage
from kiosk.domain.events import (
    BesideClosed,
    CardLeftSeen,
    EndedSeen,
    HomeChosen,
    LanguageChosen,
    LateSeen,
    LeavePressed,
    LeavingConfirmed,
    LibraryRetryPressed,
    LinkAgreed,
    SlipTroubleSeen,
    UnclearSeen,
)
from kiosk.domain.model import EndedBy, IlsCondition, Language
from kiosk.domain.states import Counter, Waiting

_LOOK_MS = 50
_LEAVING = (BesideClosed(), LeavePressed(), HomeChosen(), LeavingConfirmed())
_SEEN = (EndedSeen(), CardLeftSeen(), LateSeen(), UnclearSeen(), SlipTroubleSeen(), LanguageChosen(Language.JAPANESE))
"""What the session before may have left on the screen."""


PRESSED: Mapping[str, LinkAgreed | LeavePressed] = {"agree": LinkAgreed(), "not-today": LeavePressed(EndedBy.PATRON)}
"""What the patron presses, by its name in tasks."""


class Coach:
    """`changed` is called whenever `progress` or `done` is another."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.progress: Progress | None = None
        """None while no task is being done, also while one is being prepared."""
        self.done: frozenset[str] = frozenset()
        """The names of the tasks that were done."""
        self.changed: Callable[[], None] = lambda: None
        self._program: Program | None = None
        self._wanted: Task | None = None
        self._clearing = QTimer(interval=_LOOK_MS)
        self._clearing.timeout.connect(self._clear)

    def coach(self, program: Program) -> None:
        """Tasks are done at this counter. Before the first one is begun."""
        self._program = program

    def begin(self, task: Task) -> None:
        """Have the counter wait, with nothing left of what was done before; then the task begins."""
        self._wanted, self.progress = task, None
        self.stage.start_library()
        self.stage.lift()
        self._clearing.start()
        self.changed()

    def leave(self) -> None:
        """No task is done any more."""
        self._wanted = self.progress = None
        self._clearing.stop()
        self.stage.lift()
        self.changed()

    def press(self, name: str) -> None:
        """Have the patron press this."""
        if self._program is not None:
            self._program.conductor.happen(PRESSED[name])

    def see(self, counter: Counter) -> None:
        """The counter's windows show this."""
        before = self.progress
        if before is None:
            return
        self._advance(before, advance(before, Seen(counter, self.stage.tokens(before.task), self.stage.loans())))

    def _advance(self, before: Progress, after: Progress) -> None:
        self.progress = after
        if after.is_done:
            self.done |= {after.task.name}
        # Not from within: the counter is showing a state.
        for event in events(before, after):
            self._happen_soon(event)
        self.changed()

    def _happen_soon(self, event: Event) -> None:
        QTimer.singleShot(0, self._clearing, lambda: self.stage.carry_out(event))

    def _clear(self) -> None:
        if self._program is None or self._wanted is None:
            return
        conductor = self._program.conductor
        if not _waits(conductor.counter):
            for left in _LEAVING:
                conductor.happen(left)
        elif conductor.counter.ils is not IlsCondition.READY:
            # The task of before may have stopped it since.
            self.stage.start_library()
            if conductor.counter.tried is None or not conductor.counter.tried.under_way:
                conductor.happen(LibraryRetryPressed())
        else:
            task, self._wanted = self._wanted, None
            self._clearing.stop()
            for seen in _SEEN:
                conductor.happen(seen)
            self.stage.set_for(task)
            self.progress = Progress(task)
            if task.first is not None:
                self.stage.carry_out(task.first)
            self.see(conductor.counter)
            self.changed()


def _waits(counter: Counter) -> bool:
    """Nobody is served, no card lies there and nothing covers the page; what is asked of the library's system is answered."""
    return counter.flow == Waiting() and not counter.cards and counter.beside is None and counter.leaving_for is None
