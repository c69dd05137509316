"""Performance of the running program, measured by itself on a screen of its own. For the figures: `make bench`.

A busy machine makes every figure worse and none better: each is taken up to three times, and the best counts.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bench import codec, run
from tests.bench.starts import starts
from tests.support.screens.accessible_desktop import Desktop

ATTEMPTS = 3
pytestmark = [pytest.mark.window, pytest.mark.timeout(240)]


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[dict[str, str]]:
    (tmp_path / "desktop").mkdir()
    with Desktop(tmp_path / "desktop") as desktop:
        yield os.environ | run.screen(desktop)


def best(measure: Callable[[Path], float], good: float, folder: Path) -> float:
    """The least of up to three attempts; no further one once it is `good`."""
    figures: list[float] = []
    for attempt in range(ATTEMPTS):
        place = folder / str(attempt)
        place.mkdir()
        figures.append(measure(place))
        if figures[-1] <= good:
            break
    return min(figures)


def test_the_number_stands_there_a_blink_after_the_card(screen: dict[str, str], tmp_path: Path) -> None:
    """From the return of the wait that saw the card to the paint of its number: at most 1.15 times pure card I/O."""
    assert best(lambda place: statistics.median(run.taps(place, screen)), run.TAP, tmp_path) <= run.TAP


def test_the_patron_stands_there_a_blink_after_the_library_system_has_answered(screen: dict[str, str], tmp_path: Path) -> None:
    """It takes 300 ms, and is asked while the rest of the certificate is read."""
    assert best(lambda place: statistics.median(run.patrons(place, screen)), run.TAP, tmp_path) <= run.TAP


@pytest.mark.parametrize("silent", [False, True], ids=["slow", "silent"])
def test_the_windows_never_stand_still_while_a_card_does(screen: dict[str, str], tmp_path: Path, silent: bool) -> None:
    """Neither while it takes 5 s for an answer nor while it says nothing at all: under 50 ms at a time."""
    assert best(lambda place: run.stalls(place, screen, silent=silent)[0], run.STALL, tmp_path) < run.STALL


@pytest.mark.trial
def test_the_windows_never_stand_still_while_items_are_lent_one_after_the_other(screen: dict[str, str], tmp_path: Path) -> None:
    """As fast as a scanner and the window can, one patron after the other without a pause.

    The aim is a frame more than a bare window, by the median of seven on a machine that does nothing else, which `make bench` says.
    Held here, on whatever machine, is what holds for a card that is slow.
    """
    assert best(lambda place: run.stall_of(run.loans(200, 20, place, screen)), run.STALL, tmp_path) <= run.STALL


@pytest.mark.trial
def test_the_windows_never_stand_still_while_a_great_many_loans_are_listed(screen: dict[str, str], tmp_path: Path) -> None:
    """Patrons with 120 loans, whose titles come one after the other."""
    assert best(lambda place: run.stall_of(run.listings(place, screen)), run.STALL, tmp_path) <= run.STALL


@pytest.mark.trial
def test_the_windows_never_stand_still_while_a_hundred_programs_misbehave_beside_them(screen: dict[str, str], tmp_path: Path) -> None:
    """At the interface for other programs, while one card after the other is laid."""
    assert best(lambda place: run.crowded(5, place, screen), run.STALL, tmp_path) < run.STALL


@pytest.mark.trial
def test_a_list_of_a_million_numbers_weighs_little_and_slows_no_tap(screen: dict[str, str], tmp_path: Path) -> None:
    """While it is replaced: at most 1.15 times the usual tap of the same run. In memory: at most 100 MB, also while it is read."""
    weights: list[run.ListFigures] = []

    def ratio(place: Path) -> float:
        weights.append(run.lists(place, screen))
        return weights[-1].ratio

    assert best(ratio, run.TAP, tmp_path) <= run.TAP
    assert max(weight.grown for weight in weights) <= run.LIST_MB
    assert all(weight.reading > 0 for weight in weights)


@pytest.mark.trial
def test_the_first_screen_comes_soon(screen: dict[str, str], tmp_path: Path) -> None:
    """Beside a bare window of the same Python and Qt.

    The aim is twice its time, and `make bench` says how far off that is; held here is that it grows no further. Measured on a busy machine:
    2.5 to 3.0.
    """

    def ratio(place: Path) -> float:
        ours, bare = starts(place, screen)
        return ours / bare

    most = 1.25 * 2.7
    assert best(ratio, most, tmp_path) <= most


@pytest.mark.parametrize(("extended", "most"), [(True, 4), (False, 9)], ids=["extended", "short"])
def test_a_tap_takes_few_commands(extended: bool, most: int) -> None:
    assert run.commands(extended=extended) <= most


def test_no_exchange_stays_long_in_the_codec(tmp_path: Path) -> None:
    """Under a millisecond, a patron with 200 loans included."""
    assert best(lambda place: codec.measure()[0], run.CODEC, tmp_path) < run.CODEC


def test_baselines_are_short_and_import_nothing_of_ours() -> None:
    baselines = sorted(Path(run.__file__).parent.glob("bare_*.py"))
    assert len(baselines) == 3
    for baseline in baselines:
        text = baseline.read_text("utf-8")
        assert len(text.splitlines()) <= 30
        assert "kiosk" not in text


@pytest.mark.trial
def test_a_snapshot_that_is_taken_over_keeps_nobody_waiting(screen: dict[str, str], tmp_path: Path) -> None:
    """The windows, a tap, and an unlinking meanwhile; more links than are sorted at once."""
    measured: list[run.WindowFigures] = []

    def beat(place: Path) -> float:
        measured.append(run.loading(run.LOADED, place, screen))
        return measured[-1].beat

    assert best(beat, run.STALL, tmp_path) < run.STALL
    assert min(one.tap for one in measured) < 2
    assert min(one.act for one in measured) < 0.1
