"""The real program on a store that is enrolled with the library's server, whose answers arrive here by hand."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication

from kiosk.config import CardSettings, DisplaySettings, RevocationSource, Settings
from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.events import (
    CheckFound,
    Event,
    LibraryCardEntered,
    LinkAgreed,
    OperationAccepted,
    OperationRefused,
    RefusalSeen,
    ReplacementChosen,
    UnlinkConfirmed,
)
from kiosk.domain.feed import Snapshot
from kiosk.domain.health import Finding
from kiosk.domain.model import OperationKind, RefusedOperation, RegistryCondition, ReplaceReason
from kiosk.domain.operations import AcceptedAt, Pending, RefusedFor
from kiosk.domain.states import (
    AskingPin,
    ChoosingReplacement,
    ConfirmingStop,
    Counter,
    CounterRules,
    Registered,
    RegistrationRefused,
    Unlinked,
)
from kiosk.domain.wire import Position, ReplaceOperation
from kiosk.effects import Conductor, Outside
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.store.repository import Repository
from kiosk.text import plain, say
from tests.support.counter.headless import KEYS, deck, judge
from tests.support.counter.steps import OWN, PIN, Stage
from tests.support.counter.windowed import OpenedCounter, words_on
from tests.support.store.enrolled import load
from tests.support.wait import LIMIT

__all__ = ["deck", "judge"]
SETTINGS = Settings(card=CardSettings(revocation=RevocationSource.NONE), display=DisplaySettings(sounds=0))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "kiosk.db"
    with Repository(path, KEYS, SETTINGS.counter.name, lambda: datetime.now(UTC)) as made:
        made.enrol("https://registry.example", "窓口1")
        load(made, Snapshot(Epochs(1), 0, ()), Position(1, 0), keys=KEYS)
    return path


@pytest.fixture
def stage(qapp: QApplication, store: Path, deck: Deck, judge: CardJudge) -> Iterator[Stage]:
    with OpenedCounter(SETTINGS, judge, store) as opened:
        yield Stage(opened, deck, judge)


def operations(stage: Stage) -> dict[UUID, object]:
    return {own.operation.origin.uuid: own.state for own in stage.opened.repository.operations()}


def refuse(stage: Stage, operation: UUID, code: Code) -> None:
    """The answer arrives, and staff are told of it."""
    repository = stage.opened.repository
    repository.answer({operation: RefusedFor(code)}, epoch=1)
    [told] = [each for each in repository.refused_operations() if each.operation == operation]
    stage.opened.say(OperationRefused(told))


def says(stage: Stage, key: str) -> bool:
    """On either window."""
    wanted = plain(say(key)).replace("\n", "")
    windows = stage.opened.staff, stage.opened.patron
    return any(wanted in plain(text).replace("\n", "") for window in windows for text in words_on(window))


def test_a_counter_of_a_library_with_a_server_knows_it_from_its_file(stage: Stage) -> None:
    assert stage.opened.counter.registry is RegistryCondition.STARTING


def test_a_registration_waits_under_the_operation_that_the_store_keeps_and_is_confirmed(stage: Stage) -> None:
    stage.to_registered()
    page = stage.opened.until_at(Registered)
    assert page.pending
    assert operations(stage) == {page.operation: Pending()}
    assert says(stage, "patron.done.not-yet-elsewhere")
    stage.opened.repository.answer({page.operation: AcceptedAt(Position(1, 1))}, epoch=1)
    stage.opened.say(OperationAccepted(page.operation))
    assert not stage.opened.until_at(Registered).pending
    stage.opened.until(lambda counter: counter.facts.finding("store").number("pending") == 0)
    assert says(stage, "patron.done.from-now-on")


def test_a_refusal_is_forgotten_once_staff_have_closed_its_page(stage: Stage) -> None:
    stage.to_registered()
    operation = stage.opened.until_at(Registered).operation
    refuse(stage, operation, Code.STOPPED_SINCE)
    stage.opened.until_at(RegistrationRefused)
    assert says(stage, "patron.refused.undone")
    stage.opened.press(stage.opened.staff, say("staff.action.close"))
    stage.opened.until(lambda _: not operations(stage))


def test_a_refusal_that_nobody_has_seen_is_told_after_the_next_start(qapp: QApplication, store: Path, deck: Deck, judge: CardJudge) -> None:
    with OpenedCounter(SETTINGS, judge, store) as opened:
        stage = Stage(opened, deck, judge)
        stage.to_registered()
        operation = opened.until_at(Registered).operation
        opened.repository.answer({operation: RefusedFor(Code.LINKED_ELSEWHERE)}, epoch=1)
    with OpenedCounter(SETTINGS, judge, store) as opened:
        [told] = opened.counter.refused_operations
        assert (told.operation, told.kind, told.code) == (operation, OperationKind.LINK, Code.LINKED_ELSEWHERE)
        assert told.masked == OWN.masked
        stage = Stage(opened, deck, judge)
        assert says(stage, "staff.banner.refused-link")
        opened.press_in_notice(say("staff.banner.refused-seen"))
        opened.until(lambda _: not operations(stage))
        assert opened.counter.refused_operations == ()


class FullDisk:
    def forget_refusal(self, operation: UUID) -> None:
        raise Unavailable(Code.STORE_FULL)


def test_a_refusal_that_could_not_be_forgotten_is_told_among_what_was_not_written() -> None:
    posted: queue.SimpleQueue[Event] = queue.SimpleQueue()
    nothing = cast(Any, None)
    told = RefusedOperation(UUID(int=1), OperationKind.LINK, Code.STOPPED_SINCE, OWN.masked, datetime.now(UTC))
    outside = Outside(nothing, cast(Any, FullDisk()), posted.put, nothing, nothing, lambda counter: None, nothing)
    conductor = Conductor(Counter(CounterRules(), date(2026, 11, 23), refused_operations=(told,)), outside)
    conductor.happen(RefusalSeen(told.operation))
    conductor.stop(limit=LIMIT)
    assert posted.get(timeout=LIMIT) == CheckFound(Finding("records.wrong", {"code": Code.STORE_FULL}))


def test_a_replacement_names_to_the_store_what_staff_were_shown(stage: Stage) -> None:
    stage.to_replacement()
    shown = stage.opened.until_at(ChoosingReplacement)
    link = stage.opened.repository.find(shown.reading.token)
    assert link is not None
    stage.opened.say(ReplacementChosen(ReplaceReason.CORRECTION), LinkAgreed())
    stage.opened.until_at(AskingPin)
    stage.confirm(PIN)
    stage.opened.until_at(Registered)
    replaced = stage.opened.repository.operations()[-1].operation
    assert isinstance(replaced, ReplaceOperation)
    assert replaced.replaces == {link.operation}


def test_a_number_without_a_link_is_stopped(stage: Stage) -> None:
    stage.to_unlinking_number()
    stage.opened.say(LibraryCardEntered(OWN.text))
    stage.opened.until_at(ConfirmingStop)
    stage.opened.say(UnlinkConfirmed())
    page = stage.opened.until_at(Unlinked)
    assert (page.pending, page.link_known) == (True, False)
    assert operations(stage) == {page.operation: Pending()}


def test_an_unlinking_stays_on_the_home_screen_until_the_server_has_it(stage: Stage) -> None:
    stage.to_unlinking_number()
    stage.opened.say(LibraryCardEntered(OWN.text))
    stage.opened.until_at(ConfirmingStop)
    stage.opened.say(UnlinkConfirmed())
    operation = stage.opened.until_at(Unlinked).operation
    stage.opened.press(stage.opened.staff, say("staff.action.done"))
    [unsent] = stage.opened.until(lambda counter: bool(counter.unsent_unlinkings)).unsent_unlinkings
    assert unsent.masked == OWN.masked
    assert "この窓口だけで停止しています(" in "".join(map(plain, words_on(stage.opened.staff)))
    stage.opened.repository.answer({operation: AcceptedAt(Position(1, 1))}, epoch=1)
    stage.opened.say(OperationAccepted(operation))
    stage.opened.until(lambda counter: not counter.unsent_unlinkings)
    assert "この窓口だけで" not in "".join(map(plain, words_on(stage.opened.staff)))
