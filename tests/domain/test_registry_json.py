"""What server and counter say to each other comes back as it was said, and nothing else is understood."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.decide import Closed, Epochs, Opened, OpenLink, Stop, Stopped
from kiosk.domain.errors import Code, Refused
from kiosk.domain.feed import FeedEntry, PlacedLink, PlacedStop
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.domain.new_epoch import LARGEST_EPOCH
from kiosk.domain.operations import AcceptedAt, RefusedFor
from kiosk.domain.registry_json import (
    answers_json,
    enrolment_json,
    found_json,
    operations_json,
    read_answers,
    read_enrolment,
    read_feed,
    read_found,
    read_operation,
    read_snapshot,
    read_stops,
    snapshot_json,
    stops_json,
)
from kiosk.domain.registry_wire import Answers, Deferred, Enrolment, FeedPage, FoundLinks, LedgerStatus, SnapshotPage, StopsPage
from kiosk.domain.wire import LARGEST, LinkOperation, Origin, Position
from tests.support.registry.feed_page import feed_json

COUNTS = st.integers(0, LARGEST)
TIMES = st.integers(946_684_800, 4_102_444_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
TOKENS = st.binary(min_size=32, max_size=32).map(LinkToken)
NUMBERS = st.from_regex("[0-9A-Z]{1,14}", fullmatch=True).map(LibraryCardNumber)
EPOCH = st.integers(0, LARGEST_EPOCH)
POSITIONS = st.builds(Position, EPOCH, COUNTS)
EPOCHS = st.builds(Epochs, EPOCH, st.lists(st.tuples(COUNTS, COUNTS), max_size=3).map(tuple))
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
STATUSES = st.builds(LedgerStatus, POSITIONS, COUNTS, DIGESTS, POSITIONS, EPOCHS, COUNTS, COUNTS, TIMES, COUNTS, st.booleans())
LINKS = st.builds(OpenLink, TOKENS, NUMBERS, TIMES, st.text(max_size=9), st.uuids())
CHANGES = st.one_of(
    st.builds(Opened, LINKS),
    st.builds(Closed, TOKENS, NUMBERS),
    st.builds(Stopped, NUMBERS, st.none()),
    st.builds(Stopped, NUMBERS, TOKENS),
)
ENTRIES = st.builds(FeedEntry, COUNTS, st.uuids(), st.text(max_size=9), COUNTS, st.lists(CHANGES, max_size=3).map(tuple))
PLACED = st.lists(st.builds(PlacedLink, LINKS, COUNTS), max_size=3).map(tuple)
STOPS = st.builds(PlacedStop, st.builds(Stop, COUNTS, st.text(max_size=9), COUNTS), st.none() | TOKENS, NUMBERS)
ANSWERS = st.builds(AcceptedAt, POSITIONS) | st.builds(RefusedFor, st.sampled_from(Code)) | st.just(Deferred())

FEED = st.builds(FeedPage, st.lists(ENTRIES, max_size=3).map(tuple), STATUSES)
SAID: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], object], Callable[[object], object]]] = {
    "answers": (st.builds(Answers, st.dictionaries(st.uuids(), ANSWERS, max_size=3), STATUSES), answers_json, read_answers),
    "feed": (FEED, feed_json, read_feed),
    "stops": (st.builds(StopsPage, st.lists(STOPS, max_size=3).map(tuple), st.none() | COUNTS, STATUSES), stops_json, read_stops),
    "snapshot": (st.builds(SnapshotPage, PLACED, st.booleans(), STATUSES), snapshot_json, read_snapshot),
    "found": (st.builds(FoundLinks, PLACED, STATUSES), found_json, read_found),
    "enrolment": (
        st.builds(Enrolment, st.text(max_size=9), st.binary(min_size=32, max_size=32), COUNTS, STATUSES),
        enrolment_json,
        read_enrolment,
    ),
}
KINDS = pytest.mark.parametrize("kind", SAID)
STATUS = LedgerStatus(Position(1, 2), 3, "0" * 64, Position(1, 1), Epochs(1), 0, 1, datetime(2026, 12, 1, tzinfo=UTC), 5, False)


@KINDS
@given(st.data())
def test_what_was_said_comes_back(kind: str, data: st.DataObject) -> None:
    values, encoded, read = SAID[kind]
    said = data.draw(values)
    assert read(json.loads(json.dumps(encoded(said)))) == said


@KINDS
@given(st.data())
def test_what_lacks_a_part_or_has_another_in_its_place_is_not_understood(kind: str, data: st.DataObject) -> None:
    values, encoded, read = SAID[kind]
    told = json.loads(json.dumps(encoded(data.draw(values))))
    place, key = data.draw(st.sampled_from(places(told)))
    if data.draw(st.booleans()) and isinstance(place, dict) and key not in ("next", "token"):
        del place[key]
    else:
        # No field may hold both a number with a fraction and what stands there now.
        place[key] = 1.5
    with pytest.raises(ValueError, match=r"."):
        read(told)


def places(told: Any) -> list[tuple[Any, Any]]:
    """Every place in a parsed JSON value, as container and key."""
    inside = list(told.items()) if isinstance(told, dict) else list(enumerate(told)) if isinstance(told, list) else []
    return [(told, key) for key, _ in inside] + [found for _, value in inside for found in places(value)]


@KINDS
@given(st.none() | st.integers() | st.text() | st.lists(st.integers()) | st.dictionaries(st.text(), st.integers()))
def test_nonsense_is_not_understood(kind: str, nonsense: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        SAID[kind][2](nonsense)


def test_two_answers_or_none_are_not_one() -> None:
    uuid = str(UUID(int=1))
    for answer in ({"uuid": uuid}, {"uuid": uuid, "deferred": True, "refused": "stopped-since"}, {"uuid": uuid, "accepted": {}}):
        with pytest.raises(ValueError, match=r"."):
            read_answers({**answers_json(Answers({}, STATUS)), "answers": [answer]})


def test_an_unknown_change_is_not_understood() -> None:
    entry = FeedEntry(1, UUID(int=1), "窓口1", 1, ())
    told = json.loads(json.dumps(feed_json(FeedPage((entry,), STATUS))))
    told["entries"][0]["changes"] = [{"moved": {"number": "1001"}}]
    with pytest.raises(ValueError, match=r"."):
        read_feed(told)


def test_a_time_is_said_in_utc() -> None:
    here = datetime(2026, 12, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    link = OpenLink(LinkToken(bytes(32)), LibraryCardNumber("1001"), here, "窓口1", UUID(int=1))
    told = found_json(FoundLinks((PlacedLink(link, 1),), STATUS))
    assert "2026-12-01T00:00:00+00:00" in json.dumps(told)


@pytest.mark.parametrize("since", ["9999-12-31T23:00:00+00:00", "1969-12-31T23:59:59+00:00", "2026-12-01T09:00:00"])
def test_a_time_that_no_clock_shows_is_not_understood(since: str) -> None:
    link = OpenLink(LinkToken(bytes(32)), LibraryCardNumber("1001"), datetime(2026, 12, 1, tzinfo=UTC), "窓口1", UUID(int=1))
    told = json.loads(json.dumps(found_json(FoundLinks((PlacedLink(link, 1),), STATUS))))
    told["links"][0][2] = since
    with pytest.raises(ValueError, match=r"."):
        read_found(told)


def test_an_operation_is_read_as_it_is_encoded() -> None:
    origin = Origin(UUID(int=1), "窓口1", 1, Position(1, 2), 1, datetime(2026, 12, 1, tzinfo=UTC))
    operation = LinkOperation(origin, LinkToken(bytes(32)), LibraryCardNumber("1001"), next(iter(Revocation)), by_guardian=False)
    (told,) = json.loads(json.dumps(operations_json([operation])))["operations"]
    assert read_operation(told) == operation
    with pytest.raises(Refused) as newer:
        read_operation({**told, "wire": 99})
    assert newer.value.code is Code.OPERATION_NEWER
    damages: list[object] = [{**told, "more": 1}, {**told, "kind": "move"}, {**told, "token": "00"}, {**told, "number": "\ud800"}, [], None]
    for damaged in damages:
        with pytest.raises(Refused) as unreadable:
            read_operation(damaged)
        assert unreadable.value.code is Code.OPERATION_UNREADABLE


def test_the_site_key_is_not_shown() -> None:
    assert "site" not in repr(Enrolment("窓口1", b"site" * 8, 1, STATUS))
