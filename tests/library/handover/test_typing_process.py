"""Typing from a child process: the same keys and errors, and no window that freezes for ever."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.library import handover
from kiosk.library.handover import Desktop, Key, Target
from kiosk.library.handover.learning import GivenUp
from kiosk.library.handover.typing_process import hand_over_apart, hand_over_in_turn
from tests.support import SUPPORT
from tests.support.screens.xvfb import Screen, Thief
from tests.support.wait import LIMIT

pytestmark = pytest.mark.window

NUMBER = "D0123456789x"
TITLE, ELSEWHERE = "図書館システム", "メモ帳"
ROOT = Path(handover.__file__).parents[3]


def refused(target: Target, digits: str = NUMBER) -> KioskError:
    with pytest.raises(KioskError) as caught:
        hand_over_apart(digits, target)
    return caught.value


def stopping() -> Refused | None:
    """What it ended with, if it did not come through."""
    try:
        hand_over_apart(NUMBER, Target(TITLE))
    except Refused as error:
        return error
    return None


@pytest.mark.usefixtures("desktop")
def test_the_number_and_what_follows_it_arrive(screen: Screen) -> None:
    window = screen.terminal(TITLE)
    hand_over_apart(NUMBER, Target(TITLE, suffix=Key.ENTER))
    window.wait_typed(f"{NUMBER}\r")
    window.clear()
    hand_over_apart(NUMBER, Target(TITLE, window.executable, Key.TAB))
    window.wait_typed(f"{NUMBER}\t")


@pytest.mark.usefixtures("desktop")
def test_a_window_of_the_program_that_asks_is_brought_to_the_back_and_never_typed_into(screen: Screen) -> None:
    window = screen.terminal(TITLE)
    ours = screen.own(f"{TITLE} 窓口")
    hand_over_apart(NUMBER, Target(TITLE))
    window.wait_typed(NUMBER)
    assert ours.keys() == 0


@pytest.mark.usefixtures("desktop")
def test_every_error_comes_home_as_it_is(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    screen.terminal(ELSEWHERE)
    error = refused(Target(TITLE))
    assert (type(error), error.code, error.params) == (Refused, Code.HANDOVER_NO_WINDOW, {})
    error = refused(Target(ELSEWHERE), "１２")
    assert (type(error), error.code) == (Unavailable, Code.HANDOVER_IMPOSSIBLE)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    error = refused(Target(ELSEWHERE))
    assert (type(error), error.code) == (Unavailable, Code.HANDOVER_IMPOSSIBLE)


@pytest.mark.usefixtures("desktop")
def test_how_much_was_typed_before_a_change_is_told(screen: Screen) -> None:
    thief = screen.foreign(ELSEWHERE)
    window = screen.terminal(TITLE)
    for _ in range(20):
        with Thief(screen.name, 1, thief.take_keyboard):
            stopped = stopping()
        if stopped is not None:
            break
        # Too late: the number had been typed.
        window.wait_typed(NUMBER)
        window.clear()
        screen.hands.activate(TITLE)
    else:
        raise AssertionError("nobody was ever in the way")
    assert stopped.code is Code.HANDOVER_CHANGED
    typed = NUMBER[: int(stopped.params["typed"])]
    assert 0 < len(typed) < len(NUMBER)
    window.wait_typed(typed)
    assert thief.typed == ""


TRIAL = "999999999999"


@pytest.mark.usefixtures("desktop")
def test_a_trial_that_is_not_wanted_any_more_ends_and_a_patrons_number_follows_whole(screen: Screen) -> None:
    """Whoever lays a card closes the page that has begun it."""
    window = screen.terminal(TITLE)
    wanted = threading.Event()
    wanted.set()

    def try_out() -> None:
        with pytest.raises(GivenUp):
            hand_over_in_turn(TRIAL, Target(TITLE, pause=3.0), wanted.is_set)

    trial = threading.Thread(target=try_out)
    trial.start()
    window.wait(lambda typed: bool(typed), "a digit of the trial")
    patron = threading.Thread(target=hand_over_in_turn, args=(NUMBER, Target(TITLE)))
    patron.start()
    wanted.clear()
    trial.join(LIMIT)
    patron.join(LIMIT)
    window.wait(lambda typed: (typed or "").endswith(NUMBER), NUMBER)
    before = (window.typed or "").removesuffix(NUMBER)
    assert set(before) == {"9"}
    assert len(before) < len(TRIAL)


@pytest.mark.usefixtures("desktop")
def test_one_number_waits_for_the_other(screen: Screen) -> None:
    window = screen.terminal(TITLE)
    trial = threading.Thread(target=hand_over_in_turn, args=(TRIAL, Target(TITLE, pause=0.1)))
    trial.start()
    window.wait(lambda typed: bool(typed), "a digit of the trial")
    hand_over_in_turn(NUMBER, Target(TITLE))
    trial.join(LIMIT)
    window.wait_typed(f"{TRIAL}{NUMBER}")


def test_a_process_that_cannot_begin_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert refused(Target(TITLE)).code is Code.HANDOVER_IMPOSSIBLE


@pytest.mark.parametrize("times", [10])
def test_a_program_that_waits_for_the_screen_never_freezes_it(screen: Screen, desktop: Desktop, times: int) -> None:
    """Qt waits for the X server with the interpreter's lock in its hand: a thread that held the server could then not let it go."""
    window = screen.terminal(TITLE)
    script = SUPPORT / "screens" / "handover_holding_gil.py"
    for _ in range(times):
        ran = subprocess.run(
            [sys.executable, str(script), NUMBER, TITLE],
            env=screen.environment | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        assert ran.stdout == "done", ran.stderr
        window.wait_typed(NUMBER)
        window.clear()
