"""The whole course by its window and the counter's: each task is done wrong once, which is said, and then right, which is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kiosk.config import Home
from kiosk.demo import library
from kiosk.demo.course.program import course
from kiosk.demo.course.progress import Tool
from kiosk.demo.course.sentences import of_step
from kiosk.demo.course.tasks import COURSE
from kiosk.demo.ils import PATRONS
from kiosk.domain.states import (
    AwaitingLibraryCard,
    AwaitingMyNumberCard,
    ChoosingApplicant,
    ConfirmingLink,
    LastTryWarning,
    LendingRefused,
    PatronShown,
    Waiting,
)
from kiosk.text import plain, say
from tests.support.counter.course_player import CoursePlayer


@pytest.fixture(scope="module")
def player(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CoursePlayer]:
    with pytest.MonkeyPatch.context() as patch:
        # Nobody watches.
        patch.setattr(library, "LATENCY", 0.0)
        yield from played(tmp_path_factory)


def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CoursePlayer]:
    home = Home(tmp_path_factory.mktemp("course") / "home")
    home.prepare(for_practice=True)
    with course(home) as (program, window):
        window.show()
        player = CoursePlayer(program, window)
        player.until(program.displays.patron.isVisible, "patron's window")
        yield player
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def serve(do: CoursePlayer) -> None:
    do.lay("fine")
    do.staff("holder.yes")
    do.until_at(PatronShown)


def prove(do: CoursePlayer) -> None:
    do.to_pad()
    do.pin("1234")
    do.staff("action.done")
    do.lift()


def adult(do: CoursePlayer) -> None:
    do.register_as("child")
    do.until_wrong("child")
    do.staff("action.back", "applicant.self")
    do.next("library-card")
    do.scan("other")
    do.until_wrong("another-number")
    do.staff("action.back")
    do.scan("own")
    do.lay("fine")
    do.until_at(ConfirmingLink)
    do.use(Tool.PRESS, "agree")
    do.pin("1234")
    do.staff("action.done")
    do.lift()


def lending(do: CoursePlayer) -> None:
    do.scan("own")
    do.until_wrong("by-number")
    do.end()
    serve(do)
    do.end()
    do.until_wrong("too-early")
    do.lift()
    serve(do)
    for name in ("bamboo", "post"):
        do.scan(name)
    do.end()
    do.lift()


def not_lent(do: CoursePlayer) -> None:
    serve(do)
    do.end()
    do.until_wrong("too-early")
    do.lift()
    serve(do)
    do.scan("reference")
    do.scan("stars")
    do.until(lambda: isinstance(flow := do.counter.flow, PatronShown) and not flow.dealings.unanswered, "answers")
    do.end()
    do.lift()


def family(do: CoursePlayer) -> None:
    serve(do)
    do.until_wrong("served")
    do.end()
    do.lift()
    do.lay("fine")
    do.staff("holder.no")
    do.lift()
    do.staff("action.close")


def not_linked(do: CoursePlayer) -> None:
    do.lay("fine")
    do.until_at(LendingRefused)
    do.staff("action.close")
    do.until_wrong("sent-away")
    do.lift()
    do.lay("fine")
    do.until_at(LendingRefused)
    do.scan("other")
    do.until_wrong("another")
    do.end()
    do.lift()
    do.lay("fine")
    do.until_at(LendingRefused)
    do.scan("own")
    do.until_at(PatronShown)
    do.end()
    do.lift()


def to_pad(do: CoursePlayer, card: str) -> None:
    do.register_as("self")
    do.next("library-card")
    do.until_at(AwaitingLibraryCard)
    do.scan("own")
    do.lay(card)
    do.until_at(ConfirmingLink)
    do.to_pad()


def wrong_pin(do: CoursePlayer) -> None:
    to_pad(do, "fine")
    do.pin("9999")
    do.pin("9999")
    do.until_wrong("twice")
    do.again()
    to_pad(do, "fine")
    do.pin("9999")
    do.pin("1234")
    do.staff("action.done")
    do.lift()


def last_try(do: CoursePlayer) -> None:
    to_pad(do, "one-try")
    do.patron("last.go-on")
    do.until_wrong("tried")
    do.patron("leave")
    do.lift()
    to_pad(do, "one-try")
    do.until_at(LastTryWarning)
    do.use(Tool.PRESS, "not-today")
    do.until_at(Waiting)
    do.lift()
    do.scan("own")
    do.until_at(PatronShown)
    do.end()


def child(do: CoursePlayer) -> None:
    do.register_as("self")
    do.until_wrong("adult")
    do.staff("action.back", "applicant.child")
    do.check_guardian()
    do.scan("own")
    do.until_wrong("another-number")
    do.staff("action.back")
    do.scan("child")
    do.until_at(AwaitingMyNumberCard)
    do.lay("fine")
    do.until_wrong("another-card")
    do.lift()
    do.lay("child")
    prove(do)


def renewed(do: CoursePlayer) -> None:
    to_replacement(do)
    do.staff("replacement.reissued")
    do.until_wrong("another-reason")
    do.again()
    to_replacement(do)
    do.staff("replacement.renewed")
    prove(do)


def to_replacement(do: CoursePlayer) -> None:
    do.register_as("self")
    do.next("library-card")
    do.until_at(AwaitingLibraryCard)
    do.scan("own")
    do.lay("renewed")


def lost(do: CoursePlayer) -> None:
    do.staff("home.unlinking-start", "unlinking.wish")
    do.until_wrong("another-reason")
    do.staff("action.back", "unlinking.lost", "unlink-number.stopped")
    do.scan("other")
    do.until_wrong("another-number")
    do.staff("action.back")
    do.scan("own")
    do.staff("unlink-confirm.do", "action.done")


def handover(do: CoursePlayer) -> None:
    serve(do)
    do.staff("patron.internet-terminal")
    do.until_wrong("another-service")
    assert not do.shows(say("course.step-now", do=of_step(do.task, do.task.steps[0], "do"))), "two orders at once"
    do.staff("patron.interlibrary-loan")
    do.until(lambda: do.shows(say("course.step-now", do=of_step(do.task, do.task.steps[-1], "do"))), "number handed over")
    assert do.shows(say("course.field-number", number=PATRONS["own"]))
    do.end()
    do.lift()


def outage(do: CoursePlayer) -> None:
    do.until(lambda: do.counter.ils.is_trouble, "outage")
    serve(do)
    do.staff("patron.loan")
    do.scan("bamboo")
    do.until_wrong("lent")
    do.staff("action.end")
    do.end()
    do.lift()
    serve(do)
    do.end()
    do.lift()
    do.rail("status")
    do.staff("items.retry")
    do.rail("status")


def end_of_day(do: CoursePlayer) -> None:
    serve(do)
    do.lift()
    do.end()
    do.until_wrong("taken-early")
    serve(do)
    do.end()
    do.lift()
    do.rail("status")
    do.until(lambda: do.counter.beside is not None, "status page")
    do.rail("status")


PLAYED: dict[str, Callable[[CoursePlayer], None]] = {
    "adult": adult,
    "lending": lending,
    "not-lent": not_lent,
    "family": family,
    "not-linked": not_linked,
    "wrong-pin": wrong_pin,
    "last-try": last_try,
    "child": child,
    "renewed": renewed,
    "lost": lost,
    "handover": handover,
    "outage": outage,
    "end-of-day": end_of_day,
}


@pytest.mark.parametrize("name", [task.name for task in COURSE])
def test_a_task_is_done_wrong_and_then_right(player: CoursePlayer, name: str) -> None:
    player.choose(name)
    PLAYED[name](player)
    player.until_done()
    following = plain(say("course.following"))
    player.until(lambda: player.shows(following), following)
    player.press(player.window, say("course.choose"))


def test_the_keys_of_staffs_window_work_in_that_of_the_course(player: CoursePlayer) -> None:
    player.choose("adult")
    QTest.keyClick(player.window.windowHandle(), Qt.Key.Key_F2)
    player.until_at(ChoosingApplicant)
    player.press(player.window, say("course.choose"))
