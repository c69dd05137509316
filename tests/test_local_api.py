"""The whole program with its interface for others: a card is laid and another program is told; staff end the session, and it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from websockets.exceptions import ConnectionClosed

from kiosk.config import CardSettings, DisplaySettings, LendingSettings, LocalApiSettings, RevocationSource, Settings
from kiosk.domain.events import LibraryCardEntered, StatusChosen
from kiosk.domain.local_client import LocalClient, fresh_token, token_hash
from kiosk.domain.states import PatronShown, When
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.text import plain, say
from tests.support.counter.headless import deck, judge
from tests.support.counter.steps import OTHER, OWN, Stage
from tests.support.counter.windowed import OpenedCounter, words_on
from tests.support.local_api.asking import opened, told
from tests.support.ports import free_port
from tests.support.wait import LIMIT

__all__ = ["deck", "judge"]


class Program(threading.Thread):
    """Another program, which keeps what it is told until the counter ends."""

    def __init__(self, port: int, token: str) -> None:
        super().__init__(daemon=True)
        self._port, self._token = port, token
        self.heard: list[tuple[str, Any]] = []

    def run(self) -> None:
        with opened(self._port, self._token) as socket:
            try:
                while True:
                    event = told(socket)
                    self.heard.append((event["event"], event.get("number")))
            except ConnectionClosed:
                self.heard.append(("closed", None))


@pytest.fixture
def settings() -> Settings:
    card, lending = CardSettings(revocation=RevocationSource.NONE), LendingSettings(confirm_holder=When.NEVER)
    return Settings(card, display=DisplaySettings(sounds=0), lending=lending, local_api=LocalApiSettings(on=True, port=free_port()))


@pytest.fixture
def stage(qapp: QApplication, settings: Settings, tmp_path: Path, deck: Deck, judge: CardJudge) -> Iterator[Stage]:
    with OpenedCounter(settings, judge, tmp_path / "kiosk.db") as counter:
        yield Stage(counter, deck, judge)


def test_another_program_is_told_of_each_card_and_each_end(stage: Stage, settings: Settings) -> None:
    desk, token = stage.opened, fresh_token()
    desk.repository.add_local_client(LocalClient("lib", token_hash(token)))
    stage.link()
    desk.until(lambda counter: counter.facts.finding("local-api").outcome == "local-api.on")
    program = Program(settings.local_api.port, token)
    program.start()
    for _ in range(2):
        stage.lay()
        desk.until_at(PatronShown)
        desk.until(lambda counter: len(program.heard) % 2 == 1)
        desk.end()
        desk.until(lambda counter: len(program.heard) % 2 == 0)
    # Who shows the library card itself is nobody's business.
    desk.say(LibraryCardEntered(OTHER.text))
    desk.until_at(PatronShown)
    desk.end()
    assert program.heard == [("card-verified", OWN.text), ("patron-left", None)] * 2
    assert [(row.reason, row.number) for row in desk.repository.audit_rows() if row.act == "hand-out"] == [("lib", OWN.masked)] * 2
    stage.lay()
    desk.until(lambda counter: program.heard[-1] == ("card-verified", OWN.text))
    desk.program.stop()
    program.join(LIMIT)
    # Whoever is told no more is told by the end of the connection.
    assert [event for event in program.heard[5:] if event != ("patron-left", None)] == [("closed", None)]
    assert all(number in (OWN.text, None) for _, number in program.heard)


def test_staff_see_that_it_is_on_and_how_each_service_gets_the_number(stage: Stage) -> None:
    desk = stage.opened
    desk.until(lambda counter: counter.facts.finding("local-api").outcome == "local-api.no-clients")
    desk.say(StatusChosen())
    desk.settle()
    shown = "".join(map(plain, words_on(desk.staff)))
    for key in ("staff.health.local-api.no-clients", "staff.health.local-api.no-clients-next", "staff.way.told"):
        assert plain(say(key)) in shown, key
