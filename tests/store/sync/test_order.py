"""What is asked first, what is sent again, and what is shown meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.errors import Code
from kiosk.domain.events import (
    CounterRetiring,
    CounterRevoked,
    OperationAccepted,
    OperationRefused,
    RegistryChanged,
    RegistryClockRead,
)
from kiosk.domain.model import RegistryCondition
from kiosk.domain.operations import Pending
from kiosk.domain.registry_json import status_json
from kiosk.domain.wire import LinkOperation, UnlinkOperation
from tests.support.registry.sent_operations import fresh_number, fresh_token
from tests.support.sync.enrolled_counter import EnrolledCounter
from tests.support.sync.scripted_registry import SITE_KEY, Asked, Cut, Say, ScriptedRegistry


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedRegistry]:
    with ScriptedRegistry(tmp_path) as server:
        yield server


@pytest.fixture
def counter(server: ScriptedRegistry, tmp_path: Path) -> Iterator[EnrolledCounter]:
    with ExitStack() as opened:
        yield opened.enter_context(EnrolledCounter(tmp_path / "kiosk.db", server.url, server.authority, "窓口1", SITE_KEY))


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
    server.news()
    counter.until(lambda _: len(server.asked) > broken + 1)
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


# --- who is shut out --------------------------------------------------------------------------------------------------------


def test_an_unknown_secret_shuts_out_and_erases_nothing(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    in_step(counter)
    operation = counter.link(fresh_token(), fresh_number())
    counter.until_settled()
    server.script = lambda asked: Say(401, {"error": "secret-unknown"})
    counter.link(fresh_token(), fresh_number())
    counter.until_condition(RegistryCondition.SHUT_OUT)
    assert not any(isinstance(event, CounterRevoked) for event in counter.events)
    assert len(counter.links()) == 2
    assert counter.store.pending_count() == 1
    known = counter.store.membership()
    assert known is not None
    assert known.shut_out is not None
    assert operation in {own.operation.origin.uuid for own in counter.store.operations()} | {operation}


@pytest.mark.parametrize("said", [Say(403, {"error": "counter-revoked"}), Say(403, {"error": "counter-revoked", "counter": "窓口2"})])
def test_only_a_revocation_that_names_this_counter_is_one(server: ScriptedRegistry, counter: EnrolledCounter, said: Say) -> None:
    server.script = lambda asked: said
    counter.start().until_condition(RegistryCondition.SHUT_OUT)
    assert not any(isinstance(event, CounterRevoked) for event in counter.events)
    counter.stop()
    server.script = lambda asked: Say(403, {"error": "counter-revoked", "counter": "窓口1"})
    counter.start().until_told(CounterRevoked)


def test_what_somebody_says_whom_the_authority_does_not_vouch_for_is_not_heard(
    server: ScriptedRegistry, counter: EnrolledCounter, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with ScriptedRegistry(elsewhere, script=lambda asked: Say(403, {"error": "counter-revoked", "counter": "窓口1"})) as liar:
        counter.store.move_to(liar.url)
        counter.start().until_condition(RegistryCondition.UNREACHABLE)
        assert liar.asked == []
        # And when the address is right again, the running program finds it by itself.
        counter.store.move_to(server.url)
        counter.until_condition(RegistryCondition.CURRENT)


def test_a_retiring_counter_delivers_what_it_holds_and_leaves(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    in_step(counter)
    server.retiring = True
    server.script = lambda asked: Say(403, {"error": "counter-retired", "counter": "窓口1"}) if "/v1/leave" in server.paths()[:-1] else None
    counter.link(fresh_token(), fresh_number())
    counter.until_condition(RegistryCondition.SHUT_OUT)
    assert any(isinstance(event, CounterRetiring) for event in counter.events)
    assert server.ledger.position.cursor == 1
    assert counter.store.pending_count() == 0
    assert len(counter.links()) == 1


# --- time -------------------------------------------------------------------------------------------------------------------


def test_a_clock_that_differs_is_told_with_its_difference(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    server.clock_ahead = timedelta(days=1)
    in_step(counter)
    assert abs(counter.until_told(RegistryClockRead).ahead - 86_400) <= 2


def test_clocks_that_agree_are_not_mentioned(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    in_step(counter).link(fresh_token(), fresh_number())
    counter.until_settled()
    assert not any(isinstance(event, RegistryClockRead) for event in counter.events)


def test_a_counter_that_was_alone_for_too_long_says_so_before_anything_is_asked(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    in_step(counter)
    counter.stop()
    server.stop()
    counter.events.clear()
    counter.clock.ahead = timedelta(hours=25)
    counter.start()
    first = counter.until_told(RegistryChanged)
    assert first.condition is RegistryCondition.TOO_LONG_OFFLINE
    assert first.since is not None
    counter.stop()
    counter.events.clear()
    counter.clock.ahead = timedelta(hours=23)
    counter.start()
    # The clock went back by two hours behind what it had shown.
    assert counter.until_told(RegistryChanged).condition is RegistryCondition.TOO_LONG_OFFLINE


def test_an_answer_before_all_stops_are_heard_does_not_end_the_time_alone(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    in_step(counter)
    counter.stop()
    counter.events.clear()
    counter.clock.ahead = timedelta(hours=25)

    def half(asked: Asked) -> Say | None:
        """One page of the stops arrives, and no more."""
        if asked.path == "/v1/stops" and "after" not in asked.query:
            return Say(200, {"stops": [], "next": 1, "status": status_json(server.status())})
        return Say(503, b"")

    server.script = half
    begun = len(server.asked)
    counter.start().until(lambda _: len(server.asked) > begun + 4)
    assert counter.condition is RegistryCondition.TOO_LONG_OFFLINE
    known = counter.store.membership()
    assert known is not None
    assert known.heard is not None
    assert counter.clock() - known.heard > timedelta(hours=24)
    server.script = lambda asked: None
    counter.until_condition(RegistryCondition.CURRENT)


def test_unlinking_never_stops(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    number = fresh_number()
    in_step(counter).link(fresh_token(), number)
    counter.until_settled()
    counter.stop()
    counter.clock.ahead = timedelta(hours=25)
    counter.unlink(number)
    [own] = [own for own in counter.store.operations() if isinstance(own.operation, UnlinkOperation)]
    assert own.state == Pending()
    assert counter.links() == {}
    counter.start().until_settled()
    assert not server.ledger.links


# --- links that differ ------------------------------------------------------------------------------------------------------


def test_a_counter_whose_links_differ_says_so_and_takes_the_snapshot(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    in_step(counter).link(fresh_token(), fresh_number())
    counter.until_settled()
    begun = len(server.asked)
    # The server's row was changed behind its program.
    [(token, placed)] = server.ledger.links.items()
    server.ledger.links[token] = replace(placed, link=replace(placed.link, number=fresh_number()))
    counter.link(fresh_token(), fresh_number())
    counter.until(lambda here: {number for number in here.links()} == {each.link.number.text for each in server.ledger.links.values()})
    asked = server.asked[begun:]
    assert "/v1/snapshot" in [each.path for each in asked]
    assert any(each.query.get("differs") == "1" for each in asked)
    assert status_json(server.status())["digest"] == counter.store.sum_up()[2]
    assert isinstance(counter.store.operations()[0].operation, LinkOperation)
