"""Whether `doctor` runs at the counter's own screen. No Windows with a second session is at hand: what it would answer is given."""

from __future__ import annotations

import pytest

from kiosk.checks.session import check_session


def refused() -> tuple[int, int]:
    raise PermissionError


def test_here_it_is_the_counters_own_screen() -> None:
    """Under Wine by Windows' calls."""
    assert check_session().outcome == "session.own"


@pytest.mark.parametrize(
    ("own", "at_screen"),
    [
        pytest.param(2, 1, id="remote desktop, or a user switched away from"),
        pytest.param(0, 1, id="a service"),
        pytest.param(2, 0xFFFF_FFFF, id="nobody at the screen"),
    ],
)
def test_elsewhere_readers_and_screens_are_not_the_counters(own: int, at_screen: int) -> None:
    assert check_session(lambda: (own, at_screen)).outcome == "session.other"


def test_what_windows_does_not_tell_is_not_guessed() -> None:
    assert check_session(refused).outcome == "session.unknown"
