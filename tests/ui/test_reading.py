"""Messages about a card being read depend on that card's own time, whatever was on the reader before it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from kiosk.domain.states import Counter, Reading, ReadingMyNumberCard
from kiosk.text import plain, say
from kiosk.ui import reading_time
from kiosk.ui.staff import StaffWindow
from tests.support.wait import WAIT_MS
from tests.support.windows.patron_samples import INSERTION, OTHER_INSERTION, TICKET, counter
from tests.support.windows.patron_samples import scenes as patron_scenes
from tests.support.windows.patron_window import ShownPatronWindow
from tests.support.windows.staff_window import Hands

STAY = plain(say("staff.home.stay"))
WAITS = {"lending": plain(say("staff.home.title")), "registration": plain(say("staff.my-number-card.title"))}
READS = {"lending": plain(say("staff.home.reading")), "registration": plain(say("staff.my-number-card.reading"))}


def reads(where: str, **how: object) -> Counter:
    if where == "lending":
        return counter(Reading(TICKET, INSERTION, **how))  # type: ignore[arg-type]
    flow = patron_scenes()["reading-for-registration"].flow
    assert isinstance(flow, ReadingMyNumberCard)
    return counter(replace(flow, insertion=INSERTION, **how))  # type: ignore[arg-type]


def stray(where: str) -> Counter:
    tried = reads(where)
    flow = tried.flow
    assert isinstance(flow, Reading | ReadingMyNumberCard)
    return replace(tried, flow=replace(flow, insertion=OTHER_INSERTION), cards=(OTHER_INSERTION,), strays=frozenset({OTHER_INSERTION}))


@pytest.mark.parametrize("where", WAITS)
def test_staff_see_that_a_card_is_read_that_comes_while_a_stray_is_tried(hands: Hands, qtbot: QtBot, where: str) -> None:
    hands.show(stray(where))
    assert WAITS[where] in hands.texts()
    hands.show(reads(where))
    qtbot.waitUntil(lambda: READS[where] in hands.texts(), timeout=WAIT_MS)
    assert "やめる" in "".join(hands.controls())


def lasts(monkeypatch: pytest.MonkeyPatch, milliseconds: int) -> None:
    """How long it takes until the card is asked to stay, in windows made from here on."""
    monkeypatch.setattr(reading_time, "LONG_MS", milliseconds)


@pytest.mark.parametrize("where", WAITS)
def test_a_new_card_has_its_own_time(
    desk_with: Callable[..., ShownPatronWindow], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, where: str
) -> None:
    # What it says while it is read stays there: a busy machine might look too late otherwise.
    lasts(monkeypatch, WAIT_MS * 2)
    desk = desk_with()
    lasts(monkeypatch, 600)
    hands, other = Hands(), Hands()
    for one in (hands, other):
        qtbot.addWidget(one.window, before_close_func=StaffWindow.close_for_good)
    hands.show(stray(where))
    desk.show(stray(where))
    other.show(reads(where))
    qtbot.waitUntil(lambda: STAY in other.texts(), timeout=WAIT_MS)
    begun = time.monotonic()
    hands.show(reads(where))
    desk.show(reads(where))
    for sentence, least in ((READS[where], 0.4), (STAY, 0.6)):
        qtbot.waitUntil(lambda sentence=sentence: sentence in hands.texts(), timeout=WAIT_MS)  # type: ignore[misc]
        # Qt's timers may come a twentieth early (Qt::CoarseTimer).
        assert time.monotonic() - begun >= 0.95 * least
    qtbot.waitUntil(lambda: desk.says("カードを読み取っています"), timeout=WAIT_MS)


@pytest.mark.parametrize("where", WAITS)
def test_what_was_said_of_a_card_that_did_not_answer_is_not_said_of_the_next(hands: Hands, where: str) -> None:
    slow = reads(where, slow=True)
    hands.show(slow)
    silent = plain(say("refusal.card-silent.title"))
    assert silent in hands.texts()
    flow = slow.flow
    assert isinstance(flow, Reading | ReadingMyNumberCard)
    hands.show(replace(slow, flow=replace(flow, insertion=OTHER_INSERTION, slow=False), cards=(INSERTION, OTHER_INSERTION)))
    assert silent not in hands.texts()


@pytest.mark.parametrize("where", WAITS)
def test_staff_are_told_that_another_program_has_the_card_and_the_patron_to_wait(
    hands: Hands, desk_with: Callable[..., ShownPatronWindow], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, where: str
) -> None:
    lasts(monkeypatch, WAIT_MS * 2)
    desk = desk_with()
    held = reads(where, in_use=True)
    hands.show(held)
    desk.show(held)
    assert plain(say("refusal.card-in-use.title")) in hands.texts()
    assert plain(say("staff.home.in-use-lead")) in hands.texts()
    qtbot.waitUntil(lambda: desk.says("そのまま、お待ちください"), timeout=WAIT_MS)
