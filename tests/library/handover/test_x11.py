"""Numbers typed into windows of real programs, on a real X server with a window manager."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from typing import TypeAlias

import pytest

from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.library import handover
from kiosk.library.handover import LIMIT, Desktop, Key, Target, hand_over
from tests.support.screens.fitting_windows import fitting_windows
from tests.support.screens.interrupted_handover import Between, Hurried, Waiting, on_x11
from tests.support.screens.xvfb import Foreign, Own, Screen, Terminal
from tests.support.wait import SOON, end

pytestmark = pytest.mark.window

NUMBER = "D0123456789x"
TITLE = "図書館システム - 貸出"
TARGET = Target("図書館システム")
ENTERED = Target("図書館システム", suffix=Key.ENTER)
ELSEWHERE = "メモ帳"
KEYS = {Key.NONE: "", Key.ENTER: "\r", Key.TAB: "\t"}
Open: TypeAlias = Callable[[Screen, str], Foreign | Terminal]
PROGRAMS: dict[str, Open] = {"Tk": Screen.foreign, "xterm": Screen.terminal}

# python-xlib leaves the sockets open with which it could not connect.
unclosed = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
each_program = pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)


def told(typed: int) -> tuple[Code, dict[str, int]]:
    """What is said when something has changed after so many keys."""
    return (Code.HANDOVER_CHANGED, {"typed": typed}) if typed else (Code.HANDOVER_NO_WINDOW, {})


def assert_holds(screen: Screen, program: Foreign | Terminal, text: str) -> None:
    """That this has arrived in the program and nothing else: what was on its way would come before the z. Leaves it empty."""
    screen.hands.activate(program.title)
    screen.hands.tap("z")
    program.wait_typed(f"{text}z")
    program.clear()


def refused(work: Callable[[], object]) -> KioskError:
    with pytest.raises(KioskError) as caught:
        work()
    return caught.value


@each_program
def test_the_number_and_what_follows_it_arrive(screen: Screen, desktop: Desktop, program: Open) -> None:
    window = program(screen, TITLE)
    for suffix, key in KEYS.items():
        hand_over(NUMBER, Target("図書館システム", suffix=suffix), desktop)
        window.wait_typed(NUMBER + key)
        window.clear()


@each_program
def test_any_keyboard_and_any_lock_give_the_same_number(screen: Screen, desktop: Desktop, program: Open) -> None:
    window = program(screen, TITLE)
    for locks in ((), ("Caps_Lock", "Num_Lock")):
        screen.keyboard("us")
        screen.hands.tap(*locks)
        for layout in ("us", "jp", "fr"):
            screen.keyboard(layout)
            hand_over("aZ0123456789", TARGET, desktop)
            window.wait_typed("aZ0123456789")
            assert screen.hands.locks == locks
            window.clear()


def test_the_layout_that_is_switched_on_counts(screen: Screen, desktop: Desktop) -> None:
    window = screen.foreign(TITLE)
    screen.keyboard("-option", "grp:caps_toggle", "us,fr")
    screen.hands.tap("Caps_Lock")
    assert screen.hands.layout == 1
    hand_over(NUMBER, TARGET, desktop)
    window.wait_typed(NUMBER)


def test_the_layout_of_the_device_counts_with_which_we_type(screen: Screen, desktop: Desktop) -> None:
    window = screen.foreign(TITLE)
    screen.keyboard("-device", screen.hands.typing_device, "fr")
    hand_over(NUMBER, TARGET, desktop)
    window.wait_typed(NUMBER)


def test_a_layout_without_the_letters_is_told_before_anything_is_typed(screen: Screen, desktop: Desktop) -> None:
    window = screen.foreign(TITLE)
    screen.keyboard("ru")
    assert refused(lambda: hand_over("D123", TARGET, desktop)).code is Code.HANDOVER_IMPOSSIBLE
    hand_over("123", TARGET, desktop)
    window.wait_typed("123")


# --- which window ---------------------------------------------------------------------------------------------------------------------


@each_program
@pytest.mark.parametrize("minimised", [False, True], ids=["behind", "minimised"])
def test_behind_the_kiosk_the_window_is_brought_forward(screen: Screen, desktop: Desktop, program: Open, minimised: bool) -> None:
    window = program(screen, TITLE)
    if minimised:
        screen.hands.minimise()
    kiosk = screen.own("窓口")
    hand_over(NUMBER, ENTERED, desktop)
    window.wait_typed(f"{NUMBER}\r")
    assert kiosk.keys() == 0
    assert screen.hands.active() == TITLE


def test_of_two_windows_that_fit_the_one_used_last_is_brought_forward(screen: Screen, desktop: Desktop) -> None:
    first, second = screen.foreign(f"{TITLE} 1"), screen.foreign(f"{TITLE} 2")
    kiosk = screen.own("窓口")
    for wanted, window in ((f"{TITLE} 2", second), (f"{TITLE} 1", first)):
        screen.hands.activate(wanted)
        screen.hands.activate("窓口")
        hand_over("1", TARGET, desktop)
        window.wait_typed("1")
    assert (first.typed, second.typed, kiosk.keys()) == ("1", "1", 0)


def test_of_two_windows_that_fit_the_active_one_takes_the_number(screen: Screen, desktop: Desktop) -> None:
    first, second = screen.foreign(f"{TITLE} 1"), screen.foreign(f"{TITLE} 2")
    hand_over("1", TARGET, desktop)
    second.wait_typed("1")
    screen.hands.activate(f"{TITLE} 1")
    hand_over("22", TARGET, desktop)
    first.wait_typed("22")
    assert second.typed == "1"


@pytest.mark.parametrize("in_front", [True, False], ids=["in-front", "behind"])
def test_the_program_has_to_be_the_one_named(screen: Screen, desktop: Desktop, in_front: bool) -> None:
    window, kiosk = screen.foreign(TITLE), screen.own("窓口")
    for named in ("", "Circulation", "circulation.EXE", window.executable):
        screen.hands.activate(TITLE if in_front else "窓口")
        hand_over("1", Target("図書館システム", named), desktop)
        window.wait_typed("1")
        window.clear()
    for named in ("Circ", "xterm", "図書館システム"):
        screen.hands.activate(TITLE if in_front else "窓口")
        assert refused(lambda: hand_over("1", Target("図書館システム", named), desktop)).code is Code.HANDOVER_NO_WINDOW  # noqa: B023
        assert_holds(screen, window, "")
    assert kiosk.keys() == 0


def test_without_a_window_that_fits_nothing_is_typed(screen: Screen, desktop: Desktop) -> None:
    other = screen.foreign(ELSEWHERE)
    kiosk = screen.own("窓口 図書館システム")
    assert refused(lambda: hand_over(NUMBER, TARGET, desktop)).code is Code.HANDOVER_NO_WINDOW
    assert kiosk.keys() == 0
    assert_holds(screen, other, "")


def test_past_a_third_program_in_front_nothing_is_typed(screen: Screen, desktop: Desktop) -> None:
    window, other = screen.foreign(TITLE), screen.foreign(ELSEWHERE)
    assert refused(lambda: hand_over(NUMBER, TARGET, desktop)).code is Code.HANDOVER_NO_WINDOW
    assert screen.hands.active() == ELSEWHERE
    for program in (other, window):
        assert_holds(screen, program, "")


def test_with_nobody_in_front_the_window_is_brought_forward(screen: Screen, desktop: Desktop) -> None:
    window = screen.foreign(TITLE)
    screen.hands.minimise()
    screen.hands.wait_for("")
    hand_over(NUMBER, TARGET, desktop)
    window.wait_typed(NUMBER)


def test_windows_that_fit_are_found_without_typing(screen: Screen, desktop: Desktop) -> None:
    first, second = screen.foreign(f"{TITLE} 1"), screen.terminal(f"{TITLE} 2")
    screen.foreign(ELSEWHERE)
    screen.own(f"{TITLE} 3")
    found = [(window.title, "xterm" in window.programs) for window in fitting_windows(TARGET, desktop)]
    assert found == [(f"{TITLE} 2", True), (f"{TITLE} 1", False)]
    assert (first.typed or "", second.typed) == ("", "")


# --- what changes meanwhile -----------------------------------------------------------------------------------------------------------


@each_program
@pytest.mark.parametrize("thief", [Screen.foreign, Screen.own], ids=["Tk", "past-the-manager"])
def test_no_digit_goes_to_a_window_that_steals_the_keyboard(
    screen: Screen, desktop: Desktop, program: Open, thief: Callable[[Screen, str], Foreign | Own]
) -> None:
    other, window = thief(screen, ELSEWHERE), program(screen, TITLE)
    for after in range(len(NUMBER) + 1):
        screen.hands.activate(TITLE)
        trouble = refused(lambda: hand_over(NUMBER, ENTERED, Between(desktop, after, other.take_keyboard)))  # noqa: B023
        assert (trouble.code, trouble.params) == told(after)
        if isinstance(other, Own):
            assert other.keys() == 0
        else:
            assert_holds(screen, other, "")
        assert_holds(screen, window, NUMBER[:after])


def test_a_window_that_opens_takes_no_digit(screen: Screen, desktop: Desktop) -> None:
    window = screen.foreign(TITLE)
    opened: list[Foreign] = []
    trouble = refused(lambda: hand_over(NUMBER, TARGET, Between(desktop, 5, lambda: opened.append(screen.foreign(ELSEWHERE)))))
    assert (trouble.code, trouble.params) == told(5)
    assert_holds(screen, opened[0], "")
    assert_holds(screen, window, NUMBER[:5])


@each_program
def test_with_another_title_nothing_more_is_typed(screen: Screen, desktop: Desktop, program: Open) -> None:
    window = program(screen, TITLE)
    for after, title in enumerate((ELSEWHERE, f"{TITLE} *", "図書館システム", "Library", f"{TITLE} 終了")):
        trouble = refused(lambda: hand_over(NUMBER, TARGET, Between(desktop, after, lambda: screen.hands.retitle(TITLE, title))))  # noqa: B023
        assert (trouble.code, trouble.params) == told(after), title
        screen.hands.retitle(title, TITLE)
        assert_holds(screen, window, NUMBER[:after])


@each_program
def test_a_window_that_closes_ends_it(screen: Screen, desktop: Desktop, program: Open) -> None:
    behind = screen.foreign(f"{TITLE} 0")
    window = program(screen, TITLE)

    def close() -> None:
        window.close()
        screen.hands.wait_for(f"{TITLE} 0")

    trouble = refused(lambda: hand_over(NUMBER, TARGET, Between(desktop, 4, close)))
    assert (trouble.code, trouble.params) == told(4)
    assert_holds(screen, behind, "")


def test_a_number_that_the_program_answers_with_another_window_gets_no_suffix(screen: Screen, desktop: Desktop) -> None:
    window = screen.foreign(TITLE)
    happens = Between(desktop, len(NUMBER), lambda: screen.hands.retitle(TITLE, f"{TITLE} 利用者"))
    assert refused(lambda: hand_over(NUMBER, ENTERED, happens)).params == {"typed": len(NUMBER)}
    screen.hands.retitle(f"{TITLE} 利用者", TITLE)
    assert_holds(screen, window, NUMBER)


def test_what_happens_after_the_last_key_is_no_trouble(screen: Screen, desktop: Desktop) -> None:
    window = screen.foreign(TITLE)
    hand_over(NUMBER, TARGET, Between(desktop, len(NUMBER), lambda: screen.hands.retitle(TITLE, ELSEWHERE)))
    window.wait_typed(NUMBER)


# --- who else is at the keyboard ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["Control_L", "Alt_L", "Shift_L", "Return"])
def test_keys_still_held_are_waited_for(screen: Screen, desktop: Desktop, key: str) -> None:
    window, kiosk = screen.foreign(TITLE), screen.own("窓口")
    screen.hands.press(key)
    pressed = kiosk.keys()
    lets_go = Waiting(desktop, screen.hands.release)
    hand_over(NUMBER, TARGET, lets_go)
    assert lets_go.waited
    assert_holds(screen, window, NUMBER)
    assert (pressed, kiosk.keys()) == (1, 0)


@pytest.mark.parametrize("key", ["Control_L", pytest.param("z", marks=pytest.mark.trial)])
def test_with_a_key_held_for_long_nothing_is_typed(screen: Screen, desktop: Desktop, key: str) -> None:
    window, _kiosk = screen.foreign(TITLE), screen.own("窓口")
    screen.hands.press(key)
    began = time.monotonic()
    assert refused(lambda: hand_over(NUMBER, TARGET, desktop)).code is Code.HANDOVER_KEYS_HELD
    assert time.monotonic() - began < SOON
    assert screen.hands.active() == "窓口"
    screen.hands.release()
    assert_holds(screen, window, "")


def test_somebody_else_who_types_ends_it(screen: Screen, desktop: Desktop) -> None:
    window = screen.foreign(TITLE)
    trouble = refused(lambda: hand_over(NUMBER, ENTERED, Between(desktop, 3, lambda: screen.hands.press("a"))))
    assert (trouble.code, trouble.params) == told(3)
    screen.hands.release()
    assert_holds(screen, window, f"{NUMBER[:3]}a")


def test_an_open_menu_is_waited_for(screen: Screen, desktop: Desktop) -> None:
    menu, window = screen.own(ELSEWHERE), screen.foreign(TITLE)
    menu.grab_keyboard()
    closes = Waiting(desktop, menu.ungrab_keyboard)
    hand_over(NUMBER, TARGET, closes)
    assert closes.waited
    assert menu.keys() == 0
    window.wait_typed(NUMBER)


def test_nothing_is_typed_into_a_menu(screen: Screen, desktop: Desktop) -> None:
    menu, window = screen.own(ELSEWHERE), screen.foreign(TITLE)
    trouble = refused(lambda: hand_over(NUMBER, TARGET, Between(desktop, 6, menu.grab_keyboard)))
    assert (trouble.code, trouble.params) == told(6)
    assert menu.keys() == 0
    menu.ungrab_keyboard()
    assert_holds(screen, window, NUMBER[:6])


# --- where nothing can be typed -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", ["", "012-345", "０１２", "012 345", "012\n", "ü1"])
def test_only_ascii_letters_and_digits_are_typed(screen: Screen, desktop: Desktop, digits: str) -> None:
    window = screen.foreign(TITLE)
    assert refused(lambda: hand_over(digits, TARGET, desktop)).code is Code.HANDOVER_IMPOSSIBLE
    assert_holds(screen, window, "")


@pytest.mark.parametrize(
    "environment",
    [{}, {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, {"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}],
    ids=["no-screen", "wayland", "wayland-session"],
)
def test_where_no_way_is_known_it_is_said(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Unavailable, match=Code.HANDOVER_IMPOSSIBLE):
        handover.desktop()


def test_without_a_window_manager_it_is_impossible() -> None:
    with Screen(managed=False) as bare:
        assert refused(lambda: hand_over(NUMBER, TARGET, on_x11(bare.name))).code is Code.HANDOVER_IMPOSSIBLE


def test_a_window_manager_that_has_ended_counts_as_none() -> None:
    with Screen() as screen:
        end(screen.manager)
        assert refused(lambda: hand_over(NUMBER, TARGET, on_x11(screen.name))).code is Code.HANDOVER_IMPOSSIBLE


@unclosed
def test_a_server_that_goes_away_is_said() -> None:
    with Screen() as screen:
        desktop = on_x11(screen.name)
        screen.foreign(TITLE)
        gone = Between(desktop, 3, screen.server.kill)
        assert refused(lambda: hand_over(NUMBER, TARGET, gone)).params == {"typed": 3}
        assert refused(lambda: hand_over(NUMBER, TARGET, desktop)).code is Code.HANDOVER_IMPOSSIBLE


@unclosed
@pytest.mark.parametrize("limit", [0.8, pytest.param(LIMIT, marks=pytest.mark.trial)])
@pytest.mark.parametrize("after", [None, 0, 3])
def test_a_server_that_hangs_holds_nobody_up(after: int | None, limit: float) -> None:
    with Screen() as screen:
        desktop: Desktop = Hurried(on_x11(screen.name), limit)
        screen.foreign(TITLE)
        if after is None:
            os.kill(screen.server.pid, signal.SIGSTOP)
        else:
            desktop = Between(desktop, after, lambda: os.kill(screen.server.pid, signal.SIGSTOP))
        began = time.monotonic()
        trouble = refused(lambda: hand_over(NUMBER, TARGET, desktop))
        took = time.monotonic() - began
        os.kill(screen.server.pid, signal.SIGCONT)
        assert took < limit + SOON
        assert trouble.code is (Code.HANDOVER_CHANGED if after else Code.HANDOVER_IMPOSSIBLE)


def test_nothing_of_the_number_or_the_title_is_logged(screen: Screen, desktop: Desktop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    window = screen.foreign(TITLE)
    hand_over("0123456789", TARGET, desktop)
    window.wait_typed("0123456789")
    refused(lambda: hand_over("0123456789", TARGET, Between(desktop, 3, lambda: screen.hands.retitle(TITLE, ELSEWHERE))))
    assert "handed over" in caplog.text
    for needle in ("0123", "図書館", ELSEWHERE):
        assert needle not in caplog.text
