"""Messages about a card being read depend on that card's own time, whatever was on the reader before it."""

from __future__ import annotations

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


@pytest.fixture
def quicker(monkeypatch: pytest.MonkeyPatch) -> None:
    """For windows made from here on: not for `desk`, which is made before it."""
    monkeypatch.setattr(reading_time, "LONG_MS", 600)


@pytest.mark.parametrize("where", WAITS)
def test_staff_see_that_a_card_is_read_that_comes_while_a_stray_is_tried(hands: Hands, qtbot: QtBot, where: str) -> None:
    hands.show(stray(where))
    assert WAITS[where] in hands.texts()
    hands.show(reads(where))
    qtbot.waitUntil(lambda: READS[where] in hands.texts(), timeout=WAIT_MS)
    assert "やめる" in "".join(hands.controls())


@pytest.mark.usefixtures("quicker")
@pytest.mark.parametrize("where", WAITS)
def test_a_new_card_has_its_own_time(hands: Hands, desk: ShownPatronWindow, qtbot: QtBot, where: str) -> None:
    other = Hands()
    qtbot.addWidget(other.window, before_close_func=StaffWindow.close_for_good)
    hands.show(stray(where))
    desk.show(stray(where))
    other.show(reads(where))
    qtbot.waitUntil(lambda: STAY in other.texts(), timeout=WAIT_MS)
    hands.show(reads(where))
    desk.show(reads(where))
    assert READS[where] not in hands.texts()
    assert not desk.says("カードを読み取っています")
    qtbot.waitUntil(lambda: READS[where] in hands.texts(), timeout=WAIT_MS)
    assert STAY not in hands.texts()
    qtbot.waitUntil(lambda: STAY in hands.texts(), timeout=WAIT_MS)
    assert desk.says("カードを読み取っています")


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


@pytest.mark.usefixtures("quicker")
@pytest.mark.parametrize("where", WAITS)
def test_staff_are_told_that_another_program_has_the_card_and_the_patron_to_wait(
    hands: Hands, desk_with: Callable[..., ShownPatronWindow], qtbot: QtBot, where: str
) -> None:
    desk = desk_with()
    held = reads(where, in_use=True)
    hands.show(held)
    desk.show(held)
    assert plain(say("refusal.card-in-use.title")) in hands.texts()
    assert plain(say("staff.home.in-use-lead")) in hands.texts()
    qtbot.waitUntil(lambda: desk.says("そのまま、お待ちください"), timeout=WAIT_MS)
