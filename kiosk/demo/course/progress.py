"""How far somebody has come in a task: a pure function of what the counter has shown since it began."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum, unique

from kiosk.domain.model import LinkToken
from kiosk.domain.states import Counter


@dataclass(frozen=True, slots=True)
class Seen:
    """One state of the counter, and what else is true at that moment."""

    counter: Counter
    tokens: Mapping[str, LinkToken] = field(default_factory=dict)
    """By which the counter knows the cards of the task."""
    loans: Mapping[str, str] = field(default_factory=dict)
    """Of the library's system: who has an item, both by number."""


Sign = Callable[[Seen], bool]


@unique
class Event(StrEnum):
    """What happens around the counter while a task is done."""

    LIBRARY_STOPS = "library-stops"
    LIBRARY_STARTS = "library-starts"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. Its sentences are `course.<task>.<name>.do` and `.seen`."""

    name: str
    sign: Sign
    """What the counter shows once it is done."""
    then: Event | None = None
    """What happens when it has been done."""


@dataclass(frozen=True, slots=True)
class Astray:
    """A way on which the task is not done: `course.<task>.<name>.wrong` says why, and what to do instead."""

    name: str
    sign: Sign
    after: str = ""
    """Counts only once this step is done."""
    before: str = ""
    """Counts only until this step is done."""


@unique
class Tool(StrEnum):
    """A kind of what lies ready: what pressing its button does."""

    LAY = "lay"
    SCAN_CARD = "scan-card"
    SCAN_ITEM = "scan-item"
    PRESS = "press"
    """What the patron presses, for staff who cannot press it in the patron's window: keys never get there before the PIN pad opens."""


@dataclass(frozen=True, slots=True)
class Task:
    name: str
    minutes: int
    steps: tuple[Step, ...]
    astray: tuple[Astray, ...]
    tools: tuple[tuple[Tool, str], ...]
    """With the name of the card, the item, or what is pressed."""
    links: tuple[tuple[str, str], ...] = ()
    """Cards that are registered before it begins, each with the library card's name."""
    first: Event | None = None
    """What happens when it begins."""

    def place(self, step: str) -> int:
        return [each.name for each in self.steps].index(step)


@dataclass(frozen=True, slots=True)
class Progress:
    task: Task
    reached: int = 0
    """How many steps are done."""
    astray: str = ""
    """The name of the wrong way that was taken; empty once a step has been done since."""

    @property
    def is_done(self) -> bool:
        return self.reached == len(self.task.steps)

    @property
    def step(self) -> Step | None:
        """The one to be done now."""
        return None if self.is_done else self.task.steps[self.reached]


def advance(progress: Progress, seen: Seen) -> Progress:
    """The progress after the counter has shown this. A wrong way leads back to the beginning; what is done stays done."""
    if progress.is_done:
        return progress
    reached = progress.reached
    while reached < len(progress.task.steps) and progress.task.steps[reached].sign(seen):
        reached += 1
    after = progress if reached == progress.reached else replace(progress, reached=reached, astray="")
    # Last: two steps may be done at once, and what leads astray between them is none then.
    wrong = None if after.is_done else _wrong_way(after, seen)
    return after if wrong is None else replace(progress, reached=0, astray=wrong.name)


def _wrong_way(progress: Progress, seen: Seen) -> Astray | None:
    task = progress.task
    for way in task.astray:
        begun = not way.after or progress.reached > task.place(way.after)
        over = bool(way.before) and progress.reached > task.place(way.before)
        if begun and not over and way.sign(seen):
            return way
    return None


def events(before: Progress, after: Progress) -> tuple[Event, ...]:
    """What happens around the counter now that these steps are done."""
    return tuple(step.then for step in before.task.steps[before.reached : after.reached] if step.then is not None)
