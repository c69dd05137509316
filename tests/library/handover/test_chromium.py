"""A real Chromium over the real accessibility bus: pages that move the focus, format, render again; the pages themselves report where the
digits are."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from kiosk.domain.errors import Code, Refused
from kiosk.library import handover
from kiosk.library.handover import Suffix, Target, find_windows, hand_over
from kiosk.library.handover.atspi_status import switched_on
from kiosk.library.handover.elements import Element, Field, Habit, Unknown
from tests.support.screens.accessible_desktop import Desktop
from tests.support.screens.chromium import Chromium, Pages
from tests.support.screens.xvfb import Hands

pytestmark = [pytest.mark.window, pytest.mark.trial, pytest.mark.timeout(300)]

NUMBER = "0123456789"
ROUNDS = 5
_FORM = "<label>利用者番号 <input id=card {more}></label><label>備考 <input id=note></label><script>card.focus();{script}</script>"
_JUMP = "card.addEventListener('input', () => {{ if (card.value.length == 5) {0} }});"
PAGES = {
    "plain": _FORM.format(more="", script=""),
    "jumps-at-once": _FORM.format(more="", script=_JUMP.format("note.focus()")),
    "jumps-later": _FORM.format(more="", script=_JUMP.format("setTimeout(() => note.focus(), 20)")),
    "jumps-when-full": _FORM.format(more="", script="card.addEventListener('input', () => { if (card.value.length == 10) note.focus() });"),
    "formats": _FORM.format(
        more="",
        script="card.addEventListener('input', () => { card.value = card.value.replace(/ /g, '').replace(/(.{4})(?=.)/g, '$1 ') });",
    ),
    "renders-again": "<div id=place></div><script>function draw(v) { place.innerHTML = '<label>利用者番号 <input id=card></label>"
    "<label>備考 <input id=note></label>'; card.value = v; card.focus(); card.setSelectionRange(v.length, v.length);"
    "card.addEventListener('input', () => { if (card.value.length == 5) draw(card.value) }) } draw('')</script>",
    "shadow": "<div id=host></div><script>const root = host.attachShadow({mode: 'open'});"
    "root.innerHTML = '<label>利用者番号 <input id=card></label>'; const inner = root.querySelector('input');"
    "fields = () => [inner]; inner.addEventListener('input', () => report('input'));"
    "inner.focus()</script>",
    "note-first": _FORM.format(more="", script="note.focus()"),
    "password": _FORM.format(more="type=password", script=""),
}


class Browser:
    def __init__(self, pages: Pages, base: str, chromium: Chromium, hands: Hands) -> None:
        self.pages, self.base, self.chromium, self.hands = pages, base, chromium, hands
        self.desktop, self.accessible = handover.desktop(), handover.accessibility()

    def show(self, name: str) -> None:
        self.chromium.open(f"{self.base}/{name}")
        self.pages.ready()

    def target(self, page: str, habit: Habit = Habit.PLAIN, suffix: Suffix = Suffix.NONE, role: str = "entry") -> Target:
        return Target("図書館システム", suffix=suffix, field=Field(role, "利用者番号", "card", "input", f"{self.base}/{page}", habit))

    def type(self, page: str, habit: Habit, role: str = "entry") -> Refused | None:
        """Hand the number over, once the bus tells of the page."""
        self._wait_for(page)
        try:
            hand_over(NUMBER, self.target(page, habit, role=role), self.desktop, self.accessible)
        except Refused as refused:
            return refused
        return None

    def _wait_for(self, page: str) -> None:
        assert self.accessible is not None
        end, found = time.monotonic() + 10, None
        while time.monotonic() < end:
            [window] = find_windows(Target("図書館システム"), self.desktop)
            with self.accessible.elements(1.0) as elements:
                found = elements.focused(window)
                if isinstance(found, Element) and found.address == f"{self.base}/{page}":
                    return
                elements.wait(0.05)
        raise AssertionError(f"{page} did not come onto the bus: {found}")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("chromium")
    pages = Pages(PAGES)
    with Desktop(folder) as desktop, pages.served() as base, pytest.MonkeyPatch.context() as patch, ExitStack() as ends:
        desktop.environment["LANG"] = "C.UTF-8"
        for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
            patch.setenv(name, desktop.environment[name])
        for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
            patch.delenv(name, raising=False)
        ends.enter_context(switched_on())
        desktop.start(["openbox"], "openbox")
        hands = Hands(desktop.environment["DISPLAY"])
        ends.callback(hands.close)
        chromium = Chromium(desktop, folder)
        chromium.open(f"{base}/plain")
        pages.ready()
        yield Browser(pages, base, chromium, hands)


@pytest.mark.parametrize(
    ("page", "habit", "shown"),
    [
        ("plain", Habit.PLAIN, NUMBER),
        ("plain", Habit.FORMATS, NUMBER),
        ("formats", Habit.FORMATS, "0123 4567 89"),
        ("jumps-when-full", Habit.JUMPS, NUMBER),
        ("note-first", Habit.PLAIN, NUMBER),
    ],
)
def test_the_number_is_in_its_field(browser: Browser, page: str, habit: Habit, shown: str) -> None:
    for _ in range(ROUNDS):
        browser.show(page)
        assert browser.type(page, habit) is None
        assert browser.pages.values(until={"card": shown, "note": ""}) == {"card": shown, "note": ""}


@pytest.mark.parametrize("page", ["jumps-at-once", "jumps-later"])
def test_no_digit_after_the_page_has_moved_the_focus(browser: Browser, page: str) -> None:
    for _ in range(ROUNDS):
        browser.show(page)
        refused = browser.type(page, Habit.FORMATS)
        assert refused is not None
        assert (refused.code, refused.params) == (Code.HANDOVER_CHANGED, {"typed": 5})
        browser.pages.values(until={"card": NUMBER[:5], "note": ""})


def test_a_field_rendered_again_is_another_one(browser: Browser) -> None:
    browser.show("renders-again")
    refused = browser.type("renders-again", Habit.FORMATS)
    assert refused is not None
    assert refused.code in (Code.HANDOVER_CHANGED, Code.HANDOVER_NOT_SHOWN)


def test_a_field_in_a_shadow_tree(browser: Browser) -> None:
    browser.show("shadow")
    assert browser.type("shadow", Habit.PLAIN) is None
    browser.pages.values(until={"card": NUMBER})


def test_a_password_field_is_no_place_for_the_number(browser: Browser) -> None:
    browser.show("password")
    refused = browser.type("password", Habit.PLAIN, role="password text")
    assert refused is not None
    assert (refused.code, refused.params) == (Code.HANDOVER_FIELD_UNSEEN, {"reason": Unknown.MASKED.value})
