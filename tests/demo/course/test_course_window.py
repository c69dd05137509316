"""The window of the course in the least room it gets, and by the keys alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from kiosk.demo.course.choice_page import choice
from kiosk.demo.course.coach import Coach
from kiosk.demo.course.progress import Progress
from kiosk.demo.course.sentences import of_step, of_task
from kiosk.demo.course.stage import Stage
from kiosk.demo.course.tasks import COURSE
from kiosk.demo.course.window import CourseWindow, side_by_side
from kiosk.demo.library import demo_server
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.smartcard.virtual.reader import VirtualReaders
from kiosk.text import plain, say
from kiosk.ui.shared_display import places
from kiosk.ui.staff.scroll import ScrollArea
from kiosk.ui.widgets.focus import FocusRing

SMALLEST = QRect(0, 0, 1024, 600)
FRAME = 4, 34


@pytest.fixture
def coach() -> Iterator[Coach]:
    """With no counter: a task that is chosen stays in preparation."""
    library = demo_server()
    yield Coach(Stage(Deck(), VirtualReaders(), library, bytes(32)))
    library.stop()


@pytest.fixture
def window(qapp: QApplication, coach: Coach) -> Iterator[CourseWindow]:
    staff = QWidget()
    window = CourseWindow(coach, staff)
    free = places(SMALLEST).free
    window.resize(free.width() - FRAME[0], free.height() - FRAME[1])
    window.show()
    window.activateWindow()
    yield window
    for each in (window, staff):
        shiboken6.delete(each)


def shown(window: CourseWindow) -> list[QAbstractButton]:
    return [button for button in window.findChildren(QAbstractButton) if button.isVisible()]


def test_every_page_has_room_and_every_button_a_name_of_its_own(window: CourseWindow, coach: Coach) -> None:
    for done, task in ((False, None), (True, None), *((True, task) for task in COURSE)):
        coach.done = frozenset(task.name for task in COURSE) if done else frozenset()
        coach.changed()
        if task is not None:
            window.show_task(task)
        QApplication.processEvents()
        names = [button.accessibleName() for button in shown(window)]
        assert sorted(set(names)) == sorted(names)
        assert all(names)
        for button in shown(window):
            assert button.width() >= button.minimumSizeHint().width(), button.accessibleName()
            assert button.mapTo(window, button.rect().topRight()).x() < window.width(), button.accessibleName()
        for label in window.findChildren(QLabel):
            right = label.mapTo(window, label.rect().topRight()).x()
            assert not label.isVisible() or right < window.width(), label.accessibleName()


def test_a_task_is_chosen_and_left_by_the_keys_alone(window: CourseWindow) -> None:
    second = choice(COURSE[1], 2, is_done=False)
    press_by_key(window, second, Qt.Key.Key_Return)
    assert plain(of_task(COURSE[1], "story")) in said(window)
    press_by_key(window, say("course.choose"), Qt.Key.Key_Space)
    assert plain(second) in [button.accessibleName() for button in shown(window)]


def test_the_ring_goes_with_what_is_scrolled_into_view(window: CourseWindow) -> None:
    last = reached_by_tab(window, choice(COURSE[-1], len(COURSE), is_done=False))
    QApplication.processEvents()
    [ring] = window.findChildren(FocusRing)
    assert ring.isVisible()
    assert ring.geometry().center() == QRect(last.mapTo(window, last.rect().topLeft()), last.size()).center()


def test_the_ring_is_around_nothing_that_is_scrolled_away(window: CourseWindow) -> None:
    last = reached_by_tab(window, choice(COURSE[-1], len(COURSE), is_done=False))
    QApplication.processEvents()
    [area] = [area for area in window.findChildren(ScrollArea) if area.isAncestorOf(last)]
    [ring] = window.findChildren(FocusRing)
    area.scroll_by(Qt.Key.Key_Home)
    assert not ring.isVisible()
    area.scroll_by(Qt.Key.Key_End)
    assert ring.isVisible()


def test_after_a_task_comes_the_next_that_is_not_done_and_after_all_the_list(window: CourseWindow, coach: Coach) -> None:
    first, *others = COURSE
    coach.done = frozenset(task.name for task in others)
    window.follow(COURSE[-1])
    assert plain(of_task(first, "story")) in said(window)
    coach.done |= {first.name}
    coach.changed()
    window.follow(first)
    assert plain(say("course.all-done")) in said(window)


def test_what_lies_ready_is_below_what_is_to_be_done_now(window: CourseWindow, coach: Coach) -> None:
    task = COURSE[0]
    window.show_task(task)
    for reached in (1, 3, 0):
        coach.progress = Progress(task, reached)
        coach.changed()
        QApplication.processEvents()
        tools = top(window, say("course.tools"))
        assert top(window, say("course.step-now", do=of_step(task, task.steps[reached], "do"))) < tools
        assert tools < top(window, say("course.step-later", do=of_step(task, task.steps[reached + 1], "do")))


def said(window: CourseWindow) -> list[str]:
    return [label.accessibleName() for label in window.findChildren(QLabel) if label.isVisible()]


def top(window: CourseWindow, sentence: str) -> int:
    [label] = [label for label in window.findChildren(QLabel) if label.isVisible() and label.accessibleName() == plain(sentence)]
    return label.mapTo(window, label.rect().topLeft()).y()


def press_by_key(window: CourseWindow, name: str, key: Qt.Key) -> None:
    QTest.keyClick(reached_by_tab(window, name), key)
    QApplication.processEvents()


def reached_by_tab(window: CourseWindow, name: str) -> QAbstractButton:
    for _ in range(len(COURSE) + 3):
        focused: QWidget | None = window.focusWidget()
        if isinstance(focused, QAbstractButton) and focused.accessibleName() == plain(name):
            return focused
        QTest.keyClick(window if focused is None else focused, Qt.Key.Key_Tab)
    raise AssertionError(f"{name} is not reached by Tab")


@pytest.mark.parametrize(
    ("display", "staff", "own"),
    [
        (QRect(0, 0, 1920, 1080), QRect(0, 0, 1460, 1080), QRect(1460, 0, 460, 1080)),
        (QRect(1920, 24, 1280, 744), QRect(1920, 24, 820, 744), QRect(2740, 24, 460, 744)),
        (QRect(0, 0, 1024, 600), QRect(0, 0, 820, 600), QRect(704, 0, 320, 600)),
    ],
)
def test_it_stands_beside_staffs_window_and_over_its_edge_where_there_is_no_room(display: QRect, staff: QRect, own: QRect) -> None:
    assert side_by_side(display) == (staff, own)
