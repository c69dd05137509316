"""The real program beside a server of the library: what staff and patrons see of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event as Sign
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QApplication

from kiosk.config import CardSettings, DisplaySettings, LendingSettings, RevocationSource, Settings
from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.errors import Code
from kiosk.domain.events import Event, LibraryCardEntered, UnlinkConfirmed
from kiosk.domain.model import LinkToken, RegistryCondition, Revocation, UnlinkReason
from kiosk.domain.states import ConfirmingUnlink, LendingRefused, PatronShown, Registered, Unlinked, When
from kiosk.domain.wire import LinkOperation, Origin
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from kiosk.store.sync.credentials import Credentials
from kiosk.store.sync.sync_thread import SyncThread
from kiosk.store.sync.tls import Authority
from tests.support.counter.headless import KEYS, deck, judge_by, token_of
from tests.support.counter.steps import OWN, Stage
from tests.support.counter.windowed import OpenedCounter
from tests.support.sync.scripted_registry import SITE_KEY, Asked, Say, ScriptedRegistry
from tests.support.wait import LIMIT, SOON

__all__ = ["deck"]
SETTINGS = Settings(
    card=CardSettings(revocation=RevocationSource.NONE),
    display=DisplaySettings(sounds=0),
    lending=LendingSettings(confirm_holder=When.NEVER),
)
NAME = "窓口1"


@dataclass
class Enrolled:
    """A counter with windows that is enrolled, and its store's place."""

    url: str
    authority: Authority
    site_key: bytes
    secret: str
    path: Path

    def opened(self, judge: CardJudge) -> OpenedCounter:
        keys = Keys(KEYS.database, self.site_key)
        with Repository(self.path, keys, NAME, lambda: datetime.now(UTC)) as made:
            made.enrol(self.url, NAME)
        return OpenedCounter(SETTINGS, judge, self.path, keys=keys, sync=self._sync)

    def _sync(self, repository: Repository) -> Callable[[Callable[[Event], None]], SyncThread]:
        credentials = Credentials(self.secret, self.authority, "0.1.0")
        return lambda post: SyncThread(repository, credentials, post, timedelta(hours=24), now=lambda: datetime.now(UTC))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedRegistry]:
    with ScriptedRegistry(tmp_path) as server:
        yield server


@pytest.fixture
def judge(deck: Deck) -> CardJudge:
    return judge_by(deck.authority, SITE_KEY)


@pytest.fixture
def stage(qapp: QApplication, server: ScriptedRegistry, deck: Deck, judge: CardJudge, tmp_path: Path) -> Iterator[Stage]:
    """In step with the server."""
    enrolled = Enrolled(server.url, server.authority, SITE_KEY, fresh_secret(), tmp_path / "kiosk.db")
    with enrolled.opened(judge) as opened:
        opened.until(lambda counter: counter.registry is RegistryCondition.CURRENT)
        yield Stage(opened, deck, judge)


def made_elsewhere(server: ScriptedRegistry, token: LinkToken) -> None:
    """Another counter links this card; nobody is told."""
    origin = Origin(uuid4(), "窓口2", 1, server.ledger.position, 0, datetime.now(UTC).replace(microsecond=0))
    server.ledger.take(LinkOperation(origin, token, OWN, Revocation.GOOD, by_guardian=False))


def test_a_registration_is_confirmed_before_its_page_opens(stage: Stage, server: ScriptedRegistry) -> None:
    stage.to_registered()
    assert not stage.opened.until_at(Registered).pending
    assert [placed.link.number for placed in server.ledger.links.values()] == [OWN]


def test_an_unlinking_is_too(stage: Stage, server: ScriptedRegistry) -> None:
    stage.to_registered()
    stage.opened.until_at(Registered)
    stage.to_unlinking_number()
    stage.opened.say(LibraryCardEntered(OWN.text))
    stage.opened.until_at(ConfirmingUnlink)
    stage.opened.say(UnlinkConfirmed())
    assert not stage.opened.until_at(Unlinked).pending
    assert not server.ledger.links


def test_a_server_that_is_slow_is_waited_for_three_seconds_and_no_more(stage: Stage, server: ScriptedRegistry) -> None:
    answered = Sign()

    def slow(asked: Asked) -> Say | None:
        if asked.path == "/v1/operations":
            answered.wait(LIMIT)
        return None

    server.script = slow
    stage.to_registered()
    assert stage.opened.until_at(Registered).pending
    answered.set()
    stage.opened.until(lambda counter: isinstance(counter.flow, Registered) and not counter.flow.pending)


def test_a_card_registered_elsewhere_a_moment_ago_is_served(stage: Stage, server: ScriptedRegistry, deck: Deck, judge: CardJudge) -> None:
    made_elsewhere(server, token_of(judge, deck.card("fine")))
    stage.lay()
    assert stage.opened.until_at(PatronShown).patron.number == OWN


def test_a_card_that_nobody_knows_is_refused_once_the_server_has_said_so(stage: Stage, server: ScriptedRegistry) -> None:
    stage.lay()
    assert stage.opened.until_at(LendingRefused).problem.code is Code.NOT_LINKED
    assert server.paths().count("/v1/links/find") == 1


def test_a_server_that_does_not_answer_the_question_keeps_nobody_waiting_for_long(stage: Stage, server: ScriptedRegistry) -> None:
    answered = Sign()

    def silent(asked: Asked) -> Say | None:
        if asked.path == "/v1/links/find":
            answered.wait(LIMIT)
        return None

    server.script = silent
    stage.lay()
    begun = time.monotonic()
    assert stage.opened.until_at(LendingRefused).problem.code is Code.NOT_LINKED_YET
    answered.set()
    assert time.monotonic() - begun < SOON


def test_a_card_unlinked_here_is_not_served_because_the_server_has_not_heard_of_it(stage: Stage, server: ScriptedRegistry) -> None:
    stage.to_registered()
    stage.opened.until_at(Registered)
    server.script = lambda asked: Say(503, b"") if asked.path == "/v1/operations" else None
    stage.opened.repository.close_link(uuid4(), OWN, UnlinkReason.LOST)
    stage.to_home()
    stage.lay()
    assert stage.opened.until_at(LendingRefused).problem.code is Code.LINK_ENDED


def test_an_unlinking_by_command_beside_the_window_is_sent_as_well(stage: Stage, server: ScriptedRegistry) -> None:
    stage.to_registered()
    stage.opened.until_at(Registered)
    stage.opened.repository.close_link(uuid4(), OWN, UnlinkReason.LOST)
    stage.opened.until(lambda _: not server.ledger.links)
