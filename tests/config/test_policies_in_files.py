"""Files of Debian's policies where somebody lays a file of their own over ours, again and again: none of theirs is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.config.policies_in_files import set_one, standing_of, undo_one
from kiosk.domain.policies import Standing
from kiosk.domain.policies.debian import POLICIES

pytestmark = pytest.mark.linux("files of Debian's")
SLEEP = next(policy for policy in POLICIES if policy.name == "sleep")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / SLEEP.path
    path.parent.mkdir(parents=True)
    return path


def kept_beside(path: Path) -> set[str]:
    return {other.read_text("ascii") for other in path.parent.iterdir() if other != path}


def test_the_last_one_is_put_back_and_those_before_are_kept(path: Path, tmp_path: Path) -> None:
    for theirs in ("first\n", "second\n", "third\n"):
        path.write_text(theirs, "ascii")
        assert set_one(SLEEP, tmp_path)
    assert kept_beside(path) == {"first\n", "second\n", "third\n"}
    assert undo_one(SLEEP, tmp_path)
    assert path.read_text("ascii") == "third\n"
    assert kept_beside(path) == {"first\n", "second\n"}
    assert (undo_one(SLEEP, tmp_path), standing_of(SLEEP, tmp_path)) == (False, Standing.NOT_ASKED_FOR)
    assert {name.suffix for name in path.parent.iterdir() if name != path} & {".conf"} == set(), "no program reads them"


def test_what_was_put_aside_does_not_come_back_over_a_file_of_theirs(path: Path, tmp_path: Path) -> None:
    path.write_text("first\n", "ascii")
    set_one(SLEEP, tmp_path)
    path.write_text("second\n", "ascii")
    assert undo_one(SLEEP, tmp_path)
    assert (path.read_text("ascii"), kept_beside(path)) == ("second\n", {"first\n"})
    # Nor when they take theirs away, and it is not for us to finish anything.
    path.unlink()
    assert standing_of(SLEEP, tmp_path) is Standing.NOT_ASKED_FOR
    assert not undo_one(SLEEP, tmp_path)
    assert not path.exists()
