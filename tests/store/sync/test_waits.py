"""How long news are waited for, and how soon after them the next question follows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import RegistryCondition
from kiosk.domain.registry_wire import LONGEST_WAIT
from tests.support.registry.sent_operations import fresh_token
from tests.support.sync.enrolled_counter import EnrolledCounter
from tests.support.sync.made_elsewhere import linked_elsewhere
from tests.support.sync.paced_session import PacedSession
from tests.support.sync.scripted_registry import Asked, Say, ScriptedRegistry
from tests.support.wait import LIMIT, wait_until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedRegistry]:
    with ScriptedRegistry(tmp_path, longest_wait=0.025) as server:
        yield server


def test_a_wait_that_nobody_ends_is_given_up_and_stops_come_first_again(server: ScriptedRegistry, session: PacedSession) -> None:
    session.run(30)
    ends, asked_at, was_ended = threading.Event(), list[tuple[str, float]](), list[bool]()

    def silent(asked: Asked) -> Say | None:
        asked_at.append((asked.path, session.bell.now))
        if asked.path == "/v1/feed" and int(asked.query["wait"]):
            assert int(asked.query["wait"]) <= LONGEST_WAIT
            with server.holding():
                was_ended.append(ends.wait(LIMIT))
        return None

    server.script = silent
    session.run(30)
    ends.set()
    session.run(10)
    wait_until(lambda: was_ended, "the answer that nobody waited for")
    assert was_ended[0]
    (first, began), (second, ended) = asked_at[:2]
    assert (first, second) == ("/v1/feed", "/v1/stops")
    assert LONGEST_WAIT < ended - began <= LONGEST_WAIT + 17


def test_counters_that_hear_the_same_news_do_not_come_back_in_the_same_moment(server: ScriptedRegistry, session: PacedSession) -> None:
    session.run(30)
    session.bell.pauses.clear()
    for sequence in range(1, 6):
        linked_elsewhere(server, 1, sequence)
        server.news()
        session.run(3)
    assert session.store.sum_up()[1] == 5
    assert len(set(session.bell.pauses)) >= 5
    assert max(session.bell.pauses) <= 0.2


def test_a_question_that_is_asked_ends_with_the_sync(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    answers, ended = threading.Event(), list[Code]()
    sync = counter.start().until_condition(RegistryCondition.CURRENT).sync
    assert sync is not None

    def silent(asked: Asked) -> None:
        if asked.path.endswith("/find"):
            answers.wait(LIMIT)

    def ask() -> None:
        with pytest.raises(Unavailable) as raised:
            sync.find(fresh_token())
        ended.append(raised.value.code)

    server.script = silent
    asking = threading.Thread(target=ask)
    asking.start()
    wait_until(lambda: any(path.endswith("/find") for path in server.paths()), "the question")
    counter.stop()
    assert ended == [Code.REGISTRY_UNREACHABLE]
    asking.join()
    answers.set()
