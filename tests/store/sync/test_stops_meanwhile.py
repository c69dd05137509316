"""Stops are heard, and what is done here is sent, while a snapshot is being taken over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk.domain.registry_json import status_json
from tests.support.sync.made_elsewhere import linked_elsewhere
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
