"""What is asked first, what is sent again, and what is shown meanwhile."""

from __future__ import annotations

import threading
from contextlib import closing, nullcontext
from uuid import uuid4

import pytest

from kiosk.domain.errors import Code
from kiosk.domain.events import (
    OperationAccepted,
    OperationRefused,
)
from kiosk.domain.model import RegistryCondition, UnlinkReason
from kiosk.store.repository import Repository
from tests.support.registry.sent_operations import fresh_number, fresh_token
from tests.support.sync.enrolled_counter import EnrolledCounter
from tests.support.sync.made_elsewhere import linked_elsewhere
from tests.support.sync.paced_session import PacedSession
from tests.support.sync.scripted_registry import SITE_KEY, Asked, Cut, Say, ScriptedRegistry


def in_step(counter: EnrolledCounter) -> EnrolledCounter:
    return counter.start().until_condition(RegistryCondition.CURRENT)


def sent(server: ScriptedRegistry, begun: int = 0) -> list[list[str]]:
    """The kinds of the operations in each request."""
    return [[each["kind"] for each in asked.body["operations"]] for asked in server.asked[begun:] if asked.path == "/v1/operations"]


# --- order ----------------------------------------------------------------------------------------------------------------


def test_stops_are_fetched_before_anything_else_and_again_after_the_connection_broke(
    server: ScriptedRegistry, counter: EnrolledCounter
) -> None:
    in_step(counter)
    assert server.paths()[0] == "/v1/stops"
    broken = len(server.asked)

    def away(asked: Asked) -> Say:
        raise Cut

    server.script = away
    # The counter may have begun to wait already.
    counter.until(lambda _: len(server.asked) > broken + 1 or server.let_go())
    server.script = lambda asked: None
    back = len(server.asked)
    counter.until(lambda _: len(server.asked) > back)
    assert server.paths()[back] == "/v1/stops"


def test_a_card_stopped_elsewhere_is_stopped_here_before_the_feed_gets_there(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    token, number = fresh_token(), fresh_number()
    counter.link(token, number)
    in_step(counter).until_settled()
    counter.stop()
    other = EnrolledCounter(server.folder / "other.db", server.url, server.authority, "窓口2", SITE_KEY)
    with other:
        in_step(other).unlink(number)
        other.until_settled()

    def no_feed(asked: Asked) -> Say | None:
        return Say(503, b"") if asked.path == "/v1/feed" else None

    server.script = no_feed
    counter.start().until(lambda here: here.store.find(token) is None)


def test_an_answer_that_was_lost_is_asked_for_again_and_is_the_same(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    in_step(counter)
    lost: list[Asked] = []

    def lose(asked: Asked) -> Say | None:
        if asked.path == "/v1/operations" and len(lost) < 2:
            lost.append(asked)
            server.script = lambda again: None
            server.answer(asked)
            server.script = lose
            raise Cut
        return None

    server.script = lose
    operation = counter.link(fresh_token(), fresh_number())
    assert counter.until_told(OperationAccepted).operation == operation
    counter.until_settled()
    assert lost
    assert server.ledger.position.cursor == 1
    assert [type(event) for event in counter.events].count(OperationAccepted) == 1


# --- a new epoch ----------------------------------------------------------------------------------------------------------


def test_what_a_restored_backup_has_lost_is_sent_again_stops_first(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    in_step(counter)
    kept, kept_number = fresh_token(), fresh_number()
    counter.link(kept, kept_number)
    counter.until_settled()
    server.ledger.back_up()
    server.news()
    lost, lost_number = fresh_token(), fresh_number()
    counter.link(lost, lost_number)
    counter.until_settled()
    counter.unlink(kept_number)
    counter.until_settled()
    begun = len(server.asked)
    server.deferring = True
    server.ledger.restore()
    server.news()
    counter.until(lambda _: sent(server, begun)[1:])
    assert sent(server, begun)[:2] == [["unlink"], ["link"]]
    # Between the two the server was told that all stops of this counter are there: its feed was asked for in the new epoch.
    paths = [(asked.path, asked.query.get("epoch")) for asked in server.asked[begun:]]
    first, second = (place for place, (path, _) in enumerate(paths) if path == "/v1/operations")
    assert ("/v1/feed", "2") in paths[first:second]
    assert "/v1/snapshot" not in [path for path, _ in paths[:first]]
    server.deferring = False
    counter.until(lambda here: here.store.position().epoch == 2 and not here.store.outgoing())
    assert counter.links() == {lost_number.text: lost.digest}
    assert set(server.ledger.links) == {lost}


def overloaded(asked: Asked) -> Say | None:
    return Say(429, {"error": "too-many-requests"}, {"Retry-After": "5"}) if asked.path == "/v1/operations" else None


def named(server: ScriptedRegistry, epoch: int) -> bool:
    """Whether the server was told that all stops of this counter are there."""
    return any(asked.path == "/v1/feed" and asked.query["epoch"] == str(epoch) for asked in server.asked)


def restore_before_a_stop(server: ScriptedRegistry, store: Repository) -> None:
    """What is stopped here next cannot be sent to the server."""
    server.script = overloaded
    server.ledger.restore()
    store.close_link(uuid4(), fresh_number(), UnlinkReason.LOST)


@pytest.mark.parametrize("is_restarted", [False, True])
def test_a_new_epoch_is_not_named_before_the_stops_are_there(
    server: ScriptedRegistry, store: Repository, session: PacedSession, is_restarted: bool
) -> None:
    session.run(5)
    restore_before_a_stop(server, store)
    session.run(20)
    with closing(PacedSession(store, server)) if is_restarted else nullcontext(session) as then:
        then.run(20)
        assert "/v1/operations" in server.paths()
        assert not named(server, 2)
        server.script = lambda asked: None
        begun = len(server.asked)
        then.run(20)
    assert sent(server, begun) == [["unlink"]]
    assert named(server, 2)
    assert store.position().epoch == 2


def test_a_stop_that_cannot_be_sent_does_not_keep_a_counter_in_an_epoch_that_is_over(
    server: ScriptedRegistry, store: Repository, session: PacedSession
) -> None:
    """The server does not wait for it longer than a minute either."""
    session.run(5)
    restore_before_a_stop(server, store)
    session.run(180)
    assert store.position().epoch == 2
    assert store.pending_count() == 1


def test_links_stay_served_until_the_snapshot_of_the_new_epoch_is_there(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    token, number = fresh_token(), fresh_number()
    in_step(counter).link(token, number)
    counter.until_settled()
    server.ledger.back_up()
    server.script = lambda asked: Say(503, b"") if asked.path == "/v1/snapshot" else None
    server.ledger.restore()
    server.news()
    counter.until(lambda _: "/v1/snapshot" in server.paths()[3:])
    assert counter.links() == {number.text: token.digest}
    counter.until(lambda here: here.condition is not RegistryCondition.CURRENT)
    server.script = lambda asked: None
    counter.until(lambda here: here.store.position().epoch == 2)
    assert counter.links() == {number.text: token.digest}


# --- answers that refuse ----------------------------------------------------------------------------------------------------


def test_an_operation_that_the_server_cannot_read_leaves_the_queue_and_staff_are_told(
    server: ScriptedRegistry, counter: EnrolledCounter
) -> None:
    first, second = counter.link(fresh_token(), fresh_number()), counter.link(fresh_token(), fresh_number())

    def newer(asked: Asked) -> Say | None:
        uuids = [each["uuid"] for each in asked.body["operations"]] if asked.path == "/v1/operations" else []
        return Say(422, {"error": "operation-newer", "index": uuids.index(str(first))}) if str(first) in uuids else None

    server.script = newer
    counter.start()
    told = counter.until_told(OperationRefused).refused
    assert (told.operation, told.code) == (first, Code.OPERATION_NEWER)
    assert counter.until_told(OperationAccepted).operation == second


def test_what_is_done_while_an_answer_comes_in_parts_does_not_wait_for_its_end(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    in_step(counter)
    server.rest = threading.Event()
    linked_elsewhere(server, 1, 1)
    server.news()
    counter.until(lambda _: server.halves)
    counter.link(fresh_token(), fresh_number())
    counter.until(lambda _: sent(server))
    server.rest.set()
    counter.until_settled()
