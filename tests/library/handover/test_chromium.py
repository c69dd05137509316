"""Numbers typed into a real Chromium over the real accessibility bus: pages that move the focus, format, render again, send themselves.

The page itself tells where the digits are. One seeded run of 200 numbers; what becomes of them is in `TYPED`, `NOT_TYPED` and `moving`.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.config import Home, read_settings
from kiosk.domain.errors import Code, KioskError, Refused
from kiosk.domain.field_targets import WayIn
from kiosk.library.handover import Target, accessibility, checked_typing, desktop, hand_over
from kiosk.library.handover.elements import Accessibility, Element, Field, Habit
from tests.support import ROOT
from tests.support.screens.accessible_desktop import Desktop
from tests.support.screens.chromium import TITLE, Chromium, LibraryPage
from tests.support.screens.fitting_windows import fitting_windows
from tests.support.screens.xvfb import Hands, Terminal
from tests.support.wait import LIMIT, wait_until

pytestmark = [pytest.mark.window, pytest.mark.trial, pytest.mark.timeout(300)]

NUMBER = "0123456789"
RUNS, TRIES = 200, 3
LONGEST = 10.0
"""Seconds of a hand-over on a busy machine; three of it are its own."""
LABEL = "利用者番号"
_FORM = "<label>利用者番号 <input id=card{n} {more}></label><label>備考 <input id=note{n}></label>"
_BEGIN = "const card = document.getElementById('card{n}'), note = document.getElementById('note{n}'); card.focus();"
_AT = "card.addEventListener('input', () => {{ if (card.value.replace(/ /g, '').length == {digits}) {what} }});"
_GROUPED = "card.addEventListener('input', () => { card.value = card.value.replace(/ /g, '').replace(/(.{4})(?=.)/g, '$1 ') });"
_RENDERED = """const draw = value => {{
    document.body.innerHTML = `{form}`;
    const card = document.getElementById('card{n}');
    card.value = value;
    card.focus();
    card.setSelectionRange(99, 99);
    card.addEventListener('input', () => draw(card.value));
}};
draw('')"""
_SHADOW = """const root = document.getElementById('host').attachShadow({{mode: 'open'}});
root.innerHTML = '<label>利用者番号 <input id=card{n}></label>'; const card = root.querySelector('input');
fields = () => [card]; card.focus()"""
_FRAMED = "window.framed = card => {{ fields = () => [card]; card.focus() }}"


@dataclass(frozen=True)
class Case:
    """A page, how its field was taught, and what has to come of it."""

    habit: Habit
    script: str = ""
    html: str = _FORM
    more: str = ""
    begin: str = _BEGIN
    shown: str = NUMBER
    role: str = "entry"
    path: str = ""
    refused: frozenset[Code] = frozenset()
    typed: int | None = None
    later: int = 0
    """Milliseconds until the page moves the focus."""


def moving(digits: int, later: int, habit: Habit) -> Case:
    """A page that moves the focus after some digits. A burst may have more on the way; one key at a time may not."""
    what = "note.focus()" if not later else f"setTimeout(() => note.focus(), {later})"
    refused = frozenset({Code.HANDOVER_CHANGED} if habit is not Habit.PLAIN else {Code.HANDOVER_CHANGED, Code.HANDOVER_NOT_SHOWN})
    typed = None if habit is Habit.PLAIN else digits
    return Case(habit, _AT.format(digits=digits, what=what), shown=NUMBER[:digits], refused=refused, typed=typed, later=later)


NOT_TYPED = {
    "filled": Case(Habit.PLAIN, more="value=7", shown="7", refused=frozenset({Code.HANDOVER_FIELD_FILLED})),
    "password": Case(Habit.PLAIN, more="type=password", shown="", role="password text", refused=frozenset({Code.HANDOVER_FIELD_UNSEEN})),
    "gone": Case(Habit.PLAIN, "card.remove()", shown="", refused=frozenset({Code.HANDOVER_FIELD_ELSEWHERE, Code.HANDOVER_FIELD_UNSEEN})),
    "read-only": Case(Habit.PLAIN, more="readonly", shown="", refused=frozenset({Code.HANDOVER_FIELD_ELSEWHERE})),
}
TYPED = {
    "plain": Case(Habit.PLAIN),
    "key-by-key": Case(Habit.FORMATS),
    "formats": Case(Habit.FORMATS, _GROUPED, shown="0123 4567 89"),
    "jumps-when-full": Case(Habit.JUMPS, _AT.format(digits=10, what="note.focus()")),
    "submits": Case(Habit.SUBMITS, _AT.format(digits=10, what="document.body.innerHTML = '<h1>貸出</h1><input>'"), shown=""),
    "renders": Case(Habit.RENDERS, _RENDERED, begin=""),
    "shadow": Case(Habit.PLAIN, html="<div id=host></div>", begin=_SHADOW),
    "frame": Case(Habit.PLAIN, html="<iframe src=/frame?card{n}></iframe>", begin=_FRAMED, path="frame"),
    "note-first": Case(Habit.PLAIN, "note.focus()"),
}


def drawn(draw: random.Random) -> tuple[str, Case]:
    """The name of a case, and the case."""
    kind = draw.choices(["plain", "typed", "moved", "moved-in-burst", "not-typed"], [4, 2, 2, 1, 1])[0]
    if kind == "plain":
        return kind, TYPED[kind]
    if kind in ("typed", "not-typed"):
        return draw.choice([*(TYPED if kind == "typed" else NOT_TYPED).items()])
    habit = Habit.PLAIN if kind == "moved-in-burst" else draw.choice([Habit.FORMATS, Habit.JUMPS])
    digits, later = draw.randint(1, 9), draw.choice([0, 20])
    return f"{kind}-{digits}-{later}", moving(digits, later, habit)


class Browser:
    def __init__(self, page: LibraryPage, address: str, desktop_: Desktop, hands: Hands, chromium: Chromium) -> None:
        self.page, self.address, self.desktop, self.hands, self.chromium = page, address, desktop_, hands, chromium
        found = accessibility()
        assert found is not None
        self.accessible: Accessibility = found
        self._round = 0

    def run(self, case: Case, way: WayIn = WayIn.KEYS) -> tuple[KioskError | None, dict[str, str], float]:
        """Show the page, hand the number over. Returns what was refused, what the fields show, and the seconds."""
        field = self.shows(case)
        began = time.monotonic()
        refused = None
        try:
            hand_over(NUMBER, Target("図書館システム", field=field, way=way), desktop(), self.accessible)
        except KioskError as error:
            refused = error
        took = time.monotonic() - began
        return refused, {name.rstrip("0123456789"): value for name, value in self.page.values().items()}, took

    def shows(self, case: Case) -> Field:
        """Show the page; returns its field once the bus tells of it."""
        self._round += 1
        n = self._round
        form = case.html.format(n=n, more=case.more)
        script = case.script.format(n=n, form=form) if case.script == _RENDERED else case.script
        self.page.show("" if case.script == _RENDERED else form, case.begin.format(n=n) + script)
        label, identifier = LABEL, f"card{n}"
        self._wait_for(identifier if "remove()" not in script else "")
        return Field(case.role, label, identifier, "input", self.address + case.path, case.habit)

    def window_title(self) -> str:
        return next(window.title for window in fitting_windows(Target("図書館システム"), desktop()))

    def _wait_for(self, identifier: str) -> None:
        [window] = fitting_windows(Target("図書館システム"), desktop())
        end, found = time.monotonic() + LIMIT, None
        with self.accessible.elements(LIMIT + 1) as elements:
            while time.monotonic() < end:
                found = elements.focused(window)
                if isinstance(found, Element) and (found.identifier in (identifier, identifier.replace("card", "note")) or not identifier):
                    return
                elements.wait(0.02)
        raise AssertionError(f"{identifier} did not come onto the bus: {found}")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("chromium")
    page = LibraryPage()
    with Desktop(folder) as place, page.served() as address, pytest.MonkeyPatch.context() as patch, ExitStack() as ends:
        place.environment["LANG"] = "C.UTF-8"
        for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
            patch.setenv(name, place.environment[name])
        for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
            patch.delenv(name, raising=False)
        accessible = accessibility()
        assert accessible is not None
        # Before Chromium starts: later it does not look.
        ends.enter_context(accessible.switched_on())
        place.start(["openbox"], "openbox")
        hands = Hands(place.environment["DISPLAY"])
        ends.callback(hands.close)
        chromium = Chromium(place, folder)
        chromium.open(address)
        page.values()
        # The title may come after the page.
        wait_until(lambda: fitting_windows(Target("図書館システム"), desktop()), "the window")
        yield Browser(page, address, place, hands, chromium)


def test_no_digit_is_in_another_field_and_what_is_said_is_true(browser: Browser) -> None:
    draw = random.Random(14)
    odd: list[object] = []
    for number in range(RUNS):
        name, case = drawn(draw)
        # On a busy machine an answer comes too late, or the page moves the focus so late that nothing has told of it at the next key: no
        # digit is astray for all that, and on another try what is the case is said.
        tries = [seen_of(browser, name, case)]
        while tries[-1] and len(tries) < TRIES:
            tries.append(seen_of(browser, name, case))
        if tries[-1]:
            odd.append((number, tries))
    assert len(odd) <= RUNS // 50, odd


@pytest.mark.parametrize("way", [WayIn.PASTE, WayIn.PASTE_INSERT])
@pytest.mark.parametrize("name", ["plain", "formats", "jumps-when-full", "frame", "note-first"])
def test_a_pasted_number_stands_in_its_field(browser: Browser, name: str, way: WayIn, monkeypatch: pytest.MonkeyPatch) -> None:
    # A busy machine shows it later than anybody waits.
    monkeypatch.setattr(checked_typing, "_SHOWN_SECONDS", LIMIT)
    refused, values, _ = browser.run(TYPED[name], way)
    assert (refused, values["card"], values.get("note", "")) == (None, TYPED[name].shown, "")


def seen_of(browser: Browser, name: str, case: Case) -> tuple[object, ...]:
    """What was said where another thing was the case; nothing where it was true."""
    refused, values, took = browser.run(case)
    told = (name, refused and (refused.code, refused.params), values)
    assert took < LONGEST, told
    if name.startswith("moved-in-burst"):
        # By then all keys may have been pressed; that is said, unless all are where they belong.
        assert refused is not None or values == {"card": NUMBER, "note": ""}, told
        return ()
    is_said = (refused and refused.code) in (case.refused or {None})
    is_counted = refused is None or case.typed is None or refused.params == {"typed": case.typed}
    if is_said and is_counted and (values.get("card", case.shown), values.get("note", "")) == (case.shown, ""):
        return ()
    assert refused is not None, told
    assert values.get("note", "") in ("", NUMBER[len(case.shown) : len(case.shown) + 1] if case.later else ""), told
    return told


def test_a_dialog_of_the_browser_stops_the_number(browser: Browser) -> None:
    field = browser.shows(Case(Habit.FORMATS, _AT.format(digits=5, what="setTimeout(() => alert('延滞'), 0)")))
    with pytest.raises(Refused) as refused:
        hand_over(NUMBER, Target("図書館システム", field=field), desktop(), browser.accessible)
    assert refused.value.code is Code.HANDOVER_CHANGED
    # A dialog may come so late that nothing has told of it at the next key.
    assert refused.value.params["typed"] in (5, 6)
    browser.desktop.keys("Return")
    number, note = browser.page.values().values()
    assert (number in (NUMBER[:5], NUMBER[:6]), note) == (True, "")


def test_a_field_is_taught_and_tried_on_the_command_line(browser: Browser, tmp_path: Path) -> None:
    home = Home(tmp_path / "counter")
    home.prepare()
    home.config.write_text('[card]\nrevocation = "none"\n[keys]\nplace = "file"\n', "utf-8")
    field = browser.shows(Case(Habit.PLAIN, _GROUPED))
    terminal = Terminal("端末", browser.desktop)
    try:
        browser.hands.activate("端末")
        taught = _kiosk(browser, home, "teach", "貸出の番号", "--title", "図書館システム", "--service", "loan")
    finally:
        terminal.close()
    assert "番号に空白やハイフンを入れる欄です" in taught
    [target] = read_settings(home.config).handover.target
    assert (target.title, target.services, target.habit) == ("図書館システム", ("loan",), "formats")
    assert (target.role, target.label, target.id, target.tag, target.address) == ("entry", LABEL, field.identifier, "input", field.address)
    assert "番号の欄が空ではありません" in _kiosk(browser, home, "try", "--service", "loan")
    browser.page.show(*_again(field))
    assert "読み返しました" in _kiosk(browser, home, "try", "--service", "loan")
    assert browser.page.values()[field.identifier] == "1234 5678 90"
    logs = "".join(log.read_text("utf-8") for log in home.logs.glob("*"))
    assert not [told for told in (TITLE, LABEL, "1234567890", field.identifier) if told in logs], "what was read is not logged"


def _again(field: Field) -> tuple[str, str]:
    n = field.identifier.removeprefix("card")
    return _FORM.format(n=n, more=""), _BEGIN.format(n=n) + _GROUPED


def _kiosk(browser: Browser, home: Home, *arguments: str) -> str:
    """What the command says, while somebody brings the browser forward."""
    command = [sys.executable, "-u", "-m", "kiosk", "--home", str(home.folder), "handover", *arguments]
    pipe, out = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(command, env=browser.desktop.environment, stdout=pipe, stderr=out, text=True, cwd=ROOT) as child:
        assert child.stdout is not None
        said = child.stdout.readline()
        # Its first look at the windows comes with its question; the terminal has to be seen in front by then.
        with suppress(subprocess.TimeoutExpired):
            child.wait(0.5)
        browser.hands.activate(browser.window_title())
        return said + child.stdout.read()


def test_another_tab_of_the_same_title_is_another_page(browser: Browser) -> None:
    """The last test: the tab stays in front."""
    field = browser.shows(TYPED["plain"])
    browser.chromium.open(f"{browser.address}elsewhere")

    def is_elsewhere() -> bool:
        with browser.accessible.elements(5) as elements:
            windows = fitting_windows(Target("図書館システム"), desktop())
            return bool(windows) and not isinstance(elements.find(windows[0], field), Element)

    wait_until(is_elsewhere, "the other tab")
    with pytest.raises(Refused) as refused:
        hand_over(NUMBER, Target("図書館システム", field=field), desktop(), browser.accessible)
    assert refused.value.code in (Code.HANDOVER_FIELD_ELSEWHERE, Code.HANDOVER_FIELD_UNSEEN)
    assert [*browser.page.values().values()] == ["", ""]
