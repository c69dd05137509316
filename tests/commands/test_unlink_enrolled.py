"""kiosk links unlink beside the library's server: a number without a link here is stopped everywhere, so it is not stopped unasked."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk.config import Home, read_settings
from kiosk.domain.model import LibraryCardNumber
from kiosk.equipment import open_repository
from tests.support.store.enrolled import CARD_A, CARD_B, NAME, NUMBER_1, REGISTRY, save

UNKNOWN = LibraryCardNumber("2104067870")
QUESTION = "この番号の連携はここにありません。停止として記録しますか"


@pytest.fixture
def enrolled(home: Home) -> Home:
    """A counter enrolled with the library's server, with one link."""
    with open_repository(home, read_settings(home.config))[0] as store:
        store.enrol(REGISTRY, NAME)
        save(store, CARD_A, NUMBER_1)
    return home


def pending(home: Home) -> int:
    with open_repository(home, read_settings(home.config))[0] as store:
        return store.pending_count()


def test_a_link_that_is_here_is_unlinked_without_a_question(kiosk: Any, enrolled: Home) -> None:
    said = kiosk("links", "unlink", NUMBER_1.text, "--reason", "lost")
    assert (said.code, said.err) == (0, "")
    assert "解除しました" in said.out
    assert "同期待ち" in said.out
    assert pending(enrolled) == 2


def test_a_link_made_under_the_rule_of_another_counter_is_unlinked(kiosk: Any, enrolled: Home) -> None:
    other = LibraryCardNumber("D9999")
    assert kiosk("links", "unlink", other.text, "--reason", "lost", "--stop").code == 1
    with open_repository(enrolled, read_settings(enrolled.config))[0] as store:
        save(store, CARD_B, other)
    said = kiosk("links", "unlink", other.text, "--reason", "lost")
    assert (said.code, said.err) == (0, "")
    assert "解除しました" in said.out


def test_a_script_does_not_stop_a_number_without_saying_so(kiosk: Any, enrolled: Home) -> None:
    said = kiosk("links", "unlink", UNKNOWN.text, "--reason", "lost")
    assert (said.code, said.out) == (2, "")
    assert "--stop" in said.err
    assert pending(enrolled) == 1


@pytest.mark.parametrize("answer", ["", "いいえ"])
def test_a_person_who_does_not_agree_stops_nothing(kiosk: Any, enrolled: Home, answer: str) -> None:
    said = kiosk("links", "unlink", UNKNOWN.text, "--reason", "lost", typed=f"{answer}\n", at_keyboard=True)
    assert (said.code, said.out) == (2, "")
    assert QUESTION in said.err
    assert pending(enrolled) == 1


@pytest.mark.parametrize("asked", [True, False])
def test_a_number_is_stopped_where_that_is_wanted(kiosk: Any, enrolled: Home, asked: bool) -> None:
    wanted = {"typed": "はい\n", "at_keyboard": True} if asked else {}
    said = kiosk("links", "unlink", UNKNOWN.text, "--reason", "lost", *([] if asked else ["--stop"]), **wanted)
    assert said.code == 0
    assert "停止として記録しました" in said.out
    assert "同期待ち" in said.out
    assert "解除しました" not in said.out
    assert UNKNOWN.masked in said.out
    assert (QUESTION in said.err) == asked
    assert pending(enrolled) == 2
    assert re.search(r"\t番号の停止\t紛失\t", kiosk("audit", "list").out)


@pytest.mark.parametrize("arguments", [[NUMBER_1.text], [UNKNOWN.text, "--stop"]])
def test_a_counter_that_its_server_does_not_accept_says_that_nothing_will_be_sent(kiosk: Any, enrolled: Home, arguments: list[str]) -> None:
    """As after `kiosk registry retire`, once it has delivered everything."""
    with open_repository(enrolled, read_settings(enrolled.config))[0] as store:
        store.mark_shut_out(datetime(2026, 11, 29, tzinfo=UTC))
    said = kiosk("links", "unlink", *arguments, "--reason", "lost")
    assert said.code == 1
    assert "ほかの窓口で解除してください" in said.err
    assert "動いている間に送ります" not in said.out + said.err


def test_a_counter_that_is_alone_stops_nothing(kiosk: Any, linked: Home) -> None:
    said = kiosk("links", "unlink", UNKNOWN.text, "--reason", "lost", "--stop")
    assert (said.code, said.out) == (1, "")
    assert "連携しているマイナンバーカードはありません" in said.err
