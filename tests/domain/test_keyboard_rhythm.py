"""What counts as a held key and as quiet (`domain.keyboard`): pulses, second keyboards and stalls do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.keyboard import Field, Forward, Kind, Moment, Pressed, Released, Turned, Why
from tests.support.domain.simulated_keyboard import ENTER, F12, FREE, GUARDED, TAB, Keys, Y, repeat_by_x11


def pulses(keys: Keys, gaps: list[float], last: float = 0.004) -> None:
    """Enter again and again, each release in the same millisecond as the next press: reports that come in pairs."""
    keys.down(ENTER, Kind.END)
    for gap in gaps:
        keys.pass_(gap)
        keys.up(ENTER)
        keys.down(ENTER, Kind.END)
    keys.pass_(last)
    keys.up(ENTER)
    keys.pass_(6)


@given(
    st.floats(0, 0.29),
    st.lists(st.floats(0.7, 1.3), min_size=1, max_size=40),
    st.floats(0, 0.29),
    st.sampled_from([Field.NONE, Field.EMPTY, Field.PAD]),
    st.booleans(),
)
def test_even_pulses_are_no_held_key(gap: float, jitter: list[float], last: float, focus: Field, marked: bool) -> None:
    keys = Keys(GUARDED, focus)
    if marked:
        keys.down(ENTER, Kind.END)
        for each in jitter:
            keys.pass_(gap * each)
            keys.down(ENTER, Kind.END, repeat=True)
        keys.pass_(min(last, gap))
        keys.up(ENTER)
        keys.pass_(6)
        # Without repeats, and with those that came at once, it is one key that is held.
        held = sum(gap * each for each in jitter) + min(last, gap)
        assert keys.clicks == [] or held >= 0.49
        assert keys.clicks == [] or gap * jitter[0] >= 0.19
    else:
        pulses(keys, [gap * each for each in jitter], min(last, gap))
        assert keys.clicks == []


@pytest.mark.parametrize("first", [0.0, 0.06, 0.12, 0.18])
def test_pulses_that_begin_sooner_than_a_keyboard_repeats_are_no_held_key(first: float) -> None:
    """However dense they are after that: a hand's first repeat is never so soon."""
    for held in (0.6, 1.0, 3.0):
        keys = Keys(GUARDED)
        rest = max(first / 3, 0.002)
        pulses(keys, [first, *[rest] * round((held - first) / rest)], rest / 2)
        assert keys.clicks == [], (first, held)


@pytest.mark.parametrize(("delay", "gap"), [(0.66, 0.04), (0.2, 0.025), (0.25, 0.033), (0.5, 0.033), (1.0, 0.5)])
@pytest.mark.parametrize("marked", [True, False])
def test_what_keyboards_repeat_is_a_held_key(delay: float, gap: float, marked: bool) -> None:
    for held in (0.55, 0.7, 1.2, 3.0):
        keys = Keys(GUARDED)
        keys.down(ENTER, Kind.END)
        end, due = keys.now + held, keys.now + delay
        while due < end:
            keys.pass_(due - keys.now)
            if not marked:
                keys.up(ENTER)
            keys.down(ENTER, Kind.END, repeat=marked)
            due += gap
        keys.pass_(end - keys.now)
        keys.up(ENTER)
        keys.pass_(1)
        assert keys.clicks == [GUARDED], (delay, gap, held)


def test_a_late_program_does_not_break_the_rhythm_of_a_held_key() -> None:
    """The stamps say how it came."""
    keys = Keys(GUARDED)
    start = keys.moment()
    keys.take(Pressed(ENTER, Kind.END, start, target=GUARDED))
    for stamp, late in ((660, 0.0), (700, 0.4), (740, 0.4), (780, 0.4)):
        at = Moment(start.clock + stamp / 1000 + late, start.stamp + stamp)
        keys.take(Released(ENTER, at))
        keys.take(Pressed(ENTER, Kind.END, at, target=GUARDED))
    keys.now = start.clock + 1.3
    keys.take(Released(ENTER, Moment(keys.now, start.stamp + 800)))
    keys.pass_(1)
    assert keys.clicks == [GUARDED]


def test_a_late_program_does_not_make_a_rhythm() -> None:
    """Pulses 0.25 s apart that are taken up together behind the first."""
    keys = Keys(GUARDED)
    start = keys.moment()
    keys.take(Pressed(ENTER, Kind.END, start, target=GUARDED))
    for stamp, clock in ((250, 0.25), (500, 0.8), (750, 0.8)):
        at = Moment(start.clock + clock, start.stamp + stamp)
        keys.take(Released(ENTER, at))
        keys.take(Pressed(ENTER, Kind.END, at, target=GUARDED))
    keys.now = start.clock + 0.8
    keys.take(Released(ENTER, Moment(keys.now, start.stamp + 760)))
    keys.pass_(1)
    assert keys.clicks == []


@pytest.mark.parametrize("focus", [Field.NONE, Field.PAD])
def test_a_hold_begins_in_quiet_like_everything_else(focus: Field) -> None:
    for before, kind in ((TAB, Kind.TAB), (77, Kind.MOVE), (55, Kind.TEXT), (66, Kind.OTHER)):
        keys = Keys(GUARDED, focus)
        keys.tap(before, kind, "7" if kind is Kind.TEXT else "")
        keys.pass_(0.25)
        keys.tap(ENTER, Kind.END, held=0.7)
        keys.pass_(1)
        assert keys.clicks == []
        assert Why.NOISE in keys.hints
        keys.tap(ENTER, Kind.END, held=0.7)
        keys.pass_(1)
        assert keys.clicks == [GUARDED]


@pytest.mark.parametrize("turned", [0, 3, 12])
def test_a_book_on_a_key_does_not_hold_it_for_a_second_keyboard(turned: int) -> None:
    """The page turns under the book; then the same key comes from elsewhere, and the book is lifted."""
    for second in (0.05, 0.31, 0.5):
        keys = Keys(GUARDED)
        keys.down(ENTER, Kind.END)
        if turned:
            repeat_by_x11(keys, ENTER, Kind.END, turned, delay=0.66, gap=0.04)
        keys.take(Turned())
        keys.pass_(0.013 if turned else second)
        keys.down(ENTER, Kind.END)
        repeat_by_x11(keys, ENTER, Kind.END, 20, delay=0.66 - second if not turned else 0.027, gap=0.04)
        keys.up(ENTER)
        keys.pass_(1)
        assert keys.clicks == []


def test_a_key_whose_release_went_elsewhere_is_pressed_anew() -> None:
    keys = Keys(GUARDED)
    keys.down(ENTER, Kind.END)
    keys.take(Turned(away=True))
    keys.pass_(3)
    keys.tap(ENTER, Kind.END, held=0.6)
    keys.pass_(1)
    assert keys.clicks == [GUARDED]


def test_alt_that_something_lies_on_makes_no_chord() -> None:
    for down, clicks in ((0.2, [GUARDED]), (4.0, [GUARDED]), (5.1, []), (600.0, [])):
        keys = Keys(GUARDED)
        since = keys.moment()
        keys.pass_(down)
        keys.take(Pressed(Y, Kind.CHORD, keys.moment(), target=GUARDED, alt_since=since))
        keys.pass_(1)
        assert keys.clicks == clicks
        assert keys.hints == ([] if clicks else [Why.ALT])


# --- stalls -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("begin", [0.0, 0.06, 0.1, 0.2, 0.24])
@pytest.mark.parametrize("long", [0.11, 0.35, 1.0])
def test_what_a_stall_hides_is_waited_for(begin: float, long: float) -> None:
    """What comes first is the key that would act; the rest of the code is there when the program goes on, and taken up after it looked."""
    for key, kind, target in ((Y, Kind.CHORD, GUARDED), (F12, Kind.ACT, FREE), (ENTER, Kind.END, FREE)):
        keys = Keys(target)
        keys.tap(key, kind)
        keys.pass_(begin)
        keys.stall(long)
        keys.pass_(0.02)
        assert keys.clicks == []
        keys.type("1103000001\r", 0.001)
        keys.pass_(3)
        assert keys.clicks == [], (key, begin, long)


def test_behind_a_stall_the_key_acts_when_it_was_quiet_after_all() -> None:
    keys = Keys(GUARDED)
    keys.tap(Y, Kind.CHORD)
    keys.stall(2)
    keys.pass_(0.2)
    assert keys.clicks == []
    keys.stall(2)
    keys.pass_(0.2)
    assert keys.clicks == []
    keys.pass_(0.2)
    assert keys.clicks == [GUARDED]


def test_a_stall_does_not_cut_a_code_in_two() -> None:
    """The other half lies where the program has not looked yet."""
    keys = Keys(None)
    keys.type("1103000", 0.01)
    keys.stall(0.5)
    keys.pass_(0.01)
    stamp = keys.moment().stamp - 480
    for place, letter in enumerate("001"):
        keys.take(Pressed(ord(letter), Kind.TEXT, Moment(keys.now, stamp + place), letter))
        keys.take(Released(ord(letter), Moment(keys.now, stamp + place)))
    keys.tap(ENTER, Kind.END)
    keys.pass_(1)
    assert [(said.text, said.whole) for said in keys.scans] == [("1103000001", True)]


def test_a_stall_does_not_end_a_held_key() -> None:
    """Its repeat is under way while the program stalls behind its release."""
    keys = Keys(GUARDED)
    keys.down(ENTER, Kind.END)
    keys.pass_(0.66)
    at = keys.moment()
    keys.take(Released(ENTER, at))
    keys.stall(0.2)
    keys.pass_(0.01)
    keys.take(Pressed(ENTER, Kind.END, Moment(keys.now, at.stamp), target=GUARDED))
    keys.pass_(0.5)
    assert keys.clicks == []
    keys.pass_(6)
    assert keys.clicks == []
    assert Forward() not in keys.said
