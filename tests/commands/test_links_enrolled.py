"""kiosk links beside the library's server: what it has yet to confirm is said, and which cards still work elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk.config import Home, read_settings
from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Code
from kiosk.domain.feed import Snapshot
from kiosk.domain.operations import RefusedFor
from kiosk.equipment import open_repository
from tests.support.store.enrolled import CARD_A, CARD_B, NOTHING_SAFE, NUMBER_1, NUMBER_2, REGISTRY, load, save, unlink


@pytest.fixture
def enrolled(home: Home) -> Home:
    """With the links of a server that has none."""
    repository, keys = open_repository(home, read_settings(home.config))
    with repository as store:
        store.enrol(REGISTRY, "窓口1")
        load(store, Snapshot(Epochs(1), 0, ()), NOTHING_SAFE, keys=keys)
    return home


def test_links_that_have_not_arrived_are_said_to_be_missing(kiosk: Any, home: Home) -> None:
    with open_repository(home, read_settings(home.config))[0] as store:
        store.enrol(REGISTRY, "窓口1")
    assert "まだ受け取り終えていません(受け取ったもの: 0件)" in kiosk("links", "list").err


def test_nothing_is_said_while_nothing_waits(kiosk: Any, enrolled: Home) -> None:
    said = kiosk("links", "count")
    assert (said.out, said.err) == ("連携登録は0件です。\n", "")


def test_what_waits_is_counted_and_the_cards_that_work_elsewhere_are_named(kiosk: Any, enrolled: Home) -> None:
    with open_repository(enrolled, read_settings(enrolled.config))[0] as store:
        save(store, CARD_A, NUMBER_1)
        unlink(store, NUMBER_2)
    said = kiosk("links", "count")
    assert said.out == "連携登録は1件です。\n"
    assert "応答を待っている操作が2件" in said.err
    assert f"解除 {NUMBER_2.masked}(" in said.err
    assert "ほかの窓口では止まっていません" in said.err
    assert NUMBER_2.text not in said.err


def test_a_link_that_waits_is_marked_in_the_list(kiosk: Any, enrolled: Home) -> None:
    with open_repository(enrolled, read_settings(enrolled.config))[0] as store:
        save(store, CARD_A, NUMBER_1)
        refused = save(store, CARD_B, NUMBER_2)
        store.answer({refused: RefusedFor(Code.LINKED_ELSEWHERE)}, store.position().epoch)
    said = kiosk("links", "list")
    [line] = said.out.splitlines()
    assert line.endswith(f"\t{NUMBER_1.masked}\t同期待ち")
    assert "断った操作が1件" in said.err


@pytest.mark.parametrize("act", ["count", "list"])
def test_a_counter_that_is_shut_out_promises_nothing(kiosk: Any, enrolled: Home, act: str) -> None:
    with open_repository(enrolled, read_settings(enrolled.config))[0] as store:
        save(store, CARD_A, NUMBER_1)
        unlink(store, NUMBER_2)
        store.mark_shut_out(datetime.now(UTC))
    said = kiosk("links", act)
    assert "受け付けていないので、届いていない操作2件" in said.err
    assert not [promise for promise in ("届くまで", "応答を待って", "まだ", "起動する", "同期待ち") if promise in said.out + said.err]
    assert ("この窓口だけ" in said.out) == (act == "list")


def test_a_counter_that_is_shut_out_before_anything_arrived_awaits_nothing(kiosk: Any, home: Home) -> None:
    with open_repository(home, read_settings(home.config))[0] as store:
        store.enrol(REGISTRY, "窓口1")
        store.mark_shut_out(datetime.now(UTC))
    assert kiosk("links", "count").err == ""
