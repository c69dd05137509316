"""What 番号を入れる欄 does with a real program: taught by a click while the counter has windows of its own, tried, and forgotten."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.config import HandoverSettings, read_settings
from kiosk.domain.errors import Code, Refused
from kiosk.domain.field_targets import FieldTarget, SeenField, TaughtField, WayIn
from kiosk.library.handover.field_teacher import FieldTeacher
from tests.support.screens.form_window import TITLE, FormWindow, form_window
from tests.support.screens.xvfb import Terminal

pytestmark = [pytest.mark.window, pytest.mark.timeout(120)]
NUMBER = "210412"


@pytest.fixture(scope="module")
def form() -> Iterator[FormWindow]:
    with form_window() as form:
        terminal = Terminal("端末", form.desktop)
        yield form
        terminal.close()


@pytest.fixture
def teacher(form: FormWindow, tmp_path: Path) -> FieldTeacher:
    for name in ("card", "note"):
        form.do("text", name, "")
    form.do("focus", "card")
    form.hands.activate("端末")
    (tmp_path / "config.toml").write_text('[card]\nrevocation = "none"\n', "utf-8")
    return FieldTeacher(tmp_path / "config.toml", HandoverSettings(), NUMBER)


class Staff:
    """They click into the form, perhaps before anybody has looked, and watch what the page shows."""

    def __init__(self, form: FormWindow) -> None:
        self._form = form
        self.seen: list[SeenField] = []
        self.typing: list[str] = []

    def click(self) -> bool:
        if self._form.hands.active() != TITLE:
            self._form.hands.activate(TITLE)
        return True

    def teach(self, teacher: FieldTeacher, way: WayIn, *, unchecked: bool = False) -> TaughtField | None:
        self.click()
        return teacher.teach(
            way,
            unchecked=unchecked,
            seen=self.seen.append,
            typing=self.typing.append,
            is_wanted=self.click,
        )


@pytest.mark.parametrize("way", [WayIn.KEYS, WayIn.SET_VALUE])
def test_a_field_is_taught_kept_tried_and_forgotten(form: FormWindow, teacher: FieldTeacher, tmp_path: Path, way: WayIn) -> None:
    staff = Staff(form)
    taught = staff.teach(teacher, way)
    assert taught is not None
    target = taught.target
    assert (target.title, target.label, target.habit, target.way) == (TITLE, "利用者番号", "plain", way)
    assert target.computer == platform.node()
    assert taught.is_noticed is (way is WayIn.KEYS)
    assert (staff.seen[-1].label, staff.seen[-1].is_editable, staff.typing) == ("利用者番号", True, [NUMBER])
    assert form.do("text", "card", "") == {"card": "", "note": ""}
    teacher.keep(_named(target))
    [kept] = teacher.targets()
    assert (kept.name, kept.title, kept.in_force) == ("貸出", "図書館システム", False)
    assert teacher.try_out("貸出", is_wanted=lambda: True) is True
    assert form.shown() == {"card": NUMBER, "note": ""}
    with pytest.raises(Refused) as refused:
        teacher.try_out("貸出", is_wanted=lambda: True)
    assert refused.value.code is Code.HANDOVER_FIELD_FILLED
    in_force = read_settings(tmp_path / "config.toml").handover
    assert FieldTeacher(tmp_path / "config.toml", in_force, NUMBER).targets()[0].in_force
    teacher.forget("貸出")
    assert teacher.targets() == ()
    with pytest.raises(Refused):
        teacher.try_out("貸出", is_wanted=lambda: True)


def test_only_a_window_is_taught_without_a_key(form: FormWindow, teacher: FieldTeacher) -> None:
    staff = Staff(form)
    taught = staff.teach(teacher, WayIn.KEYS, unchecked=True)
    assert taught is not None
    assert (taught.target.title, taught.target.habit, staff.typing) == (TITLE, "unchecked", [])
    assert form.shown() == {"card": "", "note": ""}
    teacher.keep(_named(taught.target))
    assert teacher.try_out("貸出", is_wanted=lambda: True) is False
    assert form.shown()["card"] == NUMBER


def test_who_does_not_wait_any_longer_is_not_typed_for(form: FormWindow, teacher: FieldTeacher) -> None:
    staff = Staff(form)
    for unchecked in (False, True):
        taught = teacher.teach(WayIn.KEYS, unchecked=unchecked, seen=staff.seen.append, typing=staff.typing.append, is_wanted=lambda: False)
        assert (taught, staff.typing) == (None, [])
    assert form.shown() == {"card": "", "note": ""}


def _named(target: FieldTarget) -> FieldTarget:
    return replace(target, name="貸出", title="図書館システム", services=("loan",))
