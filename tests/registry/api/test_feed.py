"""The feed: what is new comes at once to whoever waits, a wait ends, and a position that leads nowhere is told with where the ledger is."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from kiosk.domain.registry_json import read_feed
from kiosk.domain.registry_wire import MOST_ENTRIES
from tests.support.registry.caller import Reply
from tests.support.registry.sent_operations import Maker, batch, fresh_number, fresh_token
from tests.support.registry.sites import EnrolledCounter, Site
from tests.support.wait import SOON


@pytest.fixture
def maker(counter: EnrolledCounter) -> Maker:
    return Maker(counter.name, counter.position())


def feed(counter: EnrolledCounter, position: tuple[int, int], wait: int = 0, **more: object) -> Reply:
    return counter.get("/v1/feed", epoch=position[0], cursor=position[1], wait=wait, **more)


def timed(call: Callable[[], Reply]) -> tuple[Any, float]:
    began = time.monotonic()
    reply = call()
    assert reply.status == 200, reply.body
    return reply.json, time.monotonic() - began


def test_the_entries_after_a_position_are_facts(counter: EnrolledCounter, maker: Maker) -> None:
    token, number = fresh_token(), fresh_number()
    link, unlink = maker.link(token, number), maker.unlink(number, token)
    counter.post("/v1/operations", batch(link, unlink))
    told = feed(counter, maker.known).json
    assert [entry["operation"] for entry in told["entries"]] == [link["uuid"], unlink["uuid"]]
    assert [entry["cursor"] - maker.known[1] for entry in told["entries"]] == [1, 2]
    opened = {"token": token.digest.hex(), "number": number.text, "since": link["made"], "counter": counter.name, "operation": link["uuid"]}
    assert [entry["changes"] for entry in told["entries"]] == [
        [{"opened": opened}],
        [{"closed": {"token": token.digest.hex(), "number": number.text}}],
    ]
    assert read_feed(told).entries[0].counter == counter.name


def test_who_is_up_to_date_waits_until_the_wait_is_over(counter: EnrolledCounter) -> None:
    told, seconds = timed(lambda: feed(counter, counter.position(), wait=1))
    assert told["entries"] == []
    assert 0.9 < seconds < SOON


def test_who_is_behind_does_not_wait(counter: EnrolledCounter, maker: Maker) -> None:
    counter.post("/v1/operations", batch(maker.link()))
    told, seconds = timed(lambda: feed(counter, maker.known, wait=25))
    assert len(told["entries"]) == 1
    assert seconds < SOON


def test_news_wake_all_who_wait_and_come_with_them(site: Site, counter: EnrolledCounter, maker: Maker) -> None:
    others = [site.counter() for _ in range(5)]
    position = counter.position()
    with ThreadPoolExecutor(len(others)) as threads:
        waits = [threads.submit(timed, partial(feed, waiter, position, wait=25)) for waiter in others]
        # Whoever has not begun to wait by then is behind, and is answered as well.
        unlink = maker.unlink(fresh_number(), fresh_token())
        counter.post("/v1/operations", batch(unlink))
        for told, seconds in (wait.result(SOON * 2) for wait in waits):
            assert [entry["operation"] for entry in told["entries"]] == [unlink["uuid"]]
            assert "stopped" in told["entries"][0]["changes"][0]
            assert seconds < SOON


def test_a_newer_request_of_a_counter_takes_the_place_of_the_one_before(counter: EnrolledCounter, maker: Maker) -> None:
    position = counter.position()
    with ThreadPoolExecutor(2) as threads:
        waits = [threads.submit(feed, counter, position, wait=25) for _ in range(2)]
        first, left = futures.wait(waits, SOON, futures.FIRST_COMPLETED)
        assert (len(first), len(left)) == (1, 1)
        counter.post("/v1/operations", batch(maker.link()))
        assert len(left.pop().result(SOON).json["entries"]) == 1


def test_a_long_feed_comes_page_by_page_and_without_a_gap(counter: EnrolledCounter, maker: Maker) -> None:
    made = [maker.link() for _ in range(MOST_ENTRIES + 20)]
    for first in range(0, len(made), 100):
        assert counter.post("/v1/operations", batch(*made[first : first + 100])).status == 200
    told = feed(counter, maker.known).json
    assert len(told["entries"]) == MOST_ENTRIES
    last = told["entries"][-1]["cursor"]
    rest = feed(counter, (maker.known[0], last)).json["entries"]
    uuids = [entry["operation"] for entry in [*told["entries"], *rest]]
    assert uuids == [operation["uuid"] for operation in made]


def test_another_epoch_is_told_with_where_the_ledger_is(counter: EnrolledCounter) -> None:
    epoch, cursor = counter.position()
    for asked in (epoch - 1, epoch + 1, 0):
        reply = feed(counter, (asked, cursor), wait=25)
        assert reply.error == (409, "epoch-changed")
        assert reply.json["status"]["head"] == {"epoch": epoch, "cursor": cursor}


def test_a_position_beyond_the_head_needs_a_snapshot(counter: EnrolledCounter) -> None:
    epoch, cursor = counter.position()
    reply = feed(counter, (epoch, cursor + 1), wait=25)
    assert reply.error == (409, "snapshot-needed")
    assert reply.json["status"]["head"] == {"epoch": epoch, "cursor": cursor}


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": 0},
        {"epoch": 0},
        {"epoch": "", "cursor": 0},
        {"epoch": -1, "cursor": 0},
        {"epoch": 0, "cursor": "1.5"},
        {"epoch": 0, "cursor": 1 << 63},
        {"epoch": 0, "cursor": 0, "wait": 26},
        {"epoch": 0, "cursor": 0, "wait": -1},
        {"epoch": 0, "cursor": 0, "wait": "nan"},
        {"epoch": 0, "cursor": 0, "pending": -1},
        {"epoch": 0, "cursor": 0, "version": "1" * 41},
        {"epoch": 0, "cursor": 0, "version": "1\x00"},
        {"epoch": 0, "cursor": 0, "differs": "perhaps"},
    ],
    ids=str,
)
def test_a_question_that_is_none(counter: EnrolledCounter, query: dict[str, object]) -> None:
    assert counter.get("/v1/feed", **query).error == (400, "unreadable")


def test_every_answer_says_where_the_ledger_stands(counter: EnrolledCounter, maker: Maker) -> None:
    before = feed(counter, counter.position()).json["status"]
    counter.post("/v1/operations", batch(maker.link()))
    after = feed(counter, counter.position()).json["status"]
    assert (after["count"], after["head"]["cursor"]) == (before["count"] + 1, before["head"]["cursor"] + 1)
    assert after["digest"] != before["digest"]
    assert (after["sequence"], after["retiring"]) == (1, False)


def test_a_counter_that_is_to_retire_is_told_with_every_answer(site: Site, counter: EnrolledCounter) -> None:
    site.retire(counter.name)
    assert feed(counter, counter.position()).json["status"]["retiring"] is True


def test_a_counter_that_is_revoked_while_it_waits_hears_it_at_once(site: Site, counter: EnrolledCounter) -> None:
    position = counter.position()
    with ThreadPoolExecutor(1) as threads:
        wait = threads.submit(feed, counter, position, 25)
        site.revoke(counter.name)
        reply = wait.result(SOON * 2)
    assert (reply.status, reply.json) == (403, {"error": "counter-revoked", "counter": counter.name})
