"""A running counter whose parts fail: both windows show it, nothing unknown is reported as fine, and everything recovers by itself."""

from __future__ import annotations

import queue
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from kiosk.app import Program, running
from kiosk.app.engine import Equipment
from kiosk.checks.logfile import check_log
from kiosk.checks.periodic import Look, Rounds, counter_looks
from kiosk.config import CardSettings, DisplaySettings, Home, LogSettings, RevocationSource, Settings
from kiosk.domain.clock import clock_bounds
from kiosk.domain.errors import Code
from kiosk.domain.events import CheckFound, CrashesSeen, Event, HomeChosen, StatusChosen
from kiosk.domain.health import Finding
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReaderCondition, Revocation
from kiosk.domain.states import ConfirmingHolder, CounterFacts, LendingRefused
from kiosk.log import kept_in
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.pcsc import PcscMonitor, PcscReaders
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.store.repository import Repository
from kiosk.ui.widgets.words import Words
from tests.support.counter.headless import KEYS, deck, judge
from tests.support.counter.steps import OWN, Stage
from tests.support.counter.windowed import OpenedCounter
from tests.support.pcscd.rig import PcscdRig
from tests.support.wait import LIMIT, SOON, WAIT_MS

__all__ = ["deck", "judge"]
SETTINGS = Settings(card=CardSettings(revocation=RevocationSource.NONE), display=DisplaySettings(sounds=0))


@contextmanager
def counter_on(folder: Path, judge: CardJudge, **more: object) -> Iterator[OpenedCounter]:
    with OpenedCounter(SETTINGS, judge, folder / "kiosk.db", **more) as opened:  # type: ignore[arg-type]
        yield opened


def shown(window: QWidget) -> str:
    """What can be read in it now."""
    visible = (widget for widget in window.findChildren(QWidget) if widget.isVisible())
    return "\n".join(widget.text if isinstance(widget, Words) else widget.accessibleName() for widget in visible).replace("\n", " ")


def facts(opened: OpenedCounter) -> CounterFacts:
    return opened.program.conductor.counter.facts


def test_crashes_are_forgotten_once_staff_have_seen_them(qapp: QApplication, tmp_path: Path, judge: CardJudge) -> None:
    forgotten = threading.Event()
    with counter_on(tmp_path, judge, forget_crashes=forgotten.set) as opened:
        opened.say(CrashesSeen())
        assert forgotten.wait(LIMIT)


# --- the store ----------------------------------------------------------------------------------------------------------


@pytest.mark.linux("open files may go")
def test_a_store_that_cannot_be_read_has_no_count_and_comes_back(qapp: QApplication, tmp_path: Path, judge: CardJudge) -> None:
    with counter_on(tmp_path, judge) as opened:
        opened.repository.save_link(uuid.uuid4(), LinkToken(bytes(32)), LibraryCardNumber("1000002"), revocation=Revocation.GOOD)
        opened.say(StatusChosen())
        opened.until(lambda _: facts(opened).finding("store").number("links") == 1)
        assert "1件" in shown(opened.staff)
        # As when a share goes and comes.
        away = tmp_path / "away"
        away.mkdir()
        files = list(tmp_path.glob("kiosk.db*"))
        for path in files:
            path.rename(away / path.name)
        opened.say(HomeChosen(), StatusChosen())
        opened.until(lambda _: facts(opened).finding("store").outcome == "store.wrong")
        for nothing in ("0件", "0回", "異常はありません"):
            assert nothing not in shown(opened.staff)
        opened.say(HomeChosen())
        assert "カードを待っています" not in shown(opened.staff)
        assert "マイナンバーカードの受付を休止しています" in shown(opened.patron)
        for path in files:
            (away / path.name).rename(path)
        opened.until(lambda _: facts(opened).finding("store").number("links") == 1)
        assert "カードを待っています" in shown(opened.staff)


# --- the clock ----------------------------------------------------------------------------------------------------------


def test_a_clock_that_cannot_be_right_is_named_instead_of_the_card(
    qapp: QApplication, tmp_path: Path, judge: CardJudge, deck: Deck
) -> None:
    """It was later already when something was last written down: the card that seems expired may be as good as any."""
    later = clock_bounds((), datetime.now(UTC) + timedelta(days=30))
    with counter_on(tmp_path, judge, clock=later) as opened:
        opened.lay(deck.fresh("expired"))
        refused = opened.until_at(LendingRefused)
        assert refused.problem.code is Code.CLOCK_DOUBTFUL
        assert "期限が切れたカードとは限りません" in shown(opened.staff)
        assert "電子証明書の有効期限が切れています" not in shown(opened.staff)
        assert "カードの有効期限を確認できません" in shown(opened.patron)
        assert "切れています" not in shown(opened.patron)


def test_with_a_plausible_clock_an_expired_card_is_called_expired(qapp: QApplication, tmp_path: Path, judge: CardJudge, deck: Deck) -> None:
    with counter_on(tmp_path, judge) as opened:
        opened.lay(deck.fresh("expired"))
        assert opened.until_at(LendingRefused).problem.code is Code.CARD_EXPIRED


def test_a_card_that_is_accepted_is_served_whatever_the_clock(qapp: QApplication, tmp_path: Path, judge: CardJudge, deck: Deck) -> None:
    with counter_on(tmp_path, judge, clock=clock_bounds((), datetime.now(UTC) + timedelta(days=30))) as opened:
        stage = Stage(opened, deck, judge)
        stage.link(OWN)
        stage.lay()
        opened.until_at(ConfirmingHolder)


def test_what_was_written_down_later_than_now_is_remembered(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    moments = [now + timedelta(days=40), now + timedelta(days=40), now]
    with Repository(tmp_path / "kiosk.db", KEYS, "窓口1", lambda: moments[-1]) as repository:
        assert repository.left_at is None
        for count, moment in enumerate(moments):
            moments[-1] = moment
            number = LibraryCardNumber(f"1000{count:03}")
            repository.save_link(uuid.uuid4(), LinkToken(bytes([count]) * 32), number, revocation=Revocation.GOOD)
    with Repository(tmp_path / "kiosk.db", KEYS, "窓口1", lambda: now) as repository:
        latest = repository.left_at
    assert latest is not None
    assert abs(latest - moments[0]) < timedelta(seconds=2)


# --- displays, log ------------------------------------------------------------------------------------------------------


def test_without_a_display_for_the_patron_the_mirror_shows_no_invitation(qapp: QApplication, tmp_path: Path, judge: CardJudge) -> None:
    with counter_on(tmp_path, judge, own_displays=True) as opened:
        assert facts(opened).finding("displays").outcome == "displays.one"
        assert "利用者用の画面がありません" in shown(opened.staff)
        assert "カードを置く案内を出しています" not in shown(opened.staff)


@pytest.mark.linux("/dev/full")
def test_a_log_that_cannot_be_written_is_said_and_comes_back(qapp: QApplication, tmp_path: Path, judge: CardJudge) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "kiosk.log").symlink_to("/dev/full")
    with kept_in(logs, LogSettings()):
        with counter_on(tmp_path, judge, looks=((Look("log", lambda: check_log(logs)),),)) as opened:
            opened.until(lambda _: facts(opened).finding("log").outcome == "log.unwritten")
            opened.say(StatusChosen())
            assert "ログを書き込めません" in shown(opened.staff)
        (logs / "kiosk.log").unlink()
        assert check_log(logs).outcome == "log.written"
        for lost in logs.iterdir():
            lost.unlink()
        assert check_log(logs).outcome == "log.written"
        assert (logs / "kiosk.log").read_text()


# --- looks that hang ----------------------------------------------------------------------------------------------------


def test_a_look_that_hangs_holds_back_neither_the_others_nor_the_end() -> None:
    told: queue.SimpleQueue[Event] = queue.SimpleQueue()
    never = threading.Event()

    def hang() -> None:
        never.wait()

    rounds = Rounds(((Look("space", hang),), (Look("log", lambda: Finding("log.written")),)), told.put, first_after=0)
    rounds.start()
    assert told.get(timeout=LIMIT) == CheckFound(Finding("log.written"))
    began = time.monotonic()
    rounds.stop()
    assert time.monotonic() - began < SOON
    never.set()
    assert told.empty()


def test_what_may_lie_on_a_share_holds_back_nothing_else(tmp_path: Path, judge: CardJudge) -> None:
    home, bounds = Home(tmp_path), clock_bounds(())
    with Repository(tmp_path / "kiosk.db", KEYS, "窓口1", lambda: datetime.now(UTC)) as repository:
        groups = [{look.check for look in group} for group in counter_looks(home, SETTINGS, judge, repository, KEYS.site, bounds)]
    for check in ("revocation", "log", "files", "printing"):
        assert {check} in groups
    assert {"clock", "trust"} in groups


def test_a_bug_in_a_look_ends_nobodys_session(caplog: pytest.LogCaptureFixture) -> None:
    told: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def break_down() -> Finding:
        raise ValueError("a bug")

    rounds = Rounds(((Look("space", break_down), Look("log", lambda: Finding("log.written"))),), told.put, first_after=0)
    rounds.start()
    bug = told.get(timeout=LIMIT)
    assert isinstance(bug, CheckFound)
    assert bug.finding.outcome == "space.bug"
    assert told.get(timeout=LIMIT) == CheckFound(Finding("log.written"))
    rounds.stop()
    assert told.empty()
    assert f"incident {bug.finding.params['incident']}\n  builtins.ValueError" in caplog.text


def test_a_listener_that_breaks_does_not_end_the_looks_that_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    told: queue.SimpleQueue[Event] = queue.SimpleQueue()
    caught: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", caught.append)

    def hear(event: Event) -> None:
        if event == CheckFound(Finding("space.enough")):
            raise ValueError("a bug in the listener")
        told.put(event)

    looks = ((Look("space", lambda: Finding("space.enough")), Look("log", lambda: Finding("log.written"))),)
    rounds = Rounds(looks, hear, first_after=0)
    rounds.start()
    assert told.get(timeout=LIMIT) == CheckFound(Finding("log.written"))
    rounds.stop()
    assert [one.exc_type for one in caught] == [ValueError]


# --- the service of the readers -----------------------------------------------------------------------------------------


@contextmanager
def program_on_pcscd(folder: Path, judge: CardJudge) -> Iterator[Program]:
    with Repository(folder / "kiosk.db", KEYS, "窓口1", lambda: datetime.now(UTC)) as repository:
        equipment = Equipment(PcscReaders, PcscMonitor, judge, repository, CounterFacts("窓口1", False))
        program = Program(SETTINGS, equipment.facts, nullcontext(equipment))
        with running(program):
            yield program
        for window in (program.displays.staff, program.displays.patron):
            window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.trial
@pytest.mark.pcscd
def test_a_service_that_stops_answering_is_said_and_comes_back(qtbot: QtBot, pcscd: PcscdRig, tmp_path: Path, judge: CardJudge) -> None:
    with program_on_pcscd(tmp_path, judge) as program:
        conductor = program.conductor

        def is_at(condition: ReaderCondition) -> bool:
            return conductor.counter.reader is condition

        qtbot.waitUntil(lambda: is_at(ReaderCondition.READY), timeout=WAIT_MS)
        pcscd.freeze()
        qtbot.waitUntil(lambda: is_at(ReaderCondition.SILENT), timeout=WAIT_MS)
        assert "応答しなくなりました" in shown(program.displays.staff)
        assert "カードリーダー: 使えます" not in shown(program.displays.staff)
        assert "カードを読み取れません" in shown(program.displays.patron)
        qtbot.waitUntil(lambda: conductor.counter.facts.finding("service").outcome == "service.silent", timeout=WAIT_MS)
        pcscd.thaw()
        qtbot.waitUntil(lambda: is_at(ReaderCondition.READY), timeout=WAIT_MS)
        assert "カードリーダー: 使えます" in shown(program.displays.staff)
        qtbot.waitUntil(lambda: conductor.counter.facts.finding("service").outcome == "service.running", timeout=WAIT_MS)


@pytest.mark.trial
@pytest.mark.pcscd
def test_a_counter_ends_although_the_service_does_not_answer(qtbot: QtBot, pcscd: PcscdRig, tmp_path: Path, judge: CardJudge) -> None:
    with program_on_pcscd(tmp_path, judge) as program:
        qtbot.waitUntil(lambda: program.conductor.counter.reader is ReaderCondition.READY, timeout=WAIT_MS)
        pcscd.freeze()
        qtbot.waitUntil(lambda: program.conductor.counter.reader is ReaderCondition.SILENT, timeout=WAIT_MS)
        began = time.monotonic()
    assert time.monotonic() - began < LIMIT
    pcscd.thaw()
