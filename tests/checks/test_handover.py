"""Whether the field that gets numbers is there now, with a real program on a real accessibility bus."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk.checks.handover import HandoverWatch, check_handover, untried_here
from kiosk.config import CardSettings, HandoverSettings, HandoverTarget, RevocationSource, Settings
from kiosk.domain.field_targets import WayIn
from kiosk.domain.health import Condition
from kiosk.domain.states import HandoverWhen
from kiosk.library.handover import atspi_bus
from tests.support.screens.form_window import TITLE, FormWindow, form_window
from tests.support.screens.xvfb import Terminal
from tests.support.wait import wait_until

pytestmark = [pytest.mark.window, pytest.mark.timeout(120)]

CARD = HandoverTarget(
    name="貸出の番号", title="図書館システム", role="text", label="利用者番号", id="QApplication.Form.card", services=("loan",)
)


def settings(*targets: HandoverTarget) -> Settings:
    return Settings(CardSettings(RevocationSource.NONE), handover=HandoverSettings(HandoverWhen.ON_TAP, target=targets))


def outcome(*targets: HandoverTarget) -> str:
    finding = check_handover(settings(*targets))
    assert TITLE not in str(finding.params), "whole titles may name patrons"
    return finding.outcome


@pytest.fixture(scope="module")
def form() -> Iterator[FormWindow]:
    with form_window() as form:
        yield form


def test_a_field_is_there_or_not(form: FormWindow) -> None:
    note = replace(CARD, name="備考", label="備考", id="QApplication.Form.note")
    finding = check_handover(settings(CARD, note))
    assert (finding.outcome, finding.condition, finding.params["name"]) == ("handover.fields", Condition.OK, "貸出の番号、備考")
    assert outcome(CARD, replace(note, label="住所")) == "handover.field-missing"
    assert outcome(replace(CARD, title="ほかの窓")) == "handover.missing"
    assert outcome(replace(CARD, program="firefox")) == "handover.missing-program"


def test_on_windows_a_field_is_untried_until_it_was_taught_there() -> None:
    here, elsewhere = replace(CARD, computer="DESK-1"), replace(CARD, name="予約", computer="DESK-2")
    window = replace(CARD, name="端末", habit="unchecked")
    windows = [window, *(replace(window, name=way.value, way=way) for way in (WayIn.SCAN_CODES, WayIn.PASTE))]
    assert untried_here((CARD, here, elsewhere, *windows), "desk-1") == ["貸出の番号", "予約", "scan-codes", "paste"]


def test_a_service_that_there_is_not_is_told_first(form: FormWindow) -> None:
    finding = check_handover(settings(CARD, replace(CARD, name="部屋", services=("学習室",))))
    assert (finding.outcome, finding.params) == ("handover.service-unknown", {"name": "部屋", "service": "学習室"})


def test_a_computer_without_an_accessibility_bus_is_told(form: FormWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    assert outcome(CARD) == "handover.no-interface"


def test_a_program_that_tells_nothing_is_told(form: FormWindow) -> None:
    terminal = Terminal("目録 - 貸出", form.desktop)
    try:
        form.hands.activate("目録 - 貸出")
        assert outcome(replace(CARD, title="目録")) == "handover.silent"
        assert outcome(HandoverTarget(name="x", title="目録", habit="unchecked")) == "handover.found"
    finally:
        terminal.close()


def test_a_program_that_hangs_is_not_said_to_lack_the_field(form: FormWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atspi_bus, "_CALL_SECONDS", 0.3)
    [process] = form.window().processes
    os.kill(process, signal.SIGSTOP)
    try:
        assert outcome(CARD) == "handover.no-answer"
    finally:
        os.kill(process, signal.SIGCONT)


def test_a_page_that_was_left_is_no_care_once_it_was_there(form: FormWindow) -> None:
    watch, late = HandoverWatch(settings(CARD)), HandoverWatch(settings(replace(CARD, label="住所")))
    assert (watch.look().outcome, late.look().outcome) == ("handover.fields", "handover.field-missing")
    form.do("title", "目録")
    wait_until(lambda: outcome(CARD) == "handover.missing", "the other title")
    assert watch.look().outcome == "handover.was-there"
    assert late.look().outcome == "handover.missing"
    form.do("title", TITLE)
    wait_until(lambda: outcome(CARD) == "handover.fields", "the title")
