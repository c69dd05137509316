"""The purpose of a home is recorded once, by only one of concurrent processes, and only in a file of ours."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kiosk.config.home_marker import MARK, Purpose, begin_for, purpose_of
from tests.support.wait import LIMIT


@pytest.fixture
def closely() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_of_two_who_say_it_at_once_both_learn_the_same(tmp_path: Path, closely: None) -> None:
    together = threading.Barrier(len(Purpose))

    def begin(purpose: Purpose, folder: Path) -> Purpose | None:
        together.wait(LIMIT)
        return begin_for(purpose, folder)

    with ThreadPoolExecutor(len(Purpose)) as pool:
        for turn in range(40):
            folder = tmp_path / str(turn)
            folder.mkdir()
            said = {one.result(LIMIT) for one in [pool.submit(begin, purpose, folder) for purpose in Purpose]}
            assert said == {purpose_of(folder)}
            assert [path.name for path in folder.iterdir()] == [MARK]


@pytest.mark.parametrize("purpose", Purpose)
def test_what_was_said_first_holds(tmp_path: Path, purpose: Purpose) -> None:
    assert purpose_of(tmp_path) is None
    assert [begin_for(one, tmp_path) for one in (purpose, *Purpose)] == [purpose] * (1 + len(Purpose))


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(Path.mkdir, id="folder"),
        pytest.param(Path.touch, id="empty"),
        pytest.param(lambda path: path.write_bytes(Purpose.PRACTICE.mark * 2), id="longer"),
        pytest.param(lambda path: path.write_bytes(b"practice\n"), id="other words"),
        pytest.param(lambda path: path.symlink_to("said elsewhere"), id="link", marks=pytest.mark.linux("symbolic links")),
    ],
)
def test_what_only_has_its_name_says_nothing_and_stays(tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / "said elsewhere").write_bytes(Purpose.PRACTICE.mark)
    make(tmp_path / MARK)
    before = (tmp_path / MARK).lstat()
    assert [begin_for(purpose, tmp_path) for purpose in Purpose] == [None] * len(Purpose)
    assert (tmp_path / MARK).lstat() == before
