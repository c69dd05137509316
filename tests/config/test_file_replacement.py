"""Another program has a file of ours open: it is waited for, and if it stays, the file is named and nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, nullcontext, suppress
from pathlib import Path
from threading import Timer

import pytest

from kiosk.config import FileTrouble, file_trouble
from kiosk.config.atomic_write import replace_file, sync_file, write_new
from kiosk.config.file_access import read_regular
from kiosk.config.file_lock import held
from kiosk.config.file_replacement import PATIENCE, HeldByAnother, delete, rename, replace
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
OPENING: dict[str, Act] = {
    "read": lambda _, old: read_regular(old),
    "sync": lambda _, old: sync_file(old),
    "lock": lambda _, old: lock(old),
}


def lock(path: Path) -> None:
    with held(path, 1.0):
        pass


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


@pytest.mark.parametrize("fails", [False, True])
def test_a_draft_that_is_held_hides_no_result_and_no_error(files: tuple[Path, Path], caplog: pytest.LogCaptureFixture, fails: bool) -> None:
    """A virus scanner looks at what was just written, while somebody else has written the file itself."""
    _, old = files
    with ExitStack() as holding:

        def is_ours() -> bool:
            (draft,) = (path for path in old.parent.iterdir() if path.name.startswith("."))
            holding.enter_context(held_by_another(draft))
            if fails:
                raise LookupError
            return False

        with pytest.raises(LookupError) if fails else nullcontext():
            assert not save_private(old, b"new", replaces=is_ours)
    assert "could not be deleted" in caplog.text
    assert old.read_bytes() == b"old"


@pytest.mark.parametrize("name", OPENING)
def test_who_opens_what_is_held_alone_waits_for_it(files: tuple[Path, Path], name: str) -> None:
    new, old = files
    with held_by_another(old, alone=True) as release:
        timer = Timer(0.3, release)
        timer.start()
        OPENING[name](new, old)
        timer.join()
    assert old.read_bytes() == b"old"


@pytest.mark.parametrize("name", OPENING)
def test_of_what_is_held_alone_that_is_said_and_not_that_we_may_not(files: tuple[Path, Path], name: str) -> None:
    new, old = files
    with held_by_another(old, alone=True), pytest.raises(HeldByAnother) as error:
        OPENING[name](new, old)
    assert (error.value.filename, file_trouble(error.value, old)) == (str(old), FileTrouble.HELD)


def test_a_refusal_that_waiting_does_not_end_is_not_waited_for(files: tuple[Path, Path]) -> None:
    """Windows says "access denied" of all of these, as of a target that is held."""
    new, old = files
    (folder := new.with_name("folder")).mkdir()
    old.chmod(0o400)
    begun = time.monotonic()
    for act in (lambda: delete(folder), lambda: replace(new, folder), lambda: delete(old), lambda: read_regular(folder)):
        with suppress(OSError):
            act()
    assert time.monotonic() - begun < PATIENCE
    with suppress(FileNotFoundError):
        old.chmod(0o600)


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
