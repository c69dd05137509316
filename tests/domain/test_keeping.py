"""A counter that crashes is started again five times a minute, within five seconds, and no more; one that ended in order is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.keeping import Crash, Ended, GaveUp, Keeping, Pausing, Running, ended, started_again

AT = datetime(2026, 11, 30, 9, 23, 11, tzinfo=timezone(timedelta(hours=9)))


@given(st.lists(st.one_of(st.floats(0, 3), st.floats(0, 90)), max_size=60), st.floats(0, 1e9))
def test_no_minute_has_more_than_five_restarts_and_nobody_gives_up_before(lives: list[float], now: float) -> None:
    """The model keeps every restart there ever was, and counts those of the last minute."""
    restarts: list[float] = []
    state: Keeping = Running()
    for life in lives:
        now += life
        assert isinstance(state, Running)
        state = ended(state, now, in_order=False)
        assert isinstance(state, GaveUp) is (sum(now - at < 60 for at in restarts) == 5)
        if isinstance(state, GaveUp):
            return
        assert isinstance(state, Pausing)
        assert now < state.until < now + 5
        now = state.until
        restarts.append(now)
        state = started_again(state, now)
        assert all(sum(first <= at < first + 60 for at in restarts) <= 6 for first in restarts)


def test_pauses_grow_while_it_goes_on_crashing_and_a_single_crash_waits_least() -> None:
    state, now, pauses = Running(), 100.0, []
    while isinstance(after := ended(state, now, in_order=False), Pausing):
        pauses.append(after.until - now)
        now = after.until
        state = started_again(after, now)
    assert len(pauses) == 5
    assert pauses == sorted(set(pauses))
    assert isinstance(alone := ended(state, now + 61, in_order=False), Pausing)
    assert alone.until - (now + 61) == pytest.approx(pauses[0])


@given(st.lists(st.floats(0, 100), max_size=9))
def test_an_end_in_order_is_the_end(restarts: list[float]) -> None:
    assert isinstance(ended(Running(tuple(sorted(restarts))), 100.0, in_order=True), Ended)


def test_a_crash_is_told_from_the_parent_to_the_child() -> None:
    for crash in (
        Crash("1130-0923-AB", AT, "SIGKILL"),
        Crash("1130-0923-AB", AT, "exit 0xC0000005"),
        Crash("1130-0923-AB", AT, "exit -35"),
    ):
        assert Crash.parse(str(crash)) == crash
    assert Crash.parse(str(Crash("A", AT + timedelta(milliseconds=5), "b"))).at == AT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A,b",
        "A,yesterday,b",
        f"A,{datetime(2026, 11, 30, tzinfo=UTC).replace(tzinfo=None)},b",
        f"A,{AT},\x1b]0;b\x07",
        f"A,{AT},<b>",
        f"A,{AT},",
        f"\x1b[2J,{AT},b",
        f"A,{AT},b\n",
    ],
)
def test_what_is_no_crash_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Crash.parse(text)
