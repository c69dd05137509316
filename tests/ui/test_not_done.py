"""Failed loans stay in sight until the patron has left, however much is scanned after them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from kiosk.domain.circulation import Item, Reason
from kiosk.domain.events import ServiceChosen
from kiosk.domain.model import Service
from kiosk.domain.states import Entry, Progress
from kiosk.ui.staff import StaffWindow
from kiosk.ui.staff.serving.item_list import Rows
from kiosk.ui.staff.serving.item_row import Row
from kiosk.ui.staff.top_and_bottom_bar import StatusBar
from tests.support.wait import WAIT_MS
from tests.support.windows.serving_samples import BRIDGE, CHECKED, GARDEN, MAGAZINE, MANY, at_counter, serving
from tests.support.windows.staff_window import Hands, settle

REFUSED = Entry(Service.LOAN, MAGAZINE, Progress.REFUSED, Reason.RESERVED)
LOST = Entry(Service.LOAN, BRIDGE, Progress.UNKNOWN, Reason.LOST_ANSWER)
NOT_HELD = Entry(Service.HOLD, GARDEN, Progress.REFUSED, Reason.NOT_SUPPORTED)
AFTER = tuple(replace(entry, item=replace(entry.item, number=f"9{entry.item.number}")) for entry in MANY)


@pytest.fixture
def hands(qtbot: QtBot) -> Hands:
    made = Hands()
    qtbot.addWidget(made.window, before_close_func=StaffWindow.close_for_good)
    return made


def in_sight(hands: Hands, item: Item) -> bool:
    """Whether the whole row is within the list's window."""
    for row in hands.window.findChildren(Row):
        if row.isVisible() and row.accessibleName().startswith(item.title):
            area = next(rows for rows in hands.window.findChildren(Rows) if rows.isVisible())
            top = row.mapTo(area.viewport(), QPoint(0, 0)).y()
            return top >= 0 and top + row.height() <= area.viewport().height()
    return False


def show(hands: Hands, *entries: Entry, service: Service = Service.LOAN) -> None:
    hands.show(at_counter(serving(CHECKED, service, *entries)))
    settle()


def test_what_was_not_lent_is_counted_and_brought_into_sight(hands: Hands, qtbot: QtBot) -> None:
    show(hands, *MANY, LOST, *AFTER, REFUSED)
    assert "未貸出1点、わからないもの1点" in hands.texts()
    for place, item in ((1, BRIDGE), (2, MAGAZINE), (1, BRIDGE)):
        assert not in_sight(hands, item)
        hands.press("見る")
        qtbot.waitUntil(lambda item=item: in_sight(hands, item), timeout=WAIT_MS)  # type: ignore[misc]
        assert f"{place}点目を表示中" in hands.texts()


def test_what_was_not_reserved_is_told_on_every_page_and_its_list_opened(hands: Hands, qtbot: QtBot) -> None:
    for service in Service:
        show(hands, NOT_HELD, service=service)
        assert "未予約1点" in hands.texts(), service
    show(hands, NOT_HELD)
    hands.press("見る")
    assert hands.said == [ServiceChosen(Service.HOLD)]


def test_the_lists_are_gone_through_one_after_the_other(hands: Hands) -> None:
    show(hands, NOT_HELD, REFUSED)
    hands.press("見る")
    assert hands.said == []
    hands.press("見る")
    assert hands.said == [ServiceChosen(Service.HOLD)]


@pytest.mark.parametrize(
    "entries",
    [
        (),
        MANY,
        (replace(REFUSED, reason=Reason.ALREADY_LENT),),
        (replace(REFUSED, reason=Reason.LIBRARY_CARD),),
        (Entry(Service.LOAN, MAGAZINE, Progress.ASKED), Entry(Service.LOAN, BRIDGE)),
    ],
)
def test_where_nothing_is_missing_nothing_is_said(hands: Hands, entries: tuple[Entry, ...]) -> None:
    show(hands, *entries)
    assert "見る" not in hands.controls()


# From 1366 × 768 Wine makes the window eight pixels higher than 480 the first time it is asked to, and 480 the second time.
@pytest.mark.qt_log_ignore("QWindowsWindow::setGeometry: Unable to set geometry 800x480", extend=True)
@pytest.mark.parametrize("size", [(800, 480), (1024, 600), (1366, 768)])
def test_it_stands_above_the_end_whatever_the_window(hands: Hands, size: tuple[int, int]) -> None:
    hands.window.resize(*size)
    show(hands, *AFTER, LOST, REFUSED, NOT_HELD)
    hands.press("見る")
    button, end = hands.control("見る"), hands.control("終了して画面を消す")
    assert window_y(hands, button) < window_y(hands, end)
    [bar] = [bar for bar in hands.window.findChildren(StatusBar) if bar.isVisible()]
    assert window_y(hands, end) + end.height() <= window_y(hands, bar)


def window_y(hands: Hands, widget: QWidget) -> int:
    return widget.mapTo(hands.window, QPoint(0, 0)).y()


def test_the_row_goes_from_the_count_when_the_item_was_lent_after_all(hands: Hands) -> None:
    show(hands, REFUSED)
    assert "未貸出1点" in hands.texts()
    show(hands, replace(REFUSED, progress=Progress.DONE, reason=None))
    assert "未貸出" not in hands.texts()
