"""What stands, asked for in three ways: stops, a snapshot, single links."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.registry.sent_operations import Maker, batch, fresh_number, fresh_token
from tests.support.registry.sites import EnrolledCounter


@pytest.fixture
def maker(counter: EnrolledCounter) -> Maker:
    return Maker(counter.name, counter.position())


def pages(counter: EnrolledCounter, limit: int) -> list[Any]:
    told = [counter.get("/v1/snapshot", limit=limit).json]
    while not told[-1]["done"]:
        told.append(counter.get("/v1/snapshot", limit=limit, after=told[-1]["links"][-1][0]).json)
    return told


def test_a_snapshot_has_every_link_once_in_the_order_of_tokens(counter: EnrolledCounter, maker: Maker) -> None:
    made = [maker.link() for _ in range(30)]
    counter.post("/v1/operations", batch(*made))
    for limit in (7, 5000):
        told = pages(counter, limit)
        links = [link for page in told for link in page["links"]]
        assert links == sorted(links)
        assert len(links) == len({link[0] for link in links}) == told[-1]["status"]["count"]
        assert {operation["uuid"] for operation in made} <= {link[4] for link in links}


def test_a_link_is_a_row_of_token_number_since_counter_operation_and_position(counter: EnrolledCounter, maker: Maker) -> None:
    link = maker.link()
    counter.post("/v1/operations", batch(link))
    told = counter.post("/v1/links/find", {"tokens": [link["token"]], "number": None}).json
    row = [link["token"], link["number"], link["made"], counter.name, link["uuid"], maker.known[1] + 1]
    assert told["links"] == [row]
    assert told["status"]["head"]["cursor"] == maker.known[1] + 1


def test_who_heard_another_operation_where_it_stands_is_told_so(counter: EnrolledCounter, maker: Maker) -> None:
    link = maker.link()
    counter.post("/v1/operations", batch(link))
    epoch, cursor = maker.known[0], maker.known[1] + 1
    assert counter.get("/v1/stops", epoch=epoch, cursor=cursor, operation=link["uuid"]).status == 200
    told = counter.get("/v1/stops", epoch=epoch, cursor=cursor, operation=maker.link()["uuid"])
    assert (told.status, told.json["error"], told.json["status"]["head"]["epoch"]) == (409, "order-parted", epoch)
    # Of another epoch, or above the head, the position alone says it.
    for known in ({"epoch": epoch + 1, "cursor": cursor}, {"epoch": epoch, "cursor": cursor + 10**6}):
        assert counter.get("/v1/stops", **known, operation=maker.link()["uuid"]).status == 200


def test_links_are_found_by_any_of_some_tokens_and_by_a_number(counter: EnrolledCounter, maker: Maker) -> None:
    one, two, gone = maker.link(), maker.link(), maker.link()
    counter.post("/v1/operations", batch(one, two, gone))
    counter.post("/v1/operations", batch(maker.unlink(fresh_number(), None), {**maker.unlink(fresh_number()), "number": gone["number"]}))
    unknown = fresh_token().digest.hex()
    told = counter.post("/v1/links/find", {"tokens": [one["token"], unknown, gone["token"]], "number": two["number"]}).json
    assert {link[4] for link in told["links"]} == {one["uuid"], two["uuid"]}
    assert counter.post("/v1/links/find", {"tokens": [unknown], "number": gone["number"]}).json["links"] == []


def test_a_link_found_in_two_ways_is_told_once(counter: EnrolledCounter, maker: Maker) -> None:
    link = maker.link()
    counter.post("/v1/operations", batch(link))
    told = counter.post("/v1/links/find", {"tokens": [link["token"]] * 2, "number": link["number"]}).json
    assert [row[4] for row in told["links"]] == [link["uuid"]]


def test_stops_above_a_position_come_page_by_page(counter: EnrolledCounter, maker: Maker) -> None:
    number, token = fresh_number(), fresh_token()
    counter.post("/v1/operations", batch(maker.link(token, number), maker.unlink(number, token), maker.unlink(fresh_number())))
    epoch, cursor = maker.known
    told = counter.get("/v1/stops", epoch=epoch, cursor=cursor).json
    assert [(stop["cursor"] - cursor, stop["counter"]) for stop in told["stops"]] == [(2, counter.name), (3, counter.name)]
    assert (told["stops"][0]["token"], told["stops"][0]["number"], told["next"]) == (token.digest.hex(), number.text, None)
    rest = counter.get("/v1/stops", epoch=epoch, cursor=cursor, after=cursor + 2).json
    assert [stop["cursor"] - cursor for stop in rest["stops"]] == [3]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/snapshot", {"limit": 0}),
        ("/v1/snapshot", {"limit": 5001}),
        ("/v1/snapshot", {"after": "ab" * 31}),
        ("/v1/snapshot", {"after": "AB" * 32}),
        ("/v1/stops", {"epoch": 0}),
        ("/v1/stops", {"epoch": 0, "cursor": 0, "after": -1}),
        ("/v1/stops", {"epoch": "٣", "cursor": "x"}),
    ],
    ids=str,
)
def test_a_question_that_is_none(counter: EnrolledCounter, path: str, query: dict[str, object]) -> None:
    assert counter.get(path, **query).error == (400, "unreadable")


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"tokens": None, "number": None},
        {"tokens": []},
        {"tokens": ["ab" * 31], "number": None},
        {"tokens": ["ab" * 32] * 17, "number": None},
        {"tokens": [["ab" * 32]], "number": None},
        {"tokens": [], "number": "2104 0678"},
        {"tokens": [], "number": 2104},
        {"tokens": [], "number": "' OR 1=1 --"},
    ],
    ids=str,
)
def test_a_question_for_links_that_is_none(counter: EnrolledCounter, body: object) -> None:
    assert counter.post("/v1/links/find", body).error == (400, "unreadable")
