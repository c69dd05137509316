"""Another program has a file of ours open: it is waited for, and if it stays, the file is named and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Timer

import pytest

from kiosk.config import FileTrouble, file_trouble
from kiosk.config.atomic_write import replace_file, write_new
from kiosk.config.file_replacement import HeldByAnother, delete, rename, replace
from kiosk.config.private_files import save_private
from tests.support.held_file import held_by_another

Act = Callable[[Path, Path], object]

ONTO: dict[str, Act] = {
    "replace": lambda new, old: replace(new, old),
    "replace_file": lambda _, old: replace_file(old, b"new"),
    "save_private": lambda _, old: save_private(old, b"new", replaces=lambda: True),
}
AWAY: dict[str, Act] = {
    "rename": lambda _, old: rename(old, old.with_name("renamed")),
    "replace": lambda _, old: replace(old, old.with_name("renamed")),
    "delete": lambda _, old: delete(old),
}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    new, old = tmp_path / "新しい", tmp_path / "前の"
    new.write_bytes(b"new")
    old.write_bytes(b"old")
    return new, old


@pytest.mark.parametrize("act", [*ONTO.values(), *AWAY.values()], ids=[*ONTO, *(f"{name} away" for name in AWAY)])
def test_what_is_held_for_a_moment_is_waited_for(files: tuple[Path, Path], act: Act) -> None:
    new, old = files
    with held_by_another(old) as release:
        timer = Timer(0.3, release)
        timer.start()
        act(new, old)
        timer.join()
    assert not old.exists() or old.read_bytes() == b"new"
    assert {path.name for path in old.parent.iterdir()} <= {old.name, new.name, "renamed"}


@pytest.mark.parametrize("act", [*ONTO.values(), *AWAY.values()], ids=[*ONTO, *(f"{name} away" for name in AWAY)])
def test_what_stays_held_is_named_and_nothing_is_lost(files: tuple[Path, Path], act: Act) -> None:
    new, old = files
    with held_by_another(old), pytest.raises(HeldByAnother) as error:
        act(new, old)
    assert error.value.filename == str(old)
    assert file_trouble(error.value, old.parent) is FileTrouble.HELD
    assert {path.name: path.read_bytes() for path in old.parent.iterdir()} == {new.name: b"new", old.name: b"old"}


def test_a_finished_draft_that_is_looked_at_gets_its_name(tmp_path: Path) -> None:
    """A virus scanner opens what was just written."""
    draft = tmp_path / "draft"
    draft.write_bytes(b"new")
    with held_by_another(draft) as release:
        timer = Timer(0.3, release)
        timer.start()
        replace(draft, tmp_path / "name")
        timer.join()
    assert [path.name for path in tmp_path.iterdir()] == ["name"]
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "name", b"other")
    assert (tmp_path / "name").read_bytes() == b"new"


def test_what_nobody_holds_is_not_said_to_be_held(files: tuple[Path, Path]) -> None:
    new, _ = files
    (folder := new.with_name("folder")).mkdir()
    with pytest.raises(OSError) as error:  # noqa: PT011 - which one depends on the system
        replace(new, folder)
    assert not isinstance(error.value, HeldByAnother)
    assert new.read_bytes() == b"new"
    with pytest.raises(FileNotFoundError):
        delete(new.with_name("none"))
    delete(new.with_name("none"), missing_ok=True)
