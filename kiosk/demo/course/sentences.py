"""What the course says of its tasks, by `resources/i18n/ja/course.po`. A step that tasks share has sentences of its own."""

from __future__ import annotations

from kiosk.demo.course.progress import Progress, Step, Task
from kiosk.text import knows, say


def of_task(task: Task, part: str) -> str:
    """`title`, `story` or `done`."""
    return say(f"course.{task.name}.{part}")


def of_step(task: Task, step: Step, part: str) -> str:
    """`do` or `seen`."""
    key = f"course.{task.name}.{step.name}.{part}"
    return say(key) if knows(key) else say(f"course.{step.name}.{part}")


def of_astray(task: Task, astray: str) -> str:
    return say(f"course.{task.name}.{astray}.wrong")


def outcome(progress: Progress) -> str:
    """What is said of how it goes: that it is done, or why it is not; empty while there is nothing to say."""
    if progress.is_done:
        return say("course.done", told=of_task(progress.task, "done"))
    if progress.astray:
        return say("course.wrong", told=of_astray(progress.task, progress.astray))
    return ""
