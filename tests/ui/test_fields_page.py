"""番号を入れる欄 on the staff window, by touch and by keyboard alone: from 状況 to a target in the configuration."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QInputDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from kiosk.domain.errors import Code
from kiosk.domain.events import (
    FieldSeen,
    FieldsFailed,
    FieldTaught,
    FieldTypingBegan,
    RegistrationChosen,
    StatusChosen,
    TargetsRead,
    TargetTried,
)
from kiosk.domain.field_effects import ForgetTarget, KeepTarget, ReadTargets, TeachField, TryTarget
from kiosk.domain.field_targets import FieldTarget, SeenField, TaughtField, WayIn
from kiosk.domain.states import Fields, Waiting
from kiosk.ui.staff import StaffWindow
from kiosk.ui.staff.scroll import ScrollArea
from kiosk.ui.widgets.check_row import CheckRow
from tests.support.wait import WAIT_MS
from tests.support.windows.fields_samples import LENDING, RULES, SEEN, TAUGHT
from tests.support.windows.patron_samples import counter
from tests.support.windows.staff_window import ALT, LiveStaffWindow, settle

TEACH, KEEP, TITLE = "教える", "設定に書く", "タイトル「図書館システム」"


@pytest.fixture
def desk(qtbot: QtBot) -> LiveStaffWindow:
    made = LiveStaffWindow(counter=counter(Waiting(), rules=RULES, cards=()))
    qtbot.addWidget(made.window, before_close_func=StaffWindow.close_for_good)
    made.happen(StatusChosen())
    settle()
    return made


def page(desk: LiveStaffWindow) -> Fields:
    assert desk.counter.fields is not None
    return desk.counter.fields


def touch(desk: LiveStaffWindow, name: str) -> None:
    """With a finger, in the middle of the control, once it has been scrolled to."""
    control = desk.control(name)
    for area in desk.window.findChildren(ScrollArea):
        if area.isAncestorOf(control):
            area.ensureWidgetVisible(control)
    settle()
    device = QTest.createTouchDevice(QInputDevice.DeviceType.TouchScreen)
    middle = control.rect().center()
    QTest.touchEvent(desk.window, device).press(0, middle, control).commit()
    QTest.touchEvent(desk.window, device).release(0, middle, control).commit()
    settle()


def opened(desk: LiveStaffWindow, *targets: FieldTarget) -> None:
    touch(desk, "欄を見る・教える")
    desk.happen(TargetsRead(page(desk).ticket, targets))
    settle()


def taught(desk: LiveStaffWindow, found: TaughtField) -> None:
    desk.happen(FieldTaught(page(desk).ticket, found))
    settle()


def asked(desk: LiveStaffWindow, kind: type) -> list[object]:
    return [effect for effect in desk.asked if type(effect) is kind]


def test_by_touch_a_field_is_taught_and_kept(desk: LiveStaffWindow) -> None:
    opened(desk)
    assert "教えた欄はまだありません" in desk.plain_texts()
    touch(desk, TEACH)
    assert asked(desk, TeachField) == [TeachField(page(desk).ticket, WayIn.KEYS, unchecked=False)]
    assert "まだクリックされていません" in desk.plain_texts()
    desk.happen(FieldSeen(page(desk).ticket, SeenField("xterm", "端末", reason="silent-program")))
    settle()
    assert "欄の名前を知らせない" in desk.plain_texts()
    desk.happen(FieldSeen(page(desk).ticket, SEEN))
    settle()
    for said in ("番号を入れられる欄です", "entry", SEEN.title, "利用者番号", SEEN.address):
        assert said in desk.plain_texts()
    desk.happen(FieldTypingBegan(page(desk).ticket, "2104123456"))
    settle()
    assert "ためしの番号 2104123456 を" in desk.plain_texts()
    assert "教えるのをやめる" not in desk.controls()
    taught(desk, TaughtField(TAUGHT))
    assert not desk.control(KEEP).isEnabled()
    for name in (TITLE, "サービス「貸出」", "サービス「学習室」", "番号のあとに押すキー: Enter"):
        touch(desk, name)
    touch(desk, KEEP)
    [kept] = asked(desk, KeepTarget)
    assert isinstance(kept, KeepTarget)
    assert kept.target == replace(TAUGHT, name="貸出、学習室", title="図書館システム", services=("loan", "学習室"), suffix="enter")
    desk.happen(TargetsRead(page(desk).ticket, (replace(kept.target, in_force=False),)))
    settle()
    assert "「貸出、学習室」を設定に書きました" in desk.plain_texts()
    assert "まだ使っていません" in desk.plain_texts()


class Painted(QObject):
    """The heights at which rows to be ticked are painted."""

    def __init__(self) -> None:
        super().__init__()
        self.heights: set[int] = set()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, CheckRow) and event.type() is QEvent.Type.Paint:
            self.heights.add(watched.height())
        return False


def test_no_step_is_seen_before_it_is_laid_out(desk: LiveStaffWindow, qtbot: QtBot) -> None:
    opened(desk)
    touch(desk, TEACH)
    painted = Painted()
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(painted)
    try:
        taught(desk, TaughtField(TAUGHT))
        qtbot.waitUntil(lambda: bool(painted.heights), timeout=WAIT_MS)
    finally:
        application.removeEventFilter(painted)
    assert min(painted.heights) >= 44


def test_by_keyboard_alone_a_field_is_taught_and_kept(desk: LiveStaffWindow) -> None:
    opened(desk)
    desk.key(Qt.Key.Key_N, ALT)
    assert len(asked(desk, TeachField)) == 1
    taught(desk, TaughtField(TAUGHT))
    for name in (TITLE, "サービス「貸出」"):
        tab_to(desk, name)
        desk.key(Qt.Key.Key_Space)
    desk.key(Qt.Key.Key_N, ALT)
    [kept] = asked(desk, KeepTarget)
    assert isinstance(kept, KeepTarget)
    assert (kept.target.name, kept.target.title, kept.target.services) == ("貸出", "図書館システム", ("loan",))


def tab_to(desk: LiveStaffWindow, name: str) -> None:
    wanted = desk.control(name)
    for _ in range(60):
        if desk.focused is wanted:
            return
        desk.key(Qt.Key.Key_Tab)
    pytest.fail(f"no way to {name}")


def test_a_tapped_key_types_into_no_other_program(desk: LiveStaffWindow) -> None:
    opened(desk, LENDING)
    for name in ("「貸出」をためす", TEACH):
        tab_to(desk, name)
        desk.key(Qt.Key.Key_Return)
    assert asked(desk, TryTarget) == asked(desk, TeachField) == []
    tab_to(desk, "「貸出」をためす")
    desk.hold(Qt.Key.Key_Return)
    assert len(asked(desk, TryTarget)) == 1


def test_what_was_taught_by_a_value_is_kept_only_once_somebody_has_seen_it_used(desk: LiveStaffWindow) -> None:
    opened(desk)
    touch(desk, "入れ方: 中身を書き換える")
    touch(desk, TEACH)
    assert asked(desk, TeachField) == [TeachField(page(desk).ticket, WayIn.SET_VALUE, unchecked=False)]
    taught(desk, TaughtField(replace(TAUGHT, way=WayIn.SET_VALUE), is_noticed=False))
    touch(desk, TITLE)
    assert not desk.control(KEEP).isEnabled()
    assert "番号が使われることを確かめると書けます" in desk.plain_texts()
    [noticed] = [name for name in desk.controls() if name.startswith("Enter を押すなどして")]
    touch(desk, noticed)
    assert desk.control(KEEP).isEnabled()


def test_only_one_part_of_the_title_is_kept_and_a_value_needs_a_field(desk: LiveStaffWindow) -> None:
    opened(desk)
    touch(desk, "入れ方: 中身を書き換える")
    touch(desk, "教えるもの: ウィンドウだけ")
    touch(desk, TEACH)
    assert asked(desk, TeachField) == [TeachField(page(desk).ticket, WayIn.KEYS, unchecked=True)]
    taught(desk, TaughtField(replace(TAUGHT, habit="unchecked")))
    touch(desk, "タイトル「貸出」")
    touch(desk, TITLE)
    touch(desk, KEEP)
    [kept] = asked(desk, KeepTarget)
    assert isinstance(kept, KeepTarget)
    assert (kept.target.name, kept.target.title) == ("番号のウィンドウ", "図書館システム")


def test_what_was_chosen_for_one_field_is_not_chosen_for_the_next(desk: LiveStaffWindow) -> None:
    opened(desk)
    for _ in range(2):
        touch(desk, TEACH)
        taught(desk, TaughtField(TAUGHT))
        assert not desk.control(KEEP).isEnabled()
        touch(desk, TITLE)
        assert desk.control(KEEP).isEnabled()
        touch(desk, "書かずにやめる")


def test_a_field_that_is_left_gets_no_key_after_the_number(desk: LiveStaffWindow) -> None:
    opened(desk)
    touch(desk, TEACH)
    taught(desk, TaughtField(replace(TAUGHT, habit="jumps")))
    assert not any(name.startswith("番号のあとに押すキー") for name in desk.controls())


def test_a_target_is_tried_and_removed_after_a_question(desk: LiveStaffWindow) -> None:
    opened(desk, LENDING)
    touch(desk, "「貸出」をためす")
    assert not desk.control("「貸出」を除く").isEnabled()
    desk.happen(TargetTried(page(desk).ticket, checked=True))
    settle()
    assert "「貸出」にためしの番号を入れ、読み返しました" in desk.plain_texts()
    touch(desk, "「貸出」を除く")
    touch(desk, "「貸出」を除くのをやめる")
    assert asked(desk, ForgetTarget) == []
    touch(desk, "「貸出」を除く")
    touch(desk, "「貸出」を設定から除く")
    assert asked(desk, ForgetTarget) == [ForgetTarget(page(desk).ticket, "貸出")]


def test_why_a_field_could_not_be_taught_is_said_with_what_to_do_here(desk: LiveStaffWindow) -> None:
    opened(desk)
    for code, params, told in (
        (Code.HANDOVER_FIELD_UNSEEN, (("reason", "silent-program"),), "「ウィンドウだけ」を選んで教えてください"),
        (Code.HANDOVER_FIELD_UNSEEN, (("reason", "fixed"),), "「キーを押す」を選んで"),
        (Code.HANDOVER_FIELD_UNSEEN, (("reason", "nameless"),), "ほかの欄にするか、「ウィンドウだけ」を選んで"),
        (Code.HANDOVER_NOT_SHOWN, (("typed", 3),), "入ったものを消してから"),
        (Code.HANDOVER_FIELD_FILLED, (), "欄を空にしてから"),
        (Code.HANDOVER_IMPOSSIBLE, (), "管理者に「kiosk doctor」での確認を"),
        (Code.FILE_UNUSABLE, (("place", "config.toml"), ("reason", "denied")), "管理者に権限の確認を"),
    ):
        touch(desk, TEACH)
        desk.happen(FieldsFailed(page(desk).ticket, code, params))
        settle()
        assert told in desk.plain_texts()
        assert "表示した番号をコピー" not in desk.plain_texts()


def test_while_a_patron_is_served_the_way_there_is_closed_with_the_reason(desk: LiveStaffWindow) -> None:
    desk.happen(RegistrationChosen())
    desk.happen(StatusChosen())
    settle()
    button = desk.control("欄を見る・教える")
    assert isinstance(button, QAbstractButton)
    assert not button.isEnabled()
    assert "利用者の手続きの間は開けません" in button.accessibleDescription()
    assert asked(desk, ReadTargets) == []
