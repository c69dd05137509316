"""The tasks of the practice course, from the course itself: a timetable, and what is done in each."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.demo.course.sentences import of_step, of_task
from kiosk.demo.course.tasks import COURSE
from kiosk.text import plain
from tools.site.markdown import table, text


def timetable() -> Iterator[str]:
    """When each task begins, if all are done one after another."""
    begins = 0
    rows = []
    for task in COURSE:
        rows.append((f"{begins}分", f"[{_plain(of_task(task, 'title'))}](#task-{task.name})", f"約{task.minutes}分"))
        begins += task.minutes
    yield from table(("始まり", "課題", "時間"), [*rows, (f"{begins}分", "終わり", "")])


def tasks() -> Iterator[str]:
    """A heading for each, what it is about, and what to do with what is seen when it is right."""
    for place, task in enumerate(COURSE, 1):
        yield f"\n(task-{task.name})="
        yield f"### {place}. {_plain(of_task(task, 'title'))}(約{task.minutes}分)\n"
        yield _plain(of_task(task, "story"))
        rows = [(str(row), *(_plain(of_step(task, step, part)) for part in ("do", "seen"))) for row, step in enumerate(task.steps, 1)]
        yield from table(("", "すること", "正しいと、こうなる"), rows)
        yield f"できたら: {_plain(of_task(task, 'done'))}"


def _plain(sentence: str) -> str:
    return text(plain(sentence))
