"""The list of items on the staff window: rows change in place, announce every change, and leave nothing behind."""

from __future__ import annotations

import gc
from dataclasses import replace
from time import perf_counter

import pytest
import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from kiosk.domain.circulation import Item
from kiosk.domain.model import Service
from kiosk.domain.states import Dealings, Entry, Progress
from kiosk.ui.staff.serving.figures import Figure
from kiosk.ui.staff.serving.item_list import Rows
from kiosk.ui.staff.serving.item_row import Row, Veil
from kiosk.ui.staff.serving.item_texts import MOST
from kiosk.ui.staff.serving.page import ServingPage
from tests.support.wait import WAIT_MS
from tests.support.windows.patron_samples import with_facts
from tests.support.windows.serving_samples import CHECKED, DUE, GARDEN, MAGAZINE, MANY, at_counter, serving
from tests.support.windows.staff_samples import staff_scenes
from tests.support.windows.staff_window import Hands, settle

SCENES = staff_scenes()


def show(hands: Hands, *entries: Entry) -> None:
    hands.show(at_counter(serving(CHECKED, Service.LOAN, *entries)))


def rows(hands: Hands) -> list[Row]:
    """Those in sight, from the top."""
    found = [row for row in hands.window.findChildren(Row) if row.isVisible()]
    return sorted(found, key=lambda row: row.y())


def heard(hands: Hands) -> list[str]:
    return [row.accessibleName() for row in rows(hands)]


ASKED = Entry(Service.LOAN, Item(GARDEN.number), Progress.ASKED)
LENT = Entry(Service.LOAN, GARDEN, Progress.DONE)


def test_an_answer_changes_the_row_that_was_asked_for(hands: Hands) -> None:
    show(hands, *MANY)
    show(hands, ASKED, *MANY)
    before = rows(hands)
    assert heard(hands)[0] == "資料 1100 8920 31、照会しています"
    show(hands, LENT, *MANY)
    assert rows(hands) == before
    assert heard(hands)[0] == "はじめての家庭菜園 雪国の四季、貸し出しました、返却期限 12月9日"


def test_a_wish_repeated_after_a_refusal_comes_to_the_top(hands: Hands) -> None:
    refused = SCENES["lending"][0].flow.dealings.entries[0]  # type: ignore[union-attr]
    show(hands, LENT, refused)
    kept = set(rows(hands))
    show(hands, Entry(Service.LOAN, MAGAZINE, Progress.ASKED), LENT)
    assert set(rows(hands)) == kept
    assert [name.split("、")[0] for name in heard(hands)] == [MAGAZINE.title, GARDEN.title]


def test_rows_say_everything_aloud(hands: Hands) -> None:
    hands.show(*SCENES["lending"])
    assert heard(hands)[0] == (
        "季刊 雪国の民家 2026年秋号、貸出不可、貸し出していません。ほかの方の予約があります。資料をお預かりして、予約の棚へ置いてください。"
    )
    hands.show(*SCENES["hold"])
    assert heard(hands)[0] == "季刊 雪国の民家 2026年秋号、予約しました、3番目"
    hands.show(*SCENES["renewal"])
    assert heard(hands)[0] == "はじめての家庭菜園 雪国の四季、返却期限 12月9日"
    assert heard(hands)[2].endswith("返却期限はわかりません、図書館システムの表示: 返却期限 9 Dec 2026")


def test_a_nought_that_stops_lending_is_marked_and_heard(hands: Hands) -> None:
    hands.show(*SCENES["lending-stopped"])
    figures = {figure.accessibleName(): figure for figure in hands.window.findChildren(Figure)}
    assert "貸出可能(残り) 0点、貸し出せません" in figures
    nought, few = figures["貸出可能(残り) 0点、貸し出せません"], figures["貸出中 7点"]
    icons = [
        [label for label in figure.findChildren(QLabel) if label.isVisible() and not label.pixmap().isNull()] for figure in (nought, few)
    ]
    assert list(map(len, icons)) == [1, 0]


def test_figures_say_what_they_count(hands: Hands) -> None:
    hands.show(*SCENES["lending-ends-soon"])
    names = [widget.accessibleName() for widget in hands.window.findChildren(QWidget) if widget.isVisible()]
    assert {"貸出中 わかりません", "延滞 わかりません", "受取可能な予約 わかりません", "貸出可能(残り) 3点"} <= set(names)


def test_the_newest_of_more_than_can_be_shown_are_shown(hands: Hands) -> None:
    entries = tuple(replace(LENT, item=Item(str(number), f"第{number}巻", DUE)) for number in range(MOST + 50, 0, -1))
    show(hands, *entries)
    shown = heard(hands)
    assert len(shown) == MOST
    assert shown[0].startswith(f"第{MOST + 50}巻、")
    before = set(rows(hands))
    show(hands, ASKED, *entries)
    assert set(rows(hands)) == before


def test_what_is_new_is_in_sight(hands: Hands) -> None:
    show(hands, *MANY)
    bar = next(found for found in hands.window.findChildren(Rows) if found.isVisible()).verticalScrollBar()
    bar.setValue(bar.maximum())
    show(hands, ASKED, *MANY)
    assert bar.value() == 0


def test_a_new_row_fades_in_and_nothing_else_moves(hands: Hands, qtbot: QtBot) -> None:
    show(hands, *MANY)
    assert hands.window.findChildren(Veil) == []
    show(hands, ASKED, *MANY)
    assert [veil.parentWidget() for veil in hands.window.findChildren(Veil)] == rows(hands)[:1]
    qtbot.waitUntil(lambda: hands.window.findChildren(Veil) == [], timeout=WAIT_MS)


def test_a_patron_takes_everything_along(hands: Hands) -> None:
    """In the very frame in which the page goes, and nothing of it is kept anywhere in the window."""
    for scene in ("lending-all-sorts", "renewal-answers", "hold", "local"):
        hands.show(*SCENES[scene])
    hands.show(*SCENES["waiting"])
    assert not [row for row in hands.window.findChildren(Row) if row.isVisible()]
    settle()
    assert hands.window.findChildren(Row) == []
    held = [widget.accessibleName() for widget in hands.window.findChildren(QWidget)]
    assert not [name for name in held if "家庭菜園" in name or "2104" in name]


def test_the_pages_of_patrons_do_not_pile_up(hands: Hands) -> None:
    """But for the one that is built in advance, whose list is empty."""
    for _ in range(3):
        for count in range(len(MANY)):
            show(hands, *MANY[count:])
        hands.show(*SCENES["renewal-answers"])
    hands.show(*SCENES["waiting"])
    gc.collect()
    kept = [one for one in gc.get_objects() if isinstance(one, Row | ServingPage) and shiboken6.isValid(one)]
    assert [type(one) for one in kept if one.window() is hands.window] in ([], [ServingPage])


class Stalls:
    """How long the window stands still: the longest time between two turns of the loop, in seconds."""

    def __init__(self) -> None:
        self._last, self.longest = perf_counter(), 0.0
        self._timer = QTimer(interval=0)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def _turn(self) -> None:
        now = perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now


@pytest.mark.trial
def test_sixty_loans_stall_nothing(hands: Hands) -> None:
    """A machine that is busy with something else makes the figure worse and none better: the best of three counts."""
    loans = tuple(Item(f"12000{number:05}", f"越後の昔話 第{number}集 読みやすい大きな文字の本", DUE) for number in range(60))
    flow = serving(CHECKED, Service.RENEWAL)
    longest = []
    for _ in range(3):
        show(hands, *MANY)
        stalls = Stalls()
        hands.window.show_state(with_facts(at_counter(replace(flow, dealings=Dealings(loans=loans))), SCENES["waiting"][1]))
        settle()
        longest.append(stalls.longest)
        hands.show(*SCENES["waiting"])
    assert min(longest) < 0.050


@pytest.mark.trial
@pytest.mark.timeout(300)
def test_two_thousand_loans_leave_no_trace(hands: Hands) -> None:
    """In one session, which nobody has: the rows stay as few as can be shown."""
    entries: tuple[Entry, ...] = ()
    window, facts = hands.window, SCENES["waiting"][1]
    widgets: list[int] = []
    for number in range(2_000):
        asked = Entry(Service.LOAN, Item(f"1300{number:06}"), Progress.ASKED)
        done = Entry(Service.LOAN, Item(f"1300{number:06}", f"第{number}巻", DUE), Progress.DONE)
        for entry in (asked, done):
            window.show_state(with_facts(at_counter(serving(CHECKED, Service.LOAN, entry, *entries)), facts))
            QApplication.processEvents()
        entries = (done, *entries)
        if number % 200 == 199:
            settle()
            widgets.append(sum(not isinstance(widget, Veil) for widget in window.findChildren(QWidget)))
    assert len(set(widgets)) == 1
