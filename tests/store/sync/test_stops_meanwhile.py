"""Stops are heard, and what is done here is sent, while a snapshot is being taken over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk.domain.registry_json import status_json, stops_json
from kiosk.domain.registry_wire import StopsPage
from tests.support.sync.made_elsewhere import linked_elsewhere, stopped_elsewhere
from tests.support.sync.paced_session import PacedSession
from tests.support.sync.scripted_registry import Asked, Say, ScriptedRegistry


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedRegistry]:
    with ScriptedRegistry(tmp_path, longest_wait=0.025) as server:
        yield server


@dataclass
class SlowStore:
    """Between two steps more time passes than stops may wait; none passes after they were asked for."""

    session: PacedSession
    rounds: int = 0

    def __call__(self) -> None:
        self.rounds += 1
        if self.rounds % 2:
            self.session.bell.now += 2.5


def test_stops_are_asked_for_between_the_pages_of_a_snapshot(server: ScriptedRegistry, session: PacedSession) -> None:
    linked_elsewhere(server, 20)
    server.page = 2

    def slow(asked: Asked) -> None:
        if asked.path == "/v1/snapshot":
            session.bell.now += 1.1

    server.script = slow
    session.run(60)
    paths = server.paths()
    pages = [place for place, path in enumerate(paths) if path == "/v1/snapshot"]
    assert len(pages) == 10
    assert paths[pages[0] : pages[-1]].count("/v1/stops") >= 4


def test_stops_before_the_last_one_that_was_heard_are_not_asked_for_again(server: ScriptedRegistry, session: PacedSession) -> None:
    linked_elsewhere(server, 20)
    lost = [placed.link for placed in server.ledger.links.values()][:2]
    server.page = 2
    stopped_elsewhere(server, lost[0].number)

    def slow(asked: Asked) -> None:
        if asked.path == "/v1/snapshot":
            session.bell.now += 1.1
            if server.paths().count("/v1/snapshot") == 4:
                stopped_elsewhere(server, lost[1].number)

    server.script = slow
    session.run(60)
    told = [asked.query.get("after") for asked in server.asked if asked.path == "/v1/stops"]
    # The first reply says that an epoch has begun here, the second one tells of them.
    assert told[:2] == [None, None]
    # The last one again, by which a server that was put back is recognised.
    assert set(told[2:]) == {"20", "21"}
    assert session.store.find(lost[1].token) is None


def test_stops_that_come_in_pages_are_heard_to_the_last(server: ScriptedRegistry, session: PacedSession) -> None:
    linked_elsewhere(server, 20)
    lost = [placed.link for placed in server.ledger.links.values()][:7]
    session.run(60)
    for link in lost:
        stopped_elsewhere(server, link.number)

    def script(asked: Asked) -> Say | None:
        if asked.path != "/v1/stops":
            return Say(503, b"") if asked.path == "/v1/feed" else None
        stops = server.ledger.stops_above(max(int(asked.query["cursor"]), int(asked.query.get("after", 0))))
        page = StopsPage(tuple(stops[:3]), stops[2].stop.cursor if len(stops) > 3 else None, server.status())
        return Say(200, stops_json(page))

    session.session.found_nobody()
    server.script = script
    session.run(10)
    assert [link.token for link in lost if session.store.find(link.token) is not None] == []


@pytest.mark.parametrize("gone_on", [0, 10])
def test_a_server_put_back_while_a_snapshot_is_loaded_tells_all_its_stops_again(
    server: ScriptedRegistry, session: PacedSession, gone_on: int
) -> None:
    """In the same epoch: where the last stop was that was heard stands nothing yet, or something else by now."""
    linked_elsewhere(server, 20)
    heard, missed = [placed.link for placed in server.ledger.links.values()][:2]
    session.run(60)
    server.ledger.back_up()
    server.ledger.restore()
    server.page = 2
    server.ledger.back_up()
    linked_elsewhere(server, 4, 100)
    stopped_elsewhere(server, heard.number)

    def script(asked: Asked) -> Say | None:
        if asked.path != "/v1/snapshot":
            return None
        session.bell.now += 1.1
        pages.append(asked)
        if len(pages) == 4:
            assert session.store.find(heard.token) is None
            server.ledger.roll_back()
            stopped_elsewhere(server, missed.number)
            linked_elsewhere(server, gone_on, 200)
        return Say(503, b"") if len(pages) > 4 else None

    pages: list[Asked] = []
    server.script = script
    session.run(60)
    assert session.store.position().epoch == 1
    assert session.store.find(missed.token) is None


def test_stops_are_asked_for_while_the_store_sorts_a_snapshot(server: ScriptedRegistry, session: PacedSession) -> None:
    linked_elsewhere(server, 20)
    session.run(60, SlowStore(session))
    paths = server.paths()
    last_page = paths.index("/v1/snapshot")
    replayed = paths.index("/v1/feed", last_page)
    between = paths[last_page + 1 : replayed]
    assert set(between) == {"/v1/stops"}
    assert len(between) > 1


def test_stops_are_asked_for_while_what_is_left_of_a_snapshot_is_erased(server: ScriptedRegistry, session: PacedSession) -> None:
    linked_elsewhere(server, 5000)
    wrong = [True]

    def again(asked: Asked) -> Say | None:
        """The first page in place of the third."""
        if server.paths().count("/v1/snapshot") == 3 and asked.path == "/v1/snapshot" and wrong:
            wrong.clear()
            del asked.query["after"]
        return None

    server.script = again
    session.run(60, SlowStore(session))
    paths = server.paths()
    pages = [place for place, path in enumerate(paths) if path == "/v1/snapshot"]
    between = paths[pages[2] + 1 : pages[3]]
    assert set(between) == {"/v1/stops"}
    assert len(between) > 1


def test_stops_are_asked_for_while_only_a_snapshot_would_help_and_none_is_to_be_had(
    server: ScriptedRegistry, session: PacedSession
) -> None:
    """The feed has a gap: a card that is lost elsewhere would be served here until the next attempt."""
    linked_elsewhere(server, 1)
    session.run(60)
    heard: list[float] = []

    def no_way(asked: Asked) -> Say | None:
        if asked.path == "/v1/stops":
            heard.append(session.bell.now)
        if asked.path == "/v1/feed":
            return Say(409, {"error": "snapshot-needed", "status": status_json(server.status())})
        return Say(503, b"") if asked.path == "/v1/snapshot" else None

    server.script = no_way
    session.run(600)
    assert max(later - earlier for earlier, later in pairwise(heard)) <= 12
    assert len(heard) <= 70
