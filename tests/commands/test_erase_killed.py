"""kiosk erase, killed anywhere, and the computer's counter, which only an administrator erases. On Linux, with real accounts."""

from __future__ import annotations

import contextlib
import io
import shutil
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.commands.output import words
from kiosk.config import Home
from tests.support.commands.accounts import Told, apart, killed_at, link
from tests.support.commands.computer import found_by

pytestmark = [pytest.mark.linux("forks"), pytest.mark.timeout(150)]


EVERY = [3, pytest.param(1, marks=pytest.mark.trial)]


@pytest.mark.parametrize("step", EVERY)
def test_an_erasure_that_is_killed_anywhere_is_finished_by_the_next(tmp_path: Path, step: int) -> None:
    """Its keys lie beside the home, so that nothing outside the test's folder is touched."""
    home, kept = Home(tmp_path / "here" / "home"), tmp_path / "kept"
    arguments = ["--home", str(home.folder), "erase", "--yes", "--lose", "1"]
    home.prepare()
    home.config.write_text('[card]\nrevocation = "none"\n[keys]\nplace = "file"\nfolder = "../keys"\n', "utf-8")
    assert apart(None, lambda: link(1, home=home))["links"] == [1]
    shutil.copytree(tmp_path / "here", kept)

    def erase() -> Told:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return {"code": main(arguments)}

    point = 1
    while not (found := killed_at(point, erase)):
        if home.has_store():
            assert apart(None, lambda: link(home=home)) in ({"links": [1], "doubt": False}, {"code": "counter-revoked", "reason": ""})
        assert apart(None, erase) == {"code": 0}
        # Of a home that was just to be removed, nothing says any more whose it was.
        assert [path for path in (tmp_path / "here").rglob("*") if path != home.folder] == [], f"at {point}"
        point += step
        shutil.rmtree(tmp_path / "here")
        shutil.copytree(kept, tmp_path / "here")
    assert found == {"code": 0}
    assert point > 20
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.root
def test_the_computers_counter_is_the_administrators_to_erase(tmp_path: Path) -> None:
    found = found_by("erased_computer", "erased", tmp_path)
    code, said = found["member"]
    assert (code, words("why.erase-impossible.not-administrator") in said) == (1, True)
    assert found["kept"] == ["library-card-kiosk", "library-card-kiosk-keys", "secret"]
    assert found["erased"][0] == 0, found["erased"][1]
    assert (found["left"], found["secret"], found["own"]) == (["secret"], "of root", [1, 2, 3])
    code, said = found["locked"]
    assert (code, words("why.erase-impossible.lost").partition("{")[0] in said, found["unlocked"]) == (1, True, ["secret"]), said
    # Root follows no link of another account to a counter of its own.
    code, said = found["lured"]
    assert (code, found["roots"]) == (1, [2]), said
    assert found["then"][0] == 0


@pytest.mark.root
@pytest.mark.parametrize("what", ["killed-here-and-there", pytest.param("killed", marks=pytest.mark.trial)])
def test_the_computers_counter_is_erased_by_the_next_and_nobody_elses(tmp_path: Path, what: str) -> None:
    found = found_by("erased_computer", what, tmp_path)
    assert found["points"] > 5
    assert (found["faults"], found["roots"]) == ([], [2, 3])
