"""Numbers pasted into real programs, with another program's content on the clipboard, and one that looks at each new content."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from kiosk.domain.errors import Code, Refused
from kiosk.domain.field_targets import WayIn
from kiosk.library import handover
from kiosk.library.handover import Key, Target, checked_typing, clipboard, desktop, hand_over, window_keys
from kiosk.library.handover.typing_process import hand_over_apart
from tests.support import ROOT
from tests.support.screens.form_window import TITLE, FormWindow, managed_desktop
from tests.support.screens.xvfb import Terminal
from tests.support.wait import LIMIT, end, wait_until

pytestmark = [pytest.mark.window, pytest.mark.timeout(120)]

NUMBER, TERMINAL = "2104067851", "図書館システムの端末"
each_way = pytest.mark.parametrize("way", [WayIn.PASTE, WayIn.PASTE_INSERT])


class Copying:
    """`copying_program` on the desktop of a form."""

    def __init__(self, environment: dict[str, str]) -> None:
        program = str(ROOT / "tests" / "support" / "screens" / "copying_program.py")
        self.child = subprocess.Popen([sys.executable, program], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def do(self, command: str) -> dict[str, Any]:
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(f"{command}\n".encode())
        self.child.stdin.flush()
        said: dict[str, Any] = json.loads(self.child.stdout.readline())
        return said

    def wait_for_whole(self) -> dict[str, Any]:
        """What is there, once that is all that was copied: Qt keeps the formats of an owner until it has heard of the next one."""
        wait_until(lambda: self.do("look")["whole"], "what was copied", LIMIT)
        return self.do("look")

    def close(self) -> None:
        for pipe in (self.child.stdin, self.child.stdout):
            assert pipe is not None
            pipe.close()
        end(self.child)


@pytest.fixture(scope="module", params=["qt", pytest.param("gtk", marks=pytest.mark.trial)])
def form(request: pytest.FixtureRequest) -> Iterator[FormWindow]:
    with managed_desktop() as (place, hands), closing(FormWindow(place, hands, request.param)) as form:
        yield form


@pytest.fixture(scope="module")
def copying(form: FormWindow) -> Iterator[Copying]:
    with closing(Copying(form.desktop.environment)) as copying:
        yield copying


@pytest.fixture(autouse=True)
def ready(form: FormWindow, copying: Copying, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form in front and empty, something copied and something selected elsewhere. A busy machine is late for nothing."""
    for module, name in (
        (handover, "LIMIT"),
        (clipboard, "SECONDS"),
        (clipboard, "ANSWER_SECONDS"),
        (clipboard, "GIVE_BACK_SECONDS"),
        (checked_typing, "_SHOWN_SECONDS"),
        (window_keys, "_FETCHED_SECONDS"),
    ):
        monkeypatch.setattr(module, name, LIMIT)
    form.do("text", "card", "")
    form.do("focus", "note")
    copying.do("select")
    copying.do("copy")
    form.hands.activate(TITLE)


def pasted(form: FormWindow, way: WayIn = WayIn.PASTE) -> Target:
    return Target("図書館システム", field=form.field(), suffix=Key.TAB, way=way)


@each_way
def test_a_number_is_pasted_and_all_that_was_there_is_given_back(form: FormWindow, copying: Copying, way: WayIn) -> None:
    before = copying.do("look")
    assert hand_over(NUMBER, pasted(form, way), desktop(), form.accessible) == 0
    assert form.shown() == {"card": NUMBER, "note": ""}
    after = copying.wait_for_whole()
    # Text, markup, half a megabyte and one zero.
    assert set(before["formats"]) <= set(after["formats"])
    assert (after["text"], after["primary"]) == (before["text"], before["primary"])
    # It looked, as careless histories do, and was told nothing.
    wait_until(lambda: len(copying.do("look")["seen"]) > len(before["seen"]), "another content", LIMIT)
    assert NUMBER not in copying.do("look")["seen"]


def test_a_counter_pastes_from_a_process_apart_and_what_it_gives_back_outlives_that(form: FormWindow, copying: Copying) -> None:
    assert hand_over_apart(NUMBER, pasted(form)) == 0
    assert form.shown() == {"card": NUMBER, "note": ""}
    copying.wait_for_whole()


def test_what_is_marked_as_confidential_is_not_kept_longer_by_us(form: FormWindow, copying: Copying) -> None:
    copying.do("copy-secret")
    assert hand_over(NUMBER, pasted(form), desktop(), form.accessible) == 1
    assert form.shown() == {"card": NUMBER, "note": ""}
    assert copying.do("look")["text"] == ""


def test_an_empty_clipboard_is_empty_again(form: FormWindow, copying: Copying) -> None:
    copying.do("clear")
    assert hand_over(NUMBER, pasted(form, WayIn.PASTE_INSERT), desktop(), form.accessible) == 0
    assert form.shown() == {"card": NUMBER, "note": ""}
    after = copying.do("look")
    assert (after["text"], after["primary"], after["formats"]) == ("", "", [])


def test_while_the_program_that_has_copied_hangs_nothing_is_pasted(
    form: FormWindow, copying: Copying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard, "ANSWER_SECONDS", 0.2)
    os.kill(copying.child.pid, signal.SIGSTOP)
    try:
        with pytest.raises(Refused) as refused:
            hand_over(NUMBER, pasted(form), desktop(), form.accessible)
    finally:
        os.kill(copying.child.pid, signal.SIGCONT)
    assert (refused.value.code, refused.value.params) == (Code.HANDOVER_CLIPBOARD, {})
    assert form.shown() == {"card": "", "note": ""}
    copying.wait_for_whole()


def test_what_somebody_copies_meanwhile_stays(form: FormWindow, copying: Copying) -> None:
    with desktop().seat(LIMIT) as seat, seat.clipboard() as ours:
        ours.hold(NUMBER, form.window(), primary=True)
        assert ours.is_held()
        copying.do("copy")
        assert not ours.is_held()
        copying.do("select")
    assert ("TIMESTAMP" in copying.wait_for_whole()["formats"], ours.lost) == (False, 0)


def test_a_keeper_that_is_let_down_gives_back_by_itself(form: FormWindow, copying: Copying) -> None:
    with desktop().seat(LIMIT) as seat, seat.clipboard() as ours:
        ours.hold(NUMBER, form.window(), primary=False)
        assert copying.do("look")["text"] == ""
        assert isinstance(ours, clipboard.KeptClipboard)
        # As when the process that types is killed.
        ours.give_back()
        copying.wait_for_whole()


def test_xterm_takes_the_number_and_the_key_after_it_from_the_primary_selection(form: FormWindow, copying: Copying) -> None:
    terminal = Terminal(TERMINAL, form.desktop)
    try:
        form.hands.activate(TERMINAL)
        to_terminal = Target(TERMINAL, "xterm", suffix=Key.ENTER, way=WayIn.PASTE_INSERT)
        assert hand_over(NUMBER, to_terminal, desktop()) == 0
        terminal.wait_typed(f"{NUMBER}\r")
        assert copying.wait_for_whole()["primary"] == "選ばれた書名"
    finally:
        terminal.close()


def test_a_program_that_does_not_fetch_the_number_gets_no_key_after_it(
    form: FormWindow, copying: Copying, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl+V means something else in a terminal."""
    monkeypatch.setattr(window_keys, "_FETCHED_SECONDS", 0.3)
    terminal = Terminal(TERMINAL, form.desktop)
    try:
        form.hands.activate(TERMINAL)
        with pytest.raises(Refused) as refused:
            hand_over(NUMBER, Target(TERMINAL, "xterm", suffix=Key.ENTER, way=WayIn.PASTE), desktop())
        assert (refused.value.code, refused.value.params) == (Code.HANDOVER_NOT_SHOWN, {"typed": len(NUMBER)})
        terminal.wait_typed("\x16")
        copying.wait_for_whole()
    finally:
        terminal.close()
