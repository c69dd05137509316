"""The keyboard focus is stolen while a number is being typed, at every position and in every way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

import pytest

from kiosk.domain.errors import Code, Refused
from kiosk.library.handover import Desktop, Key, Target, hand_over
from tests.support.screens.xvfb import Foreign, Own, Screen, Terminal, Thief

pytestmark = [pytest.mark.window, pytest.mark.trial]

NUMBER = "012345678901"
TITLE, ELSEWHERE = "図書館システム", "メモ帳"
TARGET = Target(TITLE, suffix=Key.ENTER)
ROUNDS = 20
# What steals, and what says how many keys the thief has got.
Thieving: TypeAlias = tuple[Callable[[], None], Callable[[], int]]


@contextmanager
def takes(screen: Screen) -> Iterator[Thieving]:
    """Past the window manager."""
    own = screen.own(ELSEWHERE)
    yield own.take_keyboard, own.keys


@contextmanager
def asks(screen: Screen) -> Iterator[Thieving]:
    """The window manager, as a task bar does."""
    own, hands = screen.own(ELSEWHERE), screen.another_pair_of_hands()
    yield lambda: hands.ask_to_activate(ELSEWHERE), own.keys


@contextmanager
def opens(screen: Screen) -> Iterator[Thieving]:
    """A window that was not there before."""
    own = Own(screen.name, ELSEWHERE, shown=False)

    def keys() -> int:
        pressed = own.keys()
        own.hide()
        return pressed

    yield own.open_and_take_keyboard, keys
    own.close()


def stopping(work: Callable[[], object]) -> Refused | None:
    """What it ended with, if it did not come through."""
    try:
        work()
    except Refused as refused:
        return refused
    return None


@pytest.mark.parametrize("program", [Screen.foreign, Screen.terminal], ids=["Tk", "xterm"])
@pytest.mark.parametrize("thief", [takes, asks, opens])
def test_no_key_ever_reaches_another_window(
    screen: Screen,
    desktop: Desktop,
    program: Callable[[Screen, str], Foreign | Terminal],
    thief: Callable[[Screen], AbstractContextManager[Thieving]],
) -> None:
    stopped = 0
    with thief(screen) as (steal, keys):
        window = program(screen, TITLE)
        for after in [*range(1, len(NUMBER) + 1)] * ROUNDS:
            typed = len(NUMBER) + 1
            with Thief(screen.name, after, steal):
                trouble = stopping(lambda: hand_over(NUMBER, TARGET, desktop))
            if trouble is not None:
                stopped += 1
                assert trouble.code is Code.HANDOVER_CHANGED
                typed = int(trouble.params["typed"])
            assert typed >= after
            assert keys() == 0
            screen.hands.activate(TITLE)
            window.wait_typed(f"{NUMBER}\r"[:typed])
            screen.hands.tap("z")
            window.wait_typed(f"{NUMBER}\r"[:typed] + "z")
            window.clear()
    # Otherwise nobody has been in the way.
    assert stopped > ROUNDS
