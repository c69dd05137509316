"""Each control of each page, by each action it offers on the accessibility bus, triggered by another process: all have an effect."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.count_cases import CountCases
from tests.support.screens.accessible_desktop import Desktop, Outsider

pytestmark = [pytest.mark.window, pytest.mark.trial, pytest.mark.timeout(900)]

WINDOWS = {"staff": "職員", "patron": "利用者"}
NOT_A_PRESS = {"SetFocus"}


@pytest.fixture
def outsider(tmp_path: Path) -> Iterator[Outsider]:
    with Desktop(tmp_path) as desktop:
        yield desktop.outsider(desktop.start([sys.executable, "-m", "tests.support.screens.page_turner"], "kiosk").pid)


def turn(outsider: Outsider, page: str, visit: int) -> list[str]:
    """Show a page anew; the names that have to be heard there."""
    label = f"{page}#{visit}"
    outsider.fill("page", label, window="pages")
    outsider.see(f"controls {label}", window="pages")
    shown = next(each for each in outsider.look(window="pages") if str(each["name"]).startswith(f"controls {label}"))
    return str(shown["name"]).split("\n")[1:]


def pages(outsider: Outsider, side: str) -> list[str]:
    outsider.see(f"{side}:waiting", window="pages", limit=60)
    listed = next(each for each in outsider.look(window="pages") if str(each["name"]).startswith("staff:waiting"))
    return [page for page in str(listed["name"]).split("\n") if page.startswith(f"{side}:")]


@pytest.mark.parametrize("side", WINDOWS)
def test_every_action_of_every_control_is_heard(outsider: Outsider, side: str, count_cases: CountCases) -> None:
    done: set[tuple[str, str, bool]] = set()
    deaf: list[str] = []
    visit = 0
    for page in pages(outsider, side):
        visit += 1
        wanted = turn(outsider, page, visit)
        offered: list[tuple[dict[str, Any], str]] = [
            (each, str(action))
            for each in outsider.look(window=WINDOWS[side])
            if each["name"] in wanted and each["live"]
            for action in each["actions"]
            if action not in NOT_A_PRESS
        ]
        for each, action in offered:
            case = (str(each["name"]), action, "slow" in page)
            if case in done:
                continue
            done.add(case)
            visit += 1
            turn(outsider, page, visit)
            outsider.act(case[0], action, window=WINDOWS[side])
            try:
                outsider.see(f"heard {page}#{visit}", window="pages")
            except AssertionError:
                deaf.append(f"{case[0]} by {action} on {page}")
    count_cases(f"actions of the {side} window, over the bus", len(done))
    assert deaf == [], "\n".join(deaf)
