"""Bugs at every edge of the counter end alike: one number in the log and on both windows, the session gone, and everything working again.
They are raised by doubles at the edges: readers, library system, printer, another program's window, Qt and threads.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from kiosk.checks.periodic import Look
from kiosk.config import CardSettings, DisplaySettings, LogSettings, RevocationSource, Settings
from kiosk.domain.events import BrokeSeen, StatusChosen
from kiosk.domain.health import Finding
from kiosk.domain.model import IlsCondition, LibraryCardNumber, Patron, ReaderCondition
from kiosk.domain.states import ConfirmingHolder, Counter, LendingRefused, OutOfOrder, Waiting
from kiosk.log import kept_in
from kiosk.slip_cleanup import SlipFolder, swept
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.text import plain, say
from tests.support.cards.breaking_readers import SECRET, BreakingReaders
from tests.support.counter.headless import deck, judge
from tests.support.counter.steps import Stage
from tests.support.counter.windowed import OpenedCounter, words_on
from tests.support.wait import LIMIT

__all__ = ["deck", "judge"]
SETTINGS = Settings(card=CardSettings(revocation=RevocationSource.NONE), display=DisplaySettings(sounds=0))
Open = Callable[..., AbstractContextManager["Broken"]]
NUMBER = re.compile(r"\d{4}-\d{4}-[0-9A-F]{2}")


class BreakingLibrary:
    """A library system that raises an exception its interface does not allow, in the call named in `broken`."""

    condition = IlsCondition.READY
    broken = ""
    asked = 0

    def _check(self, call: str) -> None:
        if self.broken == call:
            raise RuntimeError(SECRET)

    def patron(self, number: LibraryCardNumber) -> Patron:
        self._check("patron")
        return Patron(number)

    def keep_alive(self) -> IlsCondition:
        self.asked += 1
        self._check("keep_alive")
        return self.condition

    def reconnect(self) -> IlsCondition:
        self._check("reconnect")
        return self.condition

    def close(self) -> None:
        pass


@dataclass
class Broken:
    """A counter with a log and failing edges."""

    opened: OpenedCounter
    world: BreakingReaders
    library: BreakingLibrary
    log_file: Path
    stage: Stage

    def until(self, fits: Callable[[Counter], bool]) -> None:
        end = time.monotonic() + LIMIT
        while not fits(self.opened.counter):
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            assert time.monotonic() < end, f"still {self.opened.counter}"

    @property
    def log(self) -> str:
        return self.log_file.read_text("utf-8")

    @property
    def incidents(self) -> list[str]:
        return re.findall(r"incident (\S+)\n", self.log)

    def told(self) -> str:
        """The number shown on both windows; the log has it with the location and without the text."""
        self.until(lambda counter: isinstance(counter.flow, OutOfOrder))
        assert isinstance(self.opened.flow, OutOfOrder)
        number = self.opened.flow.incident
        self.opened.settle()
        assert NUMBER.fullmatch(number)
        assert plain(say("staff.trouble.incident", incident=number)) in words_on(self.opened.staff)
        assert any(number in words for words in words_on(self.opened.patron))
        assert self.log.count(f"incident {number}\n  builtins.RuntimeError\n") == 1
        assert len(self.incidents) == 1
        assert SECRET not in self.log
        return number

    def serves_again(self) -> None:
        """Staff return to the start; the next card is served."""
        self.opened.say(BrokeSeen())
        self.until(lambda counter: counter.reader is ReaderCondition.READY and counter.flow == Waiting())
        self.opened.end()
        self.stage.link()
        self.stage.lay()
        self.opened.until_at(ConfirmingHolder)


@pytest.fixture
def broken(qapp: QApplication, tmp_path: Path, judge: CardJudge, deck: Deck) -> Open:
    @contextmanager
    def counter(**more: Any) -> Iterator[Broken]:
        world, library = BreakingReaders(), BreakingLibrary()
        with (
            kept_in(tmp_path / "logs", LogSettings()),
            OpenedCounter(SETTINGS, judge, tmp_path / "kiosk.db", world=world, library=library, **more) as opened,  # type: ignore[arg-type]
        ):
            yield Broken(opened, world, library, tmp_path / "logs" / "kiosk.log", Stage(opened, deck, judge))

    return counter


# --- the card -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["open", "connect", "transmit"])
def test_a_bug_on_the_way_to_the_card(call: str, broken: Open) -> None:
    with broken() as counter:
        counter.world.break_next(call)
        counter.stage.lay()
        counter.told()
        counter.serves_again()


def test_a_card_that_cannot_be_let_go_leaves_the_thread_alive(broken: Open, deck: Deck) -> None:
    with broken() as counter:
        counter.world.break_next("close")
        counter.stage.lay()
        counter.told()
        counter.serves_again()


# --- the watch ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["watch", "wait"])
def test_a_bug_in_the_watch_is_told_as_one_and_watching_begins_again(call: str, broken: Open) -> None:
    with broken() as counter:
        if call == "watch":
            # A new context is opened only after trouble.
            counter.world.break_next("watch", thread="card-watch")
            counter.world.stop_service()
            counter.until(lambda state: state.reader is ReaderCondition.SERVICE_MISSING or isinstance(state.flow, OutOfOrder))
            counter.world.start_service()
        else:
            counter.world.break_next("wait", thread="card-watch")
            counter.world.lay(counter.stage.card)
        counter.told()
        if call == "wait":
            counter.world.lift()
        counter.serves_again()


def test_a_bug_that_stays_keeps_its_number_and_is_not_called_a_missing_service(broken: Open) -> None:
    with broken() as counter:
        counter.world.break_next("wait", 1000, "card-watch")
        counter.world.lay(counter.stage.card)
        number = counter.told()
        counter.opened.say(BrokeSeen())
        counter.until(lambda state: state.reader is ReaderCondition.BROKEN)
        counter.opened.settle()
        assert counter.opened.flow == Waiting()
        assert any(number in words for words in words_on(counter.opened.staff))
        assert say("staff.bar.reader-broken") in words_on(counter.opened.staff)
        assert counter.incidents == [number]
        counter.world.break_next("wait", 0)
        counter.until(lambda state: state.reader is ReaderCondition.READY)


# --- the library's system, another window, paper --------------------------------------------------------------------------


def test_a_bug_at_the_library_system(broken: Open) -> None:
    with broken() as counter:
        counter.library.broken = "patron"
        counter.stage.link()
        counter.stage.lay()
        counter.told()
        counter.library.broken = ""
        counter.serves_again()


def test_a_line_that_cannot_be_looked_after_is_told_once(broken: Open) -> None:
    with broken() as counter:
        counter.library.broken = "keep_alive"
        counter.opened.program.conductor.keep_library_alive()
        counter.told()
        counter.opened.say(BrokeSeen())
        again = counter.library.asked
        while counter.library.asked < again + 2:
            counter.opened.program.conductor.keep_library_alive()
            counter.opened.settle()
        counter.opened.settle()
        assert counter.opened.flow == Waiting()
        assert len(counter.incidents) == 1


# --- Qt, threads ----------------------------------------------------------------------------------------------------------


def test_a_bug_in_what_qt_calls(broken: Open) -> None:
    def slot() -> None:
        raise RuntimeError(SECRET)

    with broken() as counter:
        QTimer.singleShot(0, slot)
        counter.told()
        counter.serves_again()


def test_a_thread_that_nobody_looks_after(broken: Open) -> None:
    def die() -> None:
        raise RuntimeError(SECRET)

    with broken() as counter:
        threading.Thread(target=die).start()
        counter.told()
        counter.serves_again()


def test_slips_are_deleted_again_after_a_bug(broken: Open, tmp_path: Path) -> None:
    slip = tmp_path / "slip-20200101-101500.pdf"
    slip.write_bytes(b"")
    bugs = [RuntimeError(SECRET)]

    def today() -> date:
        if bugs:
            raise bugs.pop()
        return date(2026, 11, 23)

    with broken() as counter, swept(SlipFolder(tmp_path, 1), today, every=0.01):
        counter.told()
        counter.until(lambda _: not slip.exists())


# --- checks ---------------------------------------------------------------------------------------------------------------


def test_a_bug_in_a_check_is_told_with_its_number_and_ends_no_session(broken: Open, deck: Deck) -> None:
    def look() -> Finding:
        raise RuntimeError(SECRET)

    with broken(looks=((Look("printing", look),),)) as counter:
        counter.opened.lay(deck.fresh("expired"))
        counter.opened.until_at(LendingRefused)
        counter.opened.until(lambda state: state.facts.finding("printing").outcome == "printing.bug")
        assert isinstance(counter.opened.flow, LendingRefused)
        number = str(counter.opened.counter.facts.finding("printing").params["incident"])
        counter.opened.say(StatusChosen())
        counter.opened.settle()
        assert any(number in words for words in words_on(counter.opened.staff))
        assert counter.log.count(f"incident {number}\n  builtins.RuntimeError\n") == 1
        assert SECRET not in counter.log


def test_a_bug_in_the_heartbeat_is_told_and_it_beats_again(broken: Open, deck: Deck) -> None:
    with broken() as counter:
        counter.world.break_next("wait", thread="heartbeat")
        counter.opened.lay(deck.fresh("expired"))
        counter.opened.until_at(LendingRefused)
        counter.opened.until(lambda state: state.facts.finding("service").outcome == "service.bug")
        number = counter.opened.counter.facts.finding("service").params["incident"]
        assert counter.incidents == [number]
        counter.opened.say(StatusChosen())
        counter.opened.settle()
        assert any(str(number) in words for words in words_on(counter.opened.staff))
        counter.opened.until(lambda state: state.facts.finding("service").outcome == "service.running")
        assert isinstance(counter.opened.flow, LendingRefused)
