"""PDF slips reveal what a patron has on loan: they are deleted when overdue, and nothing else is deleted with them."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.config import Home
from kiosk.equipment import today
from kiosk.slip_cleanup import SlipFolder, swept
from tests.commands.conftest import home, kiosk  # noqa: F401 - fixtures
from tests.support.commands.call import Call
from tests.support.held_file import held_by_another
from tests.support.wait import LIMIT
from tests.test_starting import started

TODAY = date(2026, 11, 28)
DAY = timedelta(days=1)


def slip(folder: Path, day: date, end: str = "-101500.pdf") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"slip-{day:%Y%m%d}{end}"
    path.write_bytes(b"%PDF-")
    return path


@pytest.mark.parametrize(
    ("days", "kept"),
    [(1, {-1, 0}), (2, {-1, 0, 1}), (31, {-1, 0, 1, 2, 30})],
)
def test_a_slip_is_kept_for_so_many_days(tmp_path: Path, days: int, kept: set[int]) -> None:
    """Those of days to come were made while the clock was wrong, but for one made at this midnight."""
    slips = {age: slip(tmp_path, TODAY - age * DAY) for age in (-7000, -2, -1, 0, 1, 2, 30, 31, 400, 6000)}
    assert SlipFolder(tmp_path, days).sweep(TODAY) == len(slips) - len(kept)
    assert {age for age, path in slips.items() if path.exists()} == kept


def test_several_of_one_second_and_those_that_were_begun_go_as_well(tmp_path: Path) -> None:
    old = [slip(tmp_path, TODAY - DAY, end) for end in ("-101500.pdf", "-1015001.pdf", "-101500999.pdf")]
    old[0].write_bytes(b"")
    cut_off, at_work = tmp_path / ".slip-unfinished", tmp_path / ".slip-at-work"
    for path in (cut_off, at_work):
        path.write_bytes(b"%PDF-")
    os.utime(cut_off, (time.time() - 3600, time.time() - 3600))
    assert SlipFolder(tmp_path, 1).sweep(TODAY) == 4
    assert list(tmp_path.iterdir()) == [at_work]


def test_a_slip_that_another_program_has_open_goes_with_the_next_sweep(tmp_path: Path) -> None:
    held, other = slip(tmp_path, TODAY - DAY), slip(tmp_path, TODAY - 2 * DAY)
    with held_by_another(held):
        assert SlipFolder(tmp_path, 1).sweep(TODAY) == 1
        assert (held.exists(), other.exists()) == (True, False)
    assert SlipFolder(tmp_path, 1).sweep(TODAY) == 1


def test_nothing_but_slips_is_touched(tmp_path: Path) -> None:
    names = (
        "report-20200101-101500.pdf",
        "slip-20200101-101500.pdf.txt",
        "slip-20209999-101500.pdf",
        "a slip-20200101-101500.pdf",
    )
    for name in names:
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "slip-20200101-101501.pdf").mkdir()
    elsewhere = slip(tmp_path / "kept", TODAY - 5 * DAY)
    assert SlipFolder(tmp_path, 1).sweep(TODAY) == 0
    assert len(list(tmp_path.iterdir())) == len(names) + 2
    assert elsewhere.exists()


def test_a_folder_that_is_not_there_or_none_keeps_nobody(tmp_path: Path) -> None:
    assert SlipFolder(tmp_path / "none", 1).sweep(TODAY) == 0
    (tmp_path / "file").write_text("")
    assert SlipFolder(tmp_path / "file", 1).sweep(TODAY) == 0


def test_a_day_that_ends_while_the_counter_runs_takes_its_slips_along(tmp_path: Path) -> None:
    yesterdays, new = slip(tmp_path, TODAY), slip(tmp_path, TODAY + DAY)
    seen: list[bool] = []
    twice = threading.Event()

    def days() -> Iterator[date]:
        yield TODAY
        seen.append(yesterdays.exists())
        yield TODAY + DAY
        twice.set()
        while True:
            yield TODAY + DAY

    day = days()
    with swept(SlipFolder(tmp_path, 1), lambda: next(day), every=0.01):
        assert twice.wait(LIMIT)
    assert seen == [True]
    assert (yesterdays.exists(), new.exists()) == (False, True)


def test_what_a_crash_has_left_is_deleted_at_the_next_start(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    old, new = slip(home.folder / "slips", today() - 3 * DAY), slip(home.folder / "slips", today())
    with ExitStack() as stack:
        started(home, stack)
    assert (old.exists(), new.exists()) == (False, True)


def outcome(kiosk: Call) -> dict[str, object]:  # noqa: F811
    checks = json.loads(kiosk("doctor", "--json").out)["checks"]
    return next(check for check in checks if check["check"] == "slips")


def test_doctor_says_where_they_are_and_how_many(kiosk: Call, home: Home) -> None:  # noqa: F811
    folder = home.folder / "slips"
    for end in ("-101500.pdf", "-101501.pdf"):
        slip(folder, today(), end)
    found = outcome(kiosk)
    assert (found["condition"], found["found"]) == ("ok", f"2件あります({folder})。出した日を入れて1日で消します")
    slip(folder, today() - 2 * DAY)
    found = outcome(kiosk)
    assert (found["condition"], found["found"]) == ("care", f"3件あります({folder})。うち1件は、消す時を過ぎています")


def test_doctor_does_not_take_a_folder_it_cannot_read_for_an_empty_one(kiosk: Call, home: Home) -> None:  # noqa: F811
    (home.folder / "slips").write_text("")
    assert outcome(kiosk)["outcome"] == "slips.unread"
