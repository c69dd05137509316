"""Servers that never say the right thing: nothing is lost, nothing is applied, and they are not asked too often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.domain.model import Revocation
from kiosk.domain.operations import Pending
from kiosk.domain.registry_json import status_json
from kiosk.domain.wire import LARGEST, MOST_SKIPPED
from kiosk.store.repository import Repository
from tests.support.registry.sent_operations import fresh_number, fresh_token
from tests.support.sync.made_elsewhere import linked_elsewhere, stopped_elsewhere
from tests.support.sync.paced_session import PacedSession
from tests.support.sync.scripted_registry import Asked, Cut, Say, Script, ScriptedRegistry

MINUTE, HOUR = 60.0, 3600.0
A_MINUTE = 40
"""Requests in the first minute; a batch of some operations is taken apart in it."""
LATER_A_MINUTE = 8.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedRegistry]:
    # Long enough for some seconds of the session's own clock.
    with ScriptedRegistry(tmp_path, longest_wait=0.025) as server:
        yield server


def link(store: Repository) -> None:
    store.save_link(uuid4(), fresh_token(), fresh_number(), revocation=Revocation.GOOD)


def everywhere(said: Say) -> Script:
    return lambda asked: said


def operations_only(said: Say) -> Script:
    return lambda asked: said if asked.path == "/v1/operations" else None


def cut(asked: Asked) -> Say:
    raise Cut


def another_epoch_each_time(server: ScriptedRegistry) -> Script:
    def script(asked: Asked) -> None:
        server.ledger.restore()

    return script


def same_epoch_but_changed(server: ScriptedRegistry) -> Script:
    return lambda asked: Say(409, {"error": "epoch-changed", "status": status_json(server.status())})


def always_deferred(server: ScriptedRegistry) -> Script:
    server.deferring = True
    return lambda asked: None


def snapshot_for_ever(server: ScriptedRegistry) -> Script:
    """A digest that is right nowhere."""

    def script(asked: Asked) -> Say | None:
        if asked.path == "/v1/feed":
            return Say(409, {"error": "snapshot-needed", "status": status_json(server.status())})
        return None

    return script


def no_news_at_once(server: ScriptedRegistry) -> Script:
    """The wait for news ends as soon as it began."""

    def script(asked: Asked) -> Say | None:
        if asked.path == "/v1/feed" and int(asked.query["epoch"]) == 1:
            return Say(200, {"entries": [], "status": status_json(server.status())})
        return None

    return script


SCRIPTS = {
    "500": lambda server: everywhere(Say(500, {"error": "incident"})),
    "409": same_epoch_but_changed,
    "503": lambda server: everywhere(Say(503, {"error": "database-unavailable"})),
    "404": lambda server: everywhere(Say(404, {"error": "unknown-route"})),
    "400": lambda server: everywhere(Say(400, {"error": "unreadable"})),
    "422": lambda server: everywhere(Say(422, {"error": "operation-unreadable", "index": 5000})),
    "redirect": lambda server: everywhere(Say(302, b"", {"Location": "https://127.0.0.1:1/"})),
    "a page": lambda server: everywhere(Say(200, b"<html>please log in</html>", {"Content-Type": "text/html"})),
    "nonsense": lambda server: everywhere(Say(200, {"answers": "all of them", "entries": [{}], "status": {}})),
    "brackets": lambda server: everywhere(Say(200, b"[" * 100_000)),
    "nothing": lambda server: cut,
    "500 to operations": lambda server: operations_only(Say(500, b"")),
    "nonsense to operations": lambda server: operations_only(Say(200, {"answers": []})),
    "epochs": another_epoch_each_time,
    "deferred": always_deferred,
    "snapshots": snapshot_for_ever,
    "no news": no_news_at_once,
}


ANSWERS_OPERATIONS = {"no news", "snapshots"}
FEED_GOES_ON = {"500 to operations", "nonsense to operations", "deferred"}
"""The server answers everything else as it should, and may be asked as often as that."""


STOPS_GO_ON = {"snapshots"}
"""The server answers those, and no feed brings them: `test_stops_meanwhile` has how often they are asked for."""


def counted(name: str, paths: list[str]) -> int:
    if name in STOPS_GO_ON:
        return len(paths) - paths.count("/v1/stops")
    return paths.count("/v1/operations") if name in FEED_GOES_ON else len(paths)


@pytest.mark.parametrize("name", SCRIPTS)
def test_requests_are_bounded_and_everything_is_kept(name: str, server: ScriptedRegistry, store: Repository, session: PacedSession) -> None:
    for _ in range(8):
        link(store)
    if name == "no news":
        session.run(MINUTE)
    server.script = SCRIPTS[name](server)
    asked = len(server.asked)
    session.run(MINUTE)
    first, asked = counted(name, server.paths()[asked:]), len(server.asked)
    assert first <= A_MINUTE
    session.run(2 * MINUTE)
    assert counted(name, server.paths()[asked:]) / 2 <= LATER_A_MINUTE
    assert name in ANSWERS_OPERATIONS or [own.state for own in store.operations()] == [Pending()] * 8
    # And when it comes to its senses, everything arrives.
    server.script, server.deferring = lambda asked: None, False
    for _ in range(60):
        if store.outgoing():
            session.run(MINUTE / 2)
    assert store.pending_count() == 0
    assert len(server.ledger.links) == 8
    assert store.sum_up()[1:] == (8, server.status().digest)


def test_one_operation_that_the_server_cannot_take_holds_nothing_else_back(
    server: ScriptedRegistry, store: Repository, session: PacedSession
) -> None:
    for _ in range(30):
        link(store)
    poison = str(store.operations()[11].operation.origin.uuid)

    def script(asked: Asked) -> Say | None:
        is_poisoned = asked.path == "/v1/operations" and any(each["uuid"] == poison for each in asked.body["operations"])
        return Say(500, b"Internal Server Error") if is_poisoned else None

    server.script = script
    session.run(2 * MINUTE)
    assert [str(own.operation.origin.uuid) for own in store.operations() if own.state == Pending()] == [poison]
    assert len(server.ledger.links) == 29


def test_a_snapshot_that_never_agrees_is_asked_for_ever_less_often(
    server: ScriptedRegistry, store: Repository, session: PacedSession
) -> None:
    link(store)
    session.run(MINUTE)
    wrong = replace(server.status(), digest="0" * 64)
    told: list[str | None] = []

    def script(asked: Asked) -> Say | None:
        if asked.path == "/v1/feed":
            told.append(asked.query.get("differs"))
            return Say(200, {"entries": [], "status": status_json(wrong)})
        return None

    server.script = script
    begun = server.paths().count("/v1/snapshot")
    session.run(2 * HOUR)
    assert 3 <= server.paths().count("/v1/snapshot") - begun <= 20
    # The server is told from the second question on, and its administrator with it.
    assert told[0] is None
    assert set(told[1:]) == {"1"}


def test_a_counter_that_is_shut_out_sends_nothing_of_what_is_done_until_it_is_taken_back(
    server: ScriptedRegistry, store: Repository, session: PacedSession
) -> None:
    link(store)
    session.run(MINUTE)
    server.script = everywhere(Say(401, {"error": "secret-unknown"}))
    link(store)
    session.run(MINUTE)
    begun = len(server.asked)
    for _ in range(3):
        link(store)
        session.bell.ring()
        session.run(4 * MINUTE)
    assert set(server.paths()[begun:]) == {"/v1/stops"}
    assert all(set(asked.query) == {"epoch", "cursor"} and asked.body is None for asked in server.asked[begun:])
    # Nor does somebody who answers without saying that it is known.
    server.script = everywhere(Say(503, {"error": "database-unavailable"}))
    session.run(4 * MINUTE)
    session.bell.ring()
    session.run(4 * MINUTE)
    assert set(server.paths()[begun:]) == {"/v1/stops"}
    assert store.pending_count() == 4
    server.script = lambda asked: None
    session.run(4 * MINUTE)
    assert store.pending_count() == 0
    known = store.membership()
    assert known is not None
    assert known.shut_out is None


def test_a_retiring_counter_leaves_only_when_everything_was_delivered(
    server: ScriptedRegistry, store: Repository, session: PacedSession
) -> None:
    session.run(MINUTE)
    server.retiring = True
    server.script = operations_only(Say(503, {"error": "database-unavailable"}))
    link(store)
    session.run(5 * MINUTE)
    assert "/v1/operations" in server.paths()
    assert "/v1/leave" not in server.paths()
    server.script = lambda asked: None
    session.run(5 * MINUTE)
    assert "/v1/leave" in server.paths()
    assert len(server.ledger.links) == 1
    assert store.pending_count() == 0


def test_numbers_that_the_server_has_seen_of_this_counter_are_not_given_again(
    server: ScriptedRegistry, store: Repository, session: PacedSession
) -> None:
    """The store was put back from a copy: the server knows operations that it does not."""

    def script(asked: Asked) -> Say | None:
        known = status_json(replace(server.status(), sequence=500))
        return Say(200, {"stops": [], "next": None, "status": known}) if asked.path == "/v1/stops" else None

    server.script = script
    session.run(MINUTE)
    link(store)
    [own] = store.operations()
    assert own.operation.origin.sequence == 501


def test_a_number_from_which_no_counter_can_go_on_is_not_heeded(server: ScriptedRegistry, store: Repository, session: PacedSession) -> None:
    def script(asked: Asked) -> Say | None:
        known = status_json(replace(server.status(), sequence=LARGEST))
        return Say(200, {"stops": [], "next": None, "status": known}) if asked.path == "/v1/stops" else None

    server.script = script
    session.run(MINUTE)
    server.script = lambda asked: None
    link(store)
    session.run(5 * MINUTE)
    assert (len(server.ledger.links), store.pending_count()) == (1, 0)


def test_a_number_that_somebody_else_has_raised_does_not_keep_stops_from_being_heard(
    server: ScriptedRegistry, store: Repository, session: PacedSession
) -> None:
    """Whoever has the secret can hand in one operation far ahead: each answer says so from then on."""
    linked_elsewhere(server, 1)
    [lost] = [placed.link for placed in server.ledger.links.values()]
    true_status = server.status
    server.status = lambda: replace(true_status(), sequence=MOST_SKIPPED + 2)  # type: ignore[method-assign]
    session.run(MINUTE)
    assert store.find(lost.token) is not None
    stopped_elsewhere(server, lost.number)
    link(store)
    session.run(MINUTE)
    assert store.find(lost.token) is None
    assert [own.operation.origin.sequence for own in store.operations()] == [1]
    assert store.pending_count() == 0
