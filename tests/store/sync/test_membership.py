"""Who this counter is to the server: shut out, revoked, retiring, alone for too long, with another clock or with other links."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.errors import Unavailable
from kiosk.domain.events import (
    CounterRetiring,
    CounterRevoked,
    RegistryChanged,
    RegistryClockRead,
)
from kiosk.domain.model import RegistryCondition
from kiosk.domain.operations import Pending
from kiosk.domain.registry_json import status_json
from kiosk.domain.wire import LinkOperation, UnlinkOperation
from tests.support.registry.sent_operations import fresh_number, fresh_token
from tests.support.sync.enrolled_counter import EnrolledCounter
from tests.support.sync.scripted_registry import Asked, Say, ScriptedRegistry


def in_step(counter: EnrolledCounter) -> EnrolledCounter:
    return counter.start().until_condition(RegistryCondition.CURRENT)


# --- who is shut out --------------------------------------------------------------------------------------------------------


def test_an_unknown_secret_shuts_out_and_erases_nothing(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    in_step(counter)
    operation = counter.link(fresh_token(), fresh_number())
    counter.until_settled()
    server.script = lambda asked: Say(401, {"error": "secret-unknown"})
    counter.link(fresh_token(), fresh_number())
    counter.until_condition(RegistryCondition.SHUT_OUT).stop()
    assert not any(isinstance(event, CounterRevoked) for event in counter.events)
    assert len(counter.links()) == 2
    assert counter.store.pending_count() == 1
    known = counter.store.membership()
    assert known is not None
    assert known.shut_out is not None
    assert operation in {own.operation.origin.uuid for own in counter.store.operations()}


def test_a_counter_that_is_shut_out_asks_about_no_card(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    server.script = lambda asked: Say(401, {"error": "secret-unknown"})
    counter.start().until(lambda here: (known := here.store.membership()) is not None and known.shut_out is not None)
    assert counter.sync is not None
    with pytest.raises(Unavailable):
        counter.sync.find(fresh_token())
    assert "/v1/links/find" not in server.paths()


@pytest.mark.parametrize("said", [Say(403, {"error": "counter-revoked"}), Say(403, {"error": "counter-revoked", "counter": "窓口2"})])
def test_only_a_revocation_that_names_this_counter_is_one(server: ScriptedRegistry, counter: EnrolledCounter, said: Say) -> None:
    server.script = lambda asked: said
    counter.start().until_condition(RegistryCondition.SHUT_OUT).stop()
    assert not any(isinstance(event, CounterRevoked) for event in counter.events)
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
    counter.stop()
    counter.events.clear()
    counter.start().until_told(CounterRetiring)
    assert counter.condition is RegistryCondition.SHUT_OUT


# --- time -------------------------------------------------------------------------------------------------------------------


def test_a_clock_that_differs_is_told_with_its_difference(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    server.clock_ahead = timedelta(days=1)
    in_step(counter)
    assert abs(counter.until_told(RegistryClockRead).ahead - 86_400) <= 2


def test_clocks_that_agree_are_not_mentioned(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    in_step(counter).link(fresh_token(), fresh_number())
    counter.until_settled().stop()
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
