"""A number typed into one field of another program, which is asked before and shows it after, and the same keys into its window unchecked.

Usage: python -m tests.bench.handover FOLDER. Prints one JSON object: of each program the seconds of every hand-over.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kiosk.library.handover import Target, accessibility, desktop, hand_over
from kiosk.library.handover.elements import Element, Field, Habit
from tests.support.screens.accessible_desktop import Desktop
from tests.support.screens.chromium import Chromium, LibraryPage
from tests.support.screens.fitting_windows import fitting_windows
from tests.support.screens.form_window import FormWindow, managed_desktop
from tests.support.screens.xvfb import Hands
from tests.support.wait import wait_until

ROUNDS = 25
NUMBER = "2104067851"
WINDOW = Target("図書館システム")
LIMIT, KEY_BY_KEY = 1.5, 1.0
"""What must be reached: times the same keys unchecked; seconds."""
_PAGE = "<label>利用者番号 <input id=card></label><label>備考 <input id=note></label>"


@dataclass(frozen=True)
class Program:
    field: Field
    clear: Callable[[], object]
    """Empties the field and gives it the focus."""
    shown: Callable[[], str]


@contextmanager
def form(toolkit: str, place: Desktop, hands: Hands) -> Iterator[Program]:
    with closing(FormWindow(place, hands, toolkit)) as window:

        def clear() -> None:
            window.do("text", "card", "")
            window.do("focus", "card")

        yield Program(window.field(), clear, lambda: window.shown()["card"])


@contextmanager
def browser(place: Desktop, folder: Path) -> Iterator[Program]:
    page, accessible = LibraryPage(), accessibility()
    assert accessible is not None
    with page.served() as address, accessible.switched_on():
        Chromium(place, folder).open(address)
        page.values()
        wait_until(lambda: fitting_windows(WINDOW, desktop()), "the window")
        field = Field("entry", "利用者番号", "card", "input", address)

        def is_told() -> bool:
            with accessible.elements(5) as elements:
                found = elements.focused(fitting_windows(WINDOW, desktop())[0])
                return isinstance(found, Element) and field.fits(found)

        def clear() -> None:
            page.show(_PAGE, "document.getElementById('card').focus()")
            wait_until(is_told, "the field on the accessibility bus")

        yield Program(field, clear, lambda: page.values()["card"])


def measured(program: Program) -> dict[str, list[float]]:
    """In turn, so that whatever else the machine does falls on each way alike."""
    fields = {"unchecked": None, "checked": program.field, "key by key": replace(program.field, habit=Habit.FORMATS)}
    took: dict[str, list[float]] = {name: [] for name in fields}
    for _ in range(ROUNDS):
        for name, field in fields.items():
            program.clear()
            began = time.perf_counter()
            hand_over(NUMBER, replace(WINDOW, field=field), desktop(), accessibility())
            took[name].append(time.perf_counter() - began)
            wait_until(lambda: program.shown() == NUMBER, "the number")
    return took


def told(of: str, took: dict[str, list[float]]) -> str:
    checked, unchecked, slow = (statistics.median(took[name]) for name in ("checked", "unchecked", "key by key"))
    ratio = f"{checked / unchecked:.2f} ({checked * 1000:.0f} ms / {unchecked * 1000:.0f} ms; limit {LIMIT})"
    return f"number read back from {of} / the same keys unchecked: {ratio}; key by key {slow:.2f} s (limit {KEY_BY_KEY:g})"


def main(folder: Path) -> None:
    figures: dict[str, Any] = {}
    with managed_desktop(patient=False) as (place, hands):
        for toolkit, name in (("qt", "Qt"), ("gtk", "GTK")):
            with form(toolkit, place, hands) as program:
                figures[name] = measured(program)
        with browser(place, folder) as program:
            figures["Chromium"] = measured(program)
    print(json.dumps(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
