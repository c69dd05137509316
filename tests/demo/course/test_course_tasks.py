"""The tasks of the course as they are written: an hour, each with all its sentences, and what leads astray and back."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date

import polib
import pytest

from kiosk.demo.course.progress import Astray, Event, Progress, Seen, Step, Task, advance, events
from kiosk.demo.course.sentences import of_astray, of_step, of_task
from kiosk.demo.course.tasks import COURSE
from kiosk.domain.states import Counter, CounterRules, Section
from kiosk.resource_files import resource
from kiosk.text import plain
from tests.support import ROOT
from tests.support.wait import LIMIT

LABELS = ("staff", "patron", "course", "refusal")
QUOTED = re.compile("「([^」]+)」")
NUMBER = re.compile(r"\{\w+\}|[0-9]+")


def test_the_course_takes_an_hour() -> None:
    assert sum(task.minutes for task in COURSE) == 60
    assert len({task.name for task in COURSE}) == len(COURSE)


@pytest.mark.parametrize("task", COURSE, ids=lambda task: task.name)
def test_a_task_has_all_its_sentences_and_a_way_to_go_wrong(task: Task) -> None:
    assert all(of_task(task, part) for part in ("title", "story", "done"))
    assert all(of_step(task, step, part) for step in task.steps for part in ("do", "seen"))
    assert task.astray
    assert all(of_astray(task, way.name) for way in task.astray)
    places = [task.place(step) for way in task.astray for step in (way.after, way.before) if step]
    assert all(place < len(task.steps) for place in places)


def test_no_sentence_is_kept_that_no_task_says() -> None:
    kept = {entry.msgid.split(".")[1] for entry in polib.pofile(str(resource("i18n/ja/course.po"))) if entry.msgid.count(".") == 3}
    assert kept == {task.name for task in COURSE}
    said = {f"{task.name}.{way.name}.wrong" for task in COURSE for way in task.astray}
    said |= {f"{task.name}.{step.name}.{part}" for task in COURSE for step in task.steps for part in ("do", "seen")}
    held = {entry.msgid.partition(".")[2] for entry in polib.pofile(str(resource("i18n/ja/course.po"))) if entry.msgid.count(".") == 3}
    assert held <= said


def test_what_is_quoted_stands_on_the_screens() -> None:
    """A label that was changed there is changed here."""
    sentences = {part: [plain(entry.msgstr) for entry in polib.pofile(str(resource(f"i18n/ja/{part}.po")))] for part in LABELS}
    shown = NUMBER.sub("0", "\n".join(sentence.replace("\n", "") for part in LABELS for sentence in sentences[part]))
    quoted = {NUMBER.sub("0", quote) for sentence in sentences["course"] for quote in QUOTED.findall(sentence)}
    # Once where it is quoted, and once more where it is shown.
    assert sorted(quote for quote in quoted if re.search(f"(?<!「){re.escape(quote)}", shown) is None) == []


def test_the_page_about_it_counts_right() -> None:
    page = (ROOT / "docs/staff/practice.md").read_text("utf-8")
    assert f"{len(COURSE)}の課題" in page
    assert f"前の5つ({sum(task.minutes for task in COURSE[:5])}分)" in page


@pytest.mark.linux("imports, which are the same everywhere and take a minute under Wine")
def test_a_counter_loads_nothing_of_it() -> None:
    loading = "import sys, kiosk.app.engine, kiosk.app.opening, kiosk.commands.run, kiosk.commands.keep, kiosk.ui.patron.window"
    told = [sys.executable, "-c", f"{loading}; print([name for name in sys.modules if name.startswith('kiosk.demo')])"]
    assert subprocess.run(told, cwd=ROOT, check=True, capture_output=True, text=True, timeout=LIMIT).stdout == "[]\n"


# --- how it goes on -----------------------------------------------------------------------------------------------------


def seen(beside: Section | None) -> Seen:
    return Seen(Counter(CounterRules(), date(2026, 11, 30), beside=beside))


def at(section: Section | None) -> Step:
    return Step(str(section), lambda seen: seen.counter.beside is section, then=Event.LIBRARY_STARTS if section is None else None)


TASK = Task(
    "two",
    1,
    (at(Section.HELP), at(None)),
    (
        Astray("status", lambda seen: seen.counter.beside is Section.STATUS),
        Astray("fields", lambda seen: seen.counter.beside is Section.FIELDS, after=str(Section.HELP)),
    ),
    (),
)


def test_steps_are_done_in_their_order_and_what_is_done_stays_done() -> None:
    progress = Progress(TASK)
    assert advance(progress, seen(None)) == progress
    one = advance(progress, seen(Section.HELP))
    assert (one.reached, one.is_done) == (1, False)
    done = advance(one, seen(None))
    assert done.is_done
    assert advance(done, seen(Section.STATUS)) == done
    assert (events(progress, one), events(one, done)) == ((), (Event.LIBRARY_STARTS,))


def test_a_wrong_way_leads_back_to_the_beginning_and_is_said_until_a_step_is_done() -> None:
    one = advance(Progress(TASK), seen(Section.HELP))
    wrong = advance(one, seen(Section.STATUS))
    assert (wrong.reached, wrong.astray) == (0, "status")
    assert advance(wrong, seen(None)) == wrong
    assert advance(wrong, seen(Section.HELP)) == one


def test_what_is_wrong_later_is_not_wrong_before() -> None:
    assert advance(Progress(TASK), seen(Section.FIELDS)) == Progress(TASK)
    assert advance(advance(Progress(TASK), seen(Section.HELP)), seen(Section.FIELDS)).astray == "fields"
