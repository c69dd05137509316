"""Counters beside a real server: what is done at one is known at the others, and to the windows."""

from __future__ import annotations

from kiosk.domain.errors import Code
from kiosk.domain.events import LedgerLoading, OperationAccepted, OperationRefused
from kiosk.domain.model import RegistryCondition
from tests.store.sync.conftest import NewCounter
from tests.support.registry.sent_operations import fresh_number, fresh_token


def test_a_link_made_at_one_counter_arrives_at_another_and_an_unlinking_too(new_counter: NewCounter) -> None:
    one, other = new_counter().start(), new_counter().start()
    for counter in (one, other):
        counter.until_condition(RegistryCondition.CURRENT)
    token, number = fresh_token(), fresh_number()
    operation = one.link(token, number)
    assert one.until_told(OperationAccepted).operation == operation
    other.until(lambda counter: counter.store.find(token) is not None)
    one.until_settled()
    assert one.links() == other.links() == {number.text: token.digest}
    unlinking = other.unlink(number)
    assert other.until_told(OperationAccepted).operation == unlinking
    one.until(lambda counter: counter.store.find(token) is None)


def test_what_was_done_before_the_server_was_ever_reached_is_sent(new_counter: NewCounter) -> None:
    one, other = new_counter(), new_counter().start()
    token, number = fresh_token(), fresh_number()
    one.link(token, number)
    one.start().until_settled()
    other.until(lambda counter: counter.store.find(token) is not None)


def test_of_two_counters_that_link_one_number_the_second_is_told_that_it_was_refused(new_counter: NewCounter) -> None:
    one, other = new_counter(), new_counter()
    number = fresh_number()
    one.link(fresh_token(), number)
    late = other.link(fresh_token(), number)
    one.start().until_settled()
    other.start()
    refused = other.until_told(OperationRefused).refused
    assert (refused.operation, refused.code) == (late, Code.NUMBER_LINKED_ELSEWHERE)
    assert other.until_settled().links() == one.links()


def test_a_counter_that_comes_later_takes_the_whole_ledger_and_says_how_far_it_is(new_counter: NewCounter) -> None:
    one = new_counter().start()
    for _ in range(7):
        one.link(fresh_token(), fresh_number())
    one.until_settled()
    late = new_counter().start().until_condition(RegistryCondition.CURRENT)
    assert late.links() == one.links()
    told = [event for event in late.events if isinstance(event, LedgerLoading)]
    assert told[-1].loaded == told[-1].total == 7
    assert late.store.sum_up() == one.store.sum_up()
