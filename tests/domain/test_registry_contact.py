"""How long a counter may go on without the library's server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.domain.model import RegistryCondition
from kiosk.domain.registry_contact import Contact, clock_difference, condition

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
DAY = timedelta(hours=24)


def at(contact: Contact, later: timedelta, latest: datetime | None = None) -> RegistryCondition:
    return condition(contact, AT + later, latest, DAY)


def test_a_counter_that_has_heard_everything_is_current() -> None:
    assert at(Contact(AT, in_step=True), timedelta()) is RegistryCondition.CURRENT


def test_until_the_server_has_answered_the_last_contact_decides() -> None:
    assert at(Contact(AT), timedelta(hours=23)) is RegistryCondition.STARTING
    assert at(Contact(AT, fails=True), timedelta(hours=23)) is RegistryCondition.UNREACHABLE
    assert at(Contact(AT), timedelta(hours=25)) is RegistryCondition.TOO_LONG_OFFLINE
    assert at(Contact(AT, fails=True), timedelta(hours=25)) is RegistryCondition.TOO_LONG_OFFLINE


def test_a_clock_that_was_put_back_counts_as_too_long() -> None:
    assert at(Contact(AT, fails=True), timedelta(minutes=-2)) is RegistryCondition.TOO_LONG_OFFLINE
    assert at(Contact(AT, fails=True), timedelta(hours=1), AT + timedelta(hours=2)) is RegistryCondition.TOO_LONG_OFFLINE
    assert at(Contact(AT, fails=True), timedelta(seconds=-30)) is RegistryCondition.UNREACHABLE


def test_a_clock_that_is_put_back_while_the_program_runs_gains_nothing() -> None:
    """Minute by minute, so that it never falls behind the latest time seen by much."""
    silent = Contact(AT, silence=timedelta(hours=25), fails=True)
    assert at(silent, timedelta(hours=1)) is RegistryCondition.TOO_LONG_OFFLINE


def test_a_counter_that_was_never_answered_knows_no_link_that_could_be_stopped() -> None:
    assert at(Contact(), timedelta()) is RegistryCondition.STARTING
    assert at(Contact(fails=True), timedelta()) is RegistryCondition.UNREACHABLE


def test_a_server_that_knows_less_than_this_counter_ends_no_time_alone() -> None:
    outdated = Contact(AT, in_step=True, outdated=True)
    assert at(outdated, timedelta(hours=23)) is RegistryCondition.OUTDATED
    assert at(replace(outdated, fails=True), timedelta(hours=23)) is RegistryCondition.OUTDATED
    assert at(outdated, timedelta(hours=25)) is RegistryCondition.TOO_LONG_OFFLINE


def test_who_is_shut_out_is_shut_out_whatever_else_holds() -> None:
    assert at(Contact(AT, in_step=True, shut_out=True), timedelta()) is RegistryCondition.SHUT_OUT


@pytest.mark.parametrize(
    ("told", "took", "ahead"),
    [
        (timedelta(), timedelta(), 0),
        (timedelta(seconds=59), timedelta(seconds=1), 0),
        (timedelta(seconds=90), timedelta(), 90),
        (timedelta(days=-1), timedelta(seconds=2), -86_400),
        # A slow answer says less about the clocks.
        (timedelta(seconds=70), timedelta(seconds=30), 0),
    ],
)
def test_the_difference_of_the_clocks_is_told_where_it_is_more_than_the_answer_could_have_taken(
    told: timedelta, took: timedelta, ahead: int
) -> None:
    assert abs(clock_difference(AT + told, AT, AT + took) - ahead) <= 1
