"""Small windows as well as large ones: each button shows the key that presses it, and exposes it to assistive technology."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from kiosk.domain.events import LeavePressed
from kiosk.ui.staff.choice_buttons import Tile
from kiosk.ui.staff.rail import RailButton
from kiosk.ui.staff.top_and_bottom_bar import StatusBar, StatusItem
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import chord_of, event_of
from kiosk.ui.widgets.words import Words
from tests.support.windows.staff_samples import staff_scenes
from tests.support.windows.staff_window import Hands, settle

SCENES = staff_scenes()
WITH_KEYS = ["lending", "lending-next-card", "renewal", "guardian", "confirming-holder", "unlink-confirm"]


@pytest.mark.parametrize("size", [(1024, 768), pytest.param((800, 600), marks=pytest.mark.trial)])
def test_no_button_hides_its_key_in_a_small_window(hands: Hands, size: tuple[int, int]) -> None:
    hands.window.resize(*size)
    settle()
    shown = {}
    for scene in WITH_KEYS:
        hands.show(*SCENES[scene])
        for button in hands.window.findChildren(Button):
            if not button.isVisible():
                continue
            if chord_of(button):
                assert button.shown_key == f"Alt+{chord_of(button)}", scene
            if isinstance(event_of(button), LeavePressed):
                assert "F12" in button.shown_key, scene
            assert button.shown_key in button.accessibleDescription()
            shown[scene, button.accessibleName()] = button.shown_key
    assert shown["lending", "終了して画面を消す"] == "F12 長押し"
    assert shown["lending", "番号をコピー"] == "Alt+C"
    assert shown["guardian", "やめる"] == "F12 長押し"
    assert shown["lending-next-card", "次の方に替わる"] == "Alt+Y"


@pytest.mark.parametrize(("name", "key"), [("使い方", "F1"), ("連携登録", "F2"), ("解除", "F3"), ("状況", "F4")])
def test_the_rail_shows_the_keys_that_open_its_pages(hands: Hands, name: str, key: str) -> None:
    hands.window.resize(800, 600)
    hands.show(*SCENES["waiting"])
    [button] = [button for button in hands.window.findChildren(RailButton) if button.text() == name]
    assert button.accessibleDescription() == key
    hands.key(Qt.Key[f"Key_{key}"])
    by_key, hands.said[:] = list(hands.said), []
    button.click()
    assert by_key == hands.said != []
    # Also while it has something else to say.
    hands.show(*SCENES["pin"])
    assert key in button.accessibleDescription().split()


@pytest.mark.parametrize(("size", "scene"), [((800, 600), "local-many"), ((1024, 768), "lending")])
def test_no_word_of_a_service_stands_on_its_key(hands: Hands, size: tuple[int, int], scene: str) -> None:
    hands.window.resize(*size)
    hands.show(*SCENES[scene])
    tiles = [tile for tile in hands.window.findChildren(Tile) if tile.isVisible()]
    assert len(tiles) >= 7
    for tile in tiles:
        assert not any(words.geometry().intersects(tile.chord_place()) for words in tile.findChildren(Words)), tile.accessibleName()
        assert tile.rect().contains(tile.chord_place())


def test_a_key_that_finds_no_room_behind_the_label_is_drawn_below_it(hands: Hands) -> None:
    button = Button("終了して画面を消す", "primary", key="F12 長押し", parent=hands.window)
    button.show()
    settle()
    wide, narrow = button.sizeHint().width(), button.minimumSizeHint().width()
    for width in (wide, narrow):
        button.resize(width, button.sizeHint().height())
        assert button.needed().width() <= width
        assert button.needed().height() <= button.height()
        with_key = button.grab().toImage()
        button.show_key("")
        assert button.grab().toImage() != with_key
        button.show_key("F12 長押し")
    assert narrow < wide - 40


def test_what_is_said_of_a_button_does_not_take_its_key_away(hands: Hands) -> None:
    hands.show(*SCENES["guardian"])
    assert hands.control("次へ: 利用カード").accessibleDescription() == "あと6つの確認が済むと、次へ進めます。 Alt+N"


# Wine makes it eight pixels higher the first time it is asked to (tests/ui/test_not_done.py).
@pytest.mark.qt_log_ignore("QWindowsWindow::setGeometry: Unable to set geometry 800x480", extend=True)
def test_the_smallest_window_still_has_room_for_the_warning_before_the_page_is_closed(hands: Hands) -> None:
    """Folded away it would be read too late."""
    hands.window.resize(800, 480)
    hands.show(*SCENES["idle-warning"])
    assert "続ける" in hands.controls()
    assert "秒たつと画面を閉じます" in hands.texts()


def test_two_lines_in_the_bar_leave_room_inside_their_border(hands: Hands) -> None:
    hands.window.resize(800, 600)
    hands.show(*SCENES["waiting-registry-shut-out"])
    [bar] = hands.window.findChildren(StatusBar)
    [item] = [item for item in bar.findChildren(StatusItem) if "受け付けられていません" in item.accessibleName()]
    [words] = item.findChildren(Words)
    assert words.height() > words.fontMetrics().height() * 1.5
    assert words.y() >= 4
    assert item.height() - words.geometry().bottom() > 4
    assert bar.contentsRect().contains(item.geometry())
