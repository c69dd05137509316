"""The real program and its store: a card that is stopped elsewhere while staff compare its photo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from kiosk.config import CardSettings, DisplaySettings, RevocationSource, Settings
from kiosk.domain.errors import Code
from kiosk.domain.events import HolderConfirmed
from kiosk.domain.states import LendingRefused, PatronShown
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.counter.headless import KEYS, deck, judge_by
from tests.support.counter.steps import OWN, Stage
from tests.support.counter.windowed import OpenedCounter

__all__ = ["deck"]
SETTINGS = Settings(card=CardSettings(revocation=RevocationSource.NONE), display=DisplaySettings(sounds=0))


@pytest.fixture
def stage(qapp: QApplication, deck: Deck, tmp_path: Path) -> Iterator[Stage]:
    judge = judge_by(deck.authority, KEYS.site)
    with OpenedCounter(SETTINGS, judge, tmp_path / "kiosk.db") as opened:
        yield Stage(opened, deck, judge)


def test_a_card_stopped_while_its_photo_is_compared_calls_nobody_up(stage: Stage) -> None:
    stage.to_holder()
    stage.unlink()
    stage.opened.say(HolderConfirmed())
    ended = stage.opened.until_at(LendingRefused, PatronShown)
    assert isinstance(ended, LendingRefused)
    assert ended.problem.code is Code.STOPPED_MEANWHILE


def test_a_patron_called_up_stays_when_the_card_is_stopped_afterwards(stage: Stage) -> None:
    stage.to_holder()
    stage.opened.say(HolderConfirmed())
    stage.opened.until_at(PatronShown)
    stage.unlink()
    stage.opened.settle()
    assert stage.opened.until_at(PatronShown).patron.number == OWN
