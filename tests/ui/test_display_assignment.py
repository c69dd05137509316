"""Which display each window belongs on, as displays are connected and disconnected."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.config import DisplaySettings
from kiosk.ui.display_assignment import Arrangement, arrange

TWO = DisplaySettings()
NAMED = DisplaySettings(staff_screen="DP-1", patron_screen="HDMI-1")
SINGLE = DisplaySettings(single=True)


@pytest.mark.parametrize(
    ("names", "settings", "before", "after"),
    [
        (["A", "B"], TWO, None, ("A", "B")),
        (["A"], TWO, None, ("A", "A")),
        (["A", "B"], TWO, ("A", "A"), ("A", "B")),
        # The patron's goes, and comes back.
        (["A"], TWO, ("A", "B"), ("A", None)),
        (["A", "B"], TWO, ("A", None), ("A", "B")),
        # Under another name, after it was plugged in elsewhere.
        (["A", "C"], TWO, ("A", None), ("A", "C")),
        # Staff's goes: numbers are not shown to the patron.
        (["B"], TWO, ("A", "B"), (None, "B")),
        (["B", "A"], TWO, (None, "B"), ("A", "B")),
        (["B", "C"], TWO, (None, "B"), ("C", "B")),
        # Both change places in the system's list.
        (["B", "A"], TWO, ("A", "B"), ("A", "B")),
        (["HDMI-1", "DP-1"], NAMED, None, ("DP-1", "HDMI-1")),
        (["DP-1"], NAMED, None, ("DP-1", None)),
        (["HDMI-1"], NAMED, None, (None, "HDMI-1")),
        (["DP-1", "VGA-1"], NAMED, None, ("DP-1", "VGA-1")),
        (["DP-1", "VGA-1", "VGA-2"], NAMED, None, ("DP-1", None)),
        (["B", "C"], replace(TWO, patron_screen="B"), ("A", "C"), (None, "B")),
        (["A", "B"], SINGLE, None, ("A", "A")),
        (["B"], SINGLE, ("A", "A"), ("B", "B")),
        ([], TWO, ("A", "B"), (None, None)),
        ([], SINGLE, ("A", "A"), (None, None)),
    ],
)
def test_where_the_windows_are(
    names: list[str], settings: DisplaySettings, before: tuple[str | None, str | None] | None, after: tuple[str | None, str | None]
) -> None:
    assert arrange(names, settings, None if before is None else Arrangement(*before)) == Arrangement(*after)


NAMES = st.lists(st.sampled_from(["A", "B", "C", "DP-1", "HDMI-1"]), unique=True, max_size=4)


@given(
    st.lists(NAMES, min_size=1, max_size=8), st.sampled_from([TWO, NAMED, replace(TWO, patron_screen="B"), replace(TWO, staff_screen="B")])
)
def test_no_window_ever_takes_the_others_display(rounds: list[list[str]], settings: DisplaySettings) -> None:
    """Once they were apart, neither is shown where the other was before."""
    now: Arrangement | None = None
    for names in rounds:
        before, now = now, arrange(names, settings, now)
        assert {now.staff, now.patron} - {None} <= set(names)
        if before is not None and not before.together:
            assert not now.together
            if before.staff in names and before.staff is not None:
                assert now.patron != before.staff or settings.patron_screen
            if before.patron in names and before.patron is not None:
                assert now.staff != before.patron or settings.staff_screen
