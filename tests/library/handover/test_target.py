"""Which windows match a target."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.library.handover import ProgramWindow, Target
from kiosk.library.handover.elements import Field, Habit


def window(title: str, *programs: str, ours: bool = False) -> ProgramWindow:
    return ProgramWindow(1, title, programs, ours)


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        ("図書館システム", "図書館システム - 貸出"),
        ("ＬＩＢＲＡＲＹ　貸出", "Library 貸出"),
        ("ﾄｼｮｶﾝ", "【トショカン】"),
        ("straße", "STRASSE 5"),
        (" 貸出 ", "貸出"),
        ("が", "か\u3099"),
    ],
)
def test_part_of_the_title_is_enough_in_any_case_and_width(wanted: str, title: str) -> None:
    assert Target(wanted).fits(window(title))


@pytest.mark.parametrize(("wanted", "title"), [("図書館システム", "図書館"), ("貸出", ""), ("a b", "ab")])
def test_another_title_does_not_fit(wanted: str, title: str) -> None:
    assert not Target(wanted).fits(window(title))


@pytest.mark.parametrize("title", ["", " ", "\u3000\t"])
def test_a_target_without_a_title_is_no_target(title: str) -> None:
    with pytest.raises(ValueError, match="title"):
        Target(title)


@pytest.mark.parametrize(
    ("wanted", "programs", "fits"),
    [
        ("", (), True),
        ("", ("xterm",), True),
        ("LIBSYS.EXE", ("libsys.exe",), True),
        ("libsys", ("LibSys.exe",), True),
        ("libsys.exe", ("launcher", "libsys"), True),
        ("libsys", (), False),
        ("lib", ("libsys.exe",), False),
        ("libsys", ("lib",), False),
    ],
)
def test_a_program_is_known_by_its_whole_name(wanted: str, programs: tuple[str, ...], fits: bool) -> None:
    assert Target("貸出", wanted).fits(window("貸出", *programs)) is fits


def test_no_window_of_our_own_ever_fits() -> None:
    assert not Target("図書館").fits(window("図書館 窓口", "python3", ours=True))


@given(before=st.text(), title=st.text(alphabet="図書館ｼｽﾃﾑＬib１2", min_size=1), after=st.text())
def test_a_title_fits_whatever_stands_around_it(before: str, title: str, after: str) -> None:
    # A mark that joins the letter before it makes another letter of both.
    shown = f"{before} {title} {after}"
    for wanted in (title, unicodedata.normalize("NFKC", title), title.swapcase()):
        assert Target(wanted).fits(window(shown))


def test_only_a_field_that_does_not_send_itself_is_read_back() -> None:
    habits = [habit for habit in Habit if Target("図書館システム", field=Field("entry", "利用者番号", habit=habit)).is_read_back]
    assert habits == [Habit.PLAIN, Habit.FORMATS, Habit.RENDERS, Habit.JUMPS]
    assert not Target("図書館システム").is_read_back
