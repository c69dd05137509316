"""A doubted store as staff and patron meet it: no card is served, both windows show it, and one button lets cards be served again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from kiosk.config import CardSettings, DisplaySettings, RevocationSource, Settings
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.errors import Code
from kiosk.domain.events import LibraryCardEntered, LinkAgreed
from kiosk.domain.states import AskingPin, ConfirmingHolder, ConfirmingLink, LendingRefused, PatronShown, RegistrationRefused
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.store.cipher import open_file
from kiosk.store.key_location import key_place
from kiosk.store.repository import Repository
from kiosk.text import plain, say
from tests.support.counter.headless import KEYS, judge_for
from tests.support.counter.steps import OTHER, OWN, PIN, Stage
from tests.support.counter.windowed import OpenedCounter, words_on

SETTINGS = Settings(card=CardSettings(revocation=RevocationSource.NONE), display=DisplaySettings(sounds=0))


@dataclass(frozen=True)
class Kept:
    """Where a counter's store and keys lie."""

    folder: Path

    @property
    def store(self) -> Path:
        return self.folder / "data" / "kiosk.db"

    def open(self) -> Repository:
        anchor = key_place(self.store, "file", self.folder / "keys").anchor(KEYS)
        return Repository(self.store, KEYS, "窓口1", lambda: datetime.now(UTC), anchor=anchor)

    @contextmanager
    def counter(self, deck: Deck) -> Iterator[Stage]:
        anchor = key_place(self.store, "file", self.folder / "keys").anchor(KEYS)
        with OpenedCounter(SETTINGS, judge_for(deck), self.store, anchor=anchor) as opened:
            yield Stage(opened, deck, judge_for(deck))


@pytest.fixture(scope="module")
def deck() -> Deck:
    return Deck(demo=False)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def accept(stage: Stage) -> None:
    """Once it has been read."""
    stage.opened.press_in_notice(say("staff.banner.doubt-accept"))


def said_to(window: QWidget, sentence: str) -> bool:
    return any(sentence in text.replace("\n", "") for text in words_on(window))


def test_a_lost_card_that_an_older_copy_brings_to_life_is_not_served(qtbot: QtBot, deck: Deck, kept: Kept) -> None:
    with kept.counter(deck) as stage:
        stage.link(OWN)
    older = kept.folder / "older.db"
    shutil.copyfile(kept.store, older)
    with kept.counter(deck) as stage:
        stage.unlink(OWN)
    shutil.copyfile(older, kept.store)
    with kept.counter(deck) as stage:
        stage.opened.until(lambda counter: counter.doubt is not None)
        invited, closed = (plain(say(f"{key}")).replace("\n", "") for key in ("patron.waiting.title", "patron.refusal.closed"))
        assert said_to(stage.opened.patron, closed)
        assert not said_to(stage.opened.patron, invited)
        stage.lay()
        assert stage.opened.until_at(LendingRefused).problem.code is Code.STORE_DOUBTED
        stage.opened.end()
        # The library card is served all the while.
        stage.opened.say(LibraryCardEntered(OTHER.text))
        stage.opened.until_at(PatronShown)
        stage.opened.end()
        stage.to_card()
        stage.lay()
        assert stage.opened.until_at(RegistrationRefused).problem.code is Code.STORE_DOUBTED
        stage.opened.end()
        # What was reported lost is unlinked again, by its number, before anything is confirmed.
        stage.unlink(OWN)
        accept(stage)
        stage.opened.until(lambda counter: counter.doubt is None)
        assert said_to(stage.opened.patron, invited)
        stage.lay()
        assert stage.opened.until_at(LendingRefused).problem.code is Code.NOT_LINKED
        assert AdministrativeAct.ACCEPTED in [row.act for row in stage.opened.repository.audit_rows()]
        stage.opened.end()
    with kept.counter(deck) as stage:
        assert stage.opened.repository.doubt is None


def test_a_link_written_in_with_the_key_is_found_while_the_windows_stand(qtbot: QtBot, deck: Deck, kept: Kept) -> None:
    with kept.counter(deck) as stage:
        stage.link(OWN)
    with closing(open_file(kept.store, KEYS.database)) as connection:
        connection.execute("INSERT INTO link SELECT zeroblob(32), '1', since, counter, operation, 9 FROM link")
    with kept.counter(deck) as stage:
        stage.opened.until(lambda _: stage.opened.repository.doubt is not None)
        stage.lay()
        assert stage.opened.until_at(LendingRefused).problem.code is Code.STORE_DOUBTED
        stage.opened.end()
        accept(stage)
        stage.opened.until(lambda _: stage.opened.repository.doubt is None)
        stage.lay()
        stage.opened.until_at(ConfirmingHolder)
        stage.opened.end()


@pytest.mark.linux("open files may go")
def test_a_registration_into_a_file_that_was_replaced_is_not_confirmed(qtbot: QtBot, deck: Deck, kept: Kept) -> None:
    with kept.counter(deck) as stage:
        stage.link(OTHER, "renewed")
        older = kept.folder / "older.db"
        with closing(open_file(kept.store, KEYS.database)) as connection:
            connection.execute("VACUUM INTO ?", (str(older),))
        stage.to_card()
        stage.lay()
        stage.opened.until_at(ConfirmingLink)
        stage.opened.say(LinkAgreed())
        stage.opened.until_at(AskingPin)
        older.replace(kept.store)
        stage.confirm(PIN)
        refused = stage.opened.until_at(RegistrationRefused)
        assert refused.problem.code is Code.STORE_REPLACED
        stage.opened.settle()
        assert said_to(stage.opened.staff, plain(say("refusal.store-replaced.staff-next")))
        stage.opened.end()
        # And no other card is invited.
        stage.opened.until(lambda _: stage.opened.program.conductor.counter.facts.finding("store").outcome == "store.wrong")
        assert not said_to(stage.opened.patron, plain(say("patron.waiting.title")).replace("\n", ""))
    for left in kept.store.parent.glob("kiosk.db-*"):
        left.unlink()
    with kept.open() as store:
        assert store.find_by_number(OWN) is None
