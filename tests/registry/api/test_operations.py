"""Operations over HTTP: each is answered once and for ever, and what cannot be read is refused before anything is applied."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from kiosk.domain.registry_wire import MOST_OPERATIONS
from tests.support.registry.sent_operations import Maker, Sent, batch, fresh_number, fresh_token
from tests.support.registry.sites import EnrolledCounter


@pytest.fixture
def maker(counter: EnrolledCounter) -> Maker:
    return Maker(counter.name, counter.position())


def test_an_operation_is_accepted_at_the_next_place(counter: EnrolledCounter, maker: Maker) -> None:
    epoch, cursor = counter.position()
    link = maker.link()
    told = counter.post("/v1/operations", batch(link)).json
    assert told["answers"] == [{"uuid": link["uuid"], "accepted": {"epoch": epoch, "cursor": cursor + 1}}]
    assert (told["status"]["head"], told["status"]["sequence"]) == ({"epoch": epoch, "cursor": cursor + 1}, link["sequence"])


def test_a_batch_is_answered_in_its_order_and_each_operation_for_itself(counter: EnrolledCounter, maker: Maker) -> None:
    epoch, cursor = maker.known
    number = fresh_number()
    first, again, fine = maker.link(number=number), maker.link(number=number), maker.link()
    told = counter.post("/v1/operations", batch(first, again, fine)).json
    assert told["answers"] == [
        {"uuid": first["uuid"], "accepted": {"epoch": epoch, "cursor": cursor + 1}},
        {"uuid": again["uuid"], "refused": "number-linked-elsewhere"},
        {"uuid": fine["uuid"], "accepted": {"epoch": epoch, "cursor": cursor + 2}},
    ]


def test_a_repeat_gets_the_answer_of_the_first_time_and_changes_nothing(counter: EnrolledCounter, maker: Maker) -> None:
    link, refused = maker.link(), None
    refused = maker.link(number=fresh_number())
    taken = maker.link(number=None)
    refused = {**refused, "number": taken["number"]}
    first = counter.post("/v1/operations", batch(taken, refused, link)).json
    before = counter.position()
    again = counter.post("/v1/operations", batch(link, taken, refused)).json
    assert {told["uuid"]: told for told in again["answers"]} == {told["uuid"]: told for told in first["answers"]}
    assert counter.position() == before


def test_the_same_uuid_with_another_content_is_refused(counter: EnrolledCounter, maker: Maker) -> None:
    link = maker.link()
    counter.post("/v1/operations", batch(link))
    told = counter.post("/v1/operations", batch({**link, "number": fresh_number().text})).json
    assert told["answers"] == [{"uuid": link["uuid"], "refused": "operation-reused"}]


def test_what_was_made_before_a_stop_is_refused_at_every_other_counter(
    counter: EnrolledCounter, other: EnrolledCounter, maker: Maker
) -> None:
    elsewhere, token, number = Maker(other.name, maker.known), fresh_token(), fresh_number()
    counter.post("/v1/operations", batch(maker.link(token, number), maker.unlink(number, token)))
    told = other.post("/v1/operations", batch(offline := elsewhere.link(token, fresh_number()))).json
    assert told["answers"] == [{"uuid": offline["uuid"], "refused": "stopped-since"}]


def test_a_replacement_and_an_unlinking(counter: EnrolledCounter, maker: Maker) -> None:
    number = fresh_number()
    link = maker.link(number=number)
    replace = maker.replace(fresh_token(), number, [link["uuid"]])
    told = counter.post("/v1/operations", batch(link, replace, maker.unlink(number))).json
    assert ["accepted" in answer for answer in told["answers"]] == [True, True, True]


def test_nothing_to_apply_is_no_mistake(counter: EnrolledCounter) -> None:
    assert counter.post("/v1/operations", batch()).json["answers"] == []


UNREADABLE: dict[str, Sent] = {
    "a bad UUID": {"uuid": "not-a-uuid"},
    "a UUID in capitals": {"uuid": str(uuid4()).upper()},
    "a token too short": {"token": "ab" * 31},
    "a token too long": {"token": "ab" * 33},
    "a token in capitals": {"token": "AB" * 32},
    "no token": {"token": None},
    "a number with a space": {"number": "2104 0678"},
    "a number of 65 digits": {"number": "1" * 65},
    "a number in small letters": {"number": "d9999"},
    "a number in full width": {"number": "２１０４"},
    "no number": {"number": ""},
    "an unknown kind": {"kind": "lend"},
    "an unknown status": {"revocation": "perhaps"},
    "a sequence below zero": {"sequence": -1},
    "a sequence beyond what is counted": {"sequence": 1 << 63},
    "a sequence from which none could go on": {"sequence": (1 << 63) - 2},
    "a time that has no day in Japan": {"made": "9999-12-31T23:00:00+00:00"},
    "a truth in digits": {"guardian": 1},
    "a time without a zone": {"made": "2026-12-01T09:30:00"},
    "a time of another zone": {"made": "2026-12-01T18:30:00+09:00"},
    "an operator no database takes": {"operator": "係\x00"},
    "an operator without end": {"operator": "係" * 201},
    "half a character": {"operator": "\ud800"},
    "something more": {"name": "山田"},
}


@pytest.mark.parametrize("fault", UNREADABLE)
def test_one_unreadable_operation_refuses_its_batch_and_nothing_of_it_is_applied(
    counter: EnrolledCounter, maker: Maker, fault: str
) -> None:
    before = counter.position()
    reply = counter.post("/v1/operations", batch(maker.link(), {**maker.link(), **UNREADABLE[fault]}, maker.link()))
    assert (reply.status, reply.json) == (422, {"error": "operation-unreadable", "index": 1})
    assert counter.position() == before


def test_two_operations_of_one_batch_have_two_uuids(counter: EnrolledCounter, maker: Maker) -> None:
    before, link = counter.position(), maker.link()
    for second in (link, {**maker.link(), "uuid": link["uuid"]}):
        reply = counter.post("/v1/operations", batch(link, second))
        assert (reply.status, reply.json) == (422, {"error": "operation-unreadable", "index": 1})
    assert counter.position() == before


def test_an_operation_of_a_newer_program_is_told_apart(counter: EnrolledCounter, maker: Maker) -> None:
    reply = counter.post("/v1/operations", batch({**maker.link(), "wire": 2, "colour": "green"}))
    assert (reply.status, reply.json) == (422, {"error": "operation-newer", "index": 0, "version": 2, "known": 1})


@pytest.mark.parametrize("missing", ["wire", "uuid", "counter", "sequence", "epoch", "made", "operator", "token", "number"])
def test_nothing_may_be_missing(counter: EnrolledCounter, maker: Maker, missing: str) -> None:
    link = maker.link()
    del link[missing]
    assert counter.post("/v1/operations", batch(link)).error == (422, "operation-unreadable")


def test_an_operation_of_another_counter_is_refused(counter: EnrolledCounter, other: EnrolledCounter, maker: Maker) -> None:
    before = counter.position()
    reply = counter.post("/v1/operations", batch(maker.link(), Maker(other.name, before).link()))
    assert (reply.status, reply.json) == (422, {"error": "operation-of-another-counter", "index": 1})
    assert counter.position() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"operations":{}}',
        b'{"operations":null}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"operations":[' * 10_000,
        b'{"operations":[' + b"[]," * 60_000 + b"0]}",
    ],
    ids=["nothing", "half", "a list", "null", "an empty object", "an object", "no list", "no text", "brackets", "deep", "lists"],
)
def test_what_is_no_batch_is_unreadable(counter: EnrolledCounter, body: bytes) -> None:
    assert counter.caller.ask("POST", "/v1/operations", counter.secret, body=body).error == (400, "unreadable")


def test_half_a_batch_is_no_batch(counter: EnrolledCounter, maker: Maker) -> None:
    before = counter.position()
    whole = json.dumps(batch(*(maker.link() for _ in range(10)))).encode()
    for length in range(1, len(whole), len(whole) // 20):
        assert counter.caller.ask("POST", "/v1/operations", counter.secret, body=whole[:length]).error == (400, "unreadable")
    assert counter.position() == before


def test_a_value_in_place_of_an_operation(counter: EnrolledCounter) -> None:
    values: tuple[object, ...] = (None, 1, "link", [], {})
    for value in values:
        assert counter.post("/v1/operations", batch(value)).error == (422, "operation-unreadable")


def test_a_batch_of_the_largest_size_is_taken_and_one_more_is_too_many(counter: EnrolledCounter, maker: Maker) -> None:
    operations: list[Sent] = [maker.link() for _ in range(MOST_OPERATIONS)]
    before = counter.position()
    assert counter.post("/v1/operations", batch(*operations, maker.link())).error == (413, "too-large")
    assert counter.position() == before
    told = counter.post("/v1/operations", batch(*operations)).json
    assert [answer["uuid"] for answer in told["answers"]] == [operation["uuid"] for operation in operations]
    assert counter.position() == (before[0], before[1] + MOST_OPERATIONS)


def test_numbers_and_tokens_are_in_no_error(counter: EnrolledCounter, maker: Maker) -> None:
    link = {**maker.link(), "kind": "lend"}
    reply = counter.post("/v1/operations", batch(link))
    assert not [value for value in (link["token"], link["number"], link["uuid"], counter.secret) if value.encode() in reply.body]
