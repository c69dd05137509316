"""Move, begin and restore killed at each of their file operations: the old state remains, or the damage is reported, and the act can be
repeated. Unlinked cards never silently become valid again, and no empty store replaces an existing one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import Home, read_settings
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.errors import Code, KioskError
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation, UnlinkReason
from kiosk.equipment import key_place_of, open_repository
from kiosk.store.repository import Repository

pytestmark = pytest.mark.linux("fork")

LOST, LOST_NUMBER = LinkToken(b"l" * 32), LibraryCardNumber("2104067861")

# A fork for each operation, so that Python and the program are loaded once.
KILLER = """
import os, shutil, signal, sys
from pathlib import Path
from kiosk.__main__ import main
import kiosk.commands.recovery, kiosk.store.recovery, kiosk.store.repository, kiosk.ledger.running_lock, kiosk.equipment
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
NAMES = {"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.truncate", "shutil.copyfile"}
where, original, every, *command = sys.argv[1:]
count, n, armed = 0, 1 - int(every), False
def hook(event, args):
    global count
    if not armed or event not in NAMES or not str(args[0]).startswith(where):
        return
    if event == "open" and not (args[2] or 0) & WRITING:
        return
    count += 1
    if count == n:
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
while True:
    n += int(every)
    here = Path(where, "now")
    shutil.copytree(original, here, symlinks=True)
    child = os.fork()
    if child == 0:
        sys.stdout = sys.stderr = open(os.devnull, "w")
        armed = True
        code = main(command)
        armed = False
        os._exit(0 if code == 0 else 3)
    _, status = os.waitpid(child, 0)
    print(n, os.WEXITSTATUS(status) if os.WIFEXITED(status) else "killed", flush=True)
    sys.stdin.readline()
    shutil.rmtree(here)
    if os.WIFEXITED(status):
        break
"""


@dataclass(frozen=True)
class Place:
    """A machine: a home and its keys, in one folder which is copied for each kill."""

    folder: Path

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    def opened(self, home: Home | None = None) -> Repository:
        home = home or self.home
        return open_repository(home, read_settings(home.config))[0]


@pytest.fixture
def now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Where everything happens, so that paths are always the same."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "where" / "now" / "config"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "where" / "now" / "config"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    return Place(tmp_path / "where" / "now")


@pytest.fixture
def used(now: Place) -> Place:
    """A counter with two links."""
    now.home.prepare()
    now.home.config.write_text('[card]\nrevocation = "none"\n', encoding="utf-8")
    with now.opened() as store:
        for card, number in ((LOST, LOST_NUMBER), (LinkToken(bytes(32)), LibraryCardNumber("2104067853"))):
            store.save_link(uuid.uuid4(), card, number, revocation=Revocation.NOT_CHECKED)
    return now


@contextmanager
def killed_at_each(now: Place, *command: str, every: int = 1) -> Iterator[Iterator[str]]:
    """Each time what is left of a copy of the machine, by what it came to: killed, or 0. `every`: at one operation of so many."""
    original = now.folder.parent.parent / "original"
    now.folder.rename(original)
    program = subprocess.Popen(
        [sys.executable, "-c", KILLER, str(now.folder.parent), str(original), str(every), "--home", *command],
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    stdin, stdout = program.stdin, program.stdout

    def each() -> Iterator[str]:
        times = 0
        for line in stdout:
            yield line.split()[1]
            times += 1
            stdin.write("\n")
            stdin.flush()
        assert times > 8 // every

    with program:
        yield each()
    assert program.returncode == 0


def says(kiosk: Any, home: Home, *command: str) -> Any:
    return kiosk("--home", str(home.folder), *command)


def rows_of(store: Repository, deed: AdministrativeAct) -> int:
    return sum(row.act == deed for row in store.audit_rows())


@pytest.mark.timeout(120)
@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.trial)], ids=["a third", "all"])
def test_a_move(kiosk: Any, used: Place, every: int) -> None:
    old, new = used.home, Home(used.folder / "moved")
    old.folder.rename(new.folder)
    ends = []
    with killed_at_each(used, str(new.folder), "recovery", "moved", every=every) as each:
        for end in each:
            ends.append(end)
            said = says(kiosk, new, "links", "count")
            if said.code == 0:
                # Whoever opens it next writes down what was not.
                with used.opened(new) as store:
                    assert rows_of(store, AdministrativeAct.MOVED) == 1
            else:
                assert "kiosk recovery moved" in said.err
                assert str(old.data) in said.err
            again = says(kiosk, new, "recovery", "moved")
            assert again.code == 0 or "移された" in again.err or said.code == 0, again
            with used.opened(new) as store:
                assert (store.doubt, store.examine(), store.count_links(), rows_of(store, AdministrativeAct.MOVED)) == (None, None, 2, 1)
                store.close_link(uuid.uuid4(), LOST_NUMBER, UnlinkReason.LOST)
            # Nothing is left in the old place that a copy could be opened with.
            shutil.copytree(new.folder, old.folder)
            assert says(kiosk, old, "links", "count").code == 1
            keys = key_place_of(new, read_settings(new.config)).folder
            assert sorted(file.suffix for file in keys.iterdir() if not file.name.startswith(".")) == [".anchor", ".json"]
    assert ends == ["killed"] * (len(ends) - 1) + ["0"]


@pytest.mark.trial
@pytest.mark.timeout(120)
def test_a_copy_in_the_old_place_of_a_move_that_was_cut_off(kiosk: Any, used: Place) -> None:
    old, new = used.home, Home(used.folder / "moved")
    old.folder.rename(new.folder)
    with killed_at_each(used, str(new.folder), "recovery", "moved") as each:
        for _ in each:
            moved = says(kiosk, new, "links", "count").code == 0
            shutil.copytree(new.folder, old.folder)
            if moved:
                with used.opened(new) as store:
                    store.close_link(uuid.uuid4(), LOST_NUMBER, UnlinkReason.LOST)
                # Two stores of one identity: the second does not open.
                assert says(kiosk, old, "links", "count").code == 1


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("left", "every"), [(True, 3), *(pytest.param(left, 1, marks=pytest.mark.trial) for left in (False, True))])
def test_a_beginning(kiosk: Any, used: Place, left: bool, every: int) -> None:
    used.home.store.unlink()
    if left:
        used.home.store.with_name("kiosk.db-wal").write_bytes(b"left")
    with killed_at_each(used, str(used.home.folder), "recovery", "begin", every=every) as each:
        for _ in each:
            again = says(kiosk, used.home, "recovery", "begin")
            said = says(kiosk, used.home, "links", "count")
            assert (said.code, "0件" in said.out) == (0, True), (again, said)
            with used.opened() as store:
                assert (store.doubt, store.examine(), rows_of(store, AdministrativeAct.BEGUN)) == (None, None, 1)
            assert says(kiosk, used.home, "recovery", "begin").code == 1


@pytest.mark.trial
@pytest.mark.timeout(120)
def test_a_beginning_that_is_not_done_again_says_what_is_missing_or_is_written_down(kiosk: Any, used: Place) -> None:
    used.home.store.unlink()
    with killed_at_each(used, str(used.home.folder), "recovery", "begin") as each:
        for _ in each:
            try:
                store = used.opened()
            except KioskError as error:
                assert error.code is Code.STORE_MISSING  # noqa: PT017 - either is right
            else:
                with store:
                    assert (store.doubt, rows_of(store, AdministrativeAct.BEGUN)) == (None, 1)


LONG = pytest.mark.trial


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("machine", "left", "every"),
    [("new", True, 3), *(pytest.param(machine, left, 1, marks=LONG) for machine in ("same", "new") for left in (False, True))],
)
def test_a_restore(kiosk: Any, used: Place, tmp_path: Path, machine: str, left: bool, every: int) -> None:
    paper = tmp_path / "sheet.txt"
    paper.write_text(says(kiosk, used.home, "recovery", "sheet").out, encoding="utf-8")
    assert says(kiosk, used.home, "recovery", "backup", str(tmp_path / "stick")).code == 0
    (backup,) = (tmp_path / "stick").glob("*.db")
    if machine == "new":
        shutil.rmtree(used.folder / "config")
    used.home.store.unlink()
    if left:
        used.home.store.with_name("kiosk.db-wal").write_bytes(b"left")
    restore = ("recovery", "restore", "--sheet", str(paper), "--backup", str(backup))
    with killed_at_each(used, str(used.home.folder), *restore, every=every) as each:
        for _ in each:
            there = used.home.store.exists()
            keys = key_place_of(used.home, read_settings(used.home.config)).store.load()
            if keys is not None and not there:
                said = says(kiosk, used.home, "links", "count")
                assert (said.code, "kiosk recovery restore" in said.err) == (1, True)
                found = says(kiosk, used.home, "doctor").out
                assert "kiosk recovery restore" in found
                assert "まだありません" not in next(line for line in found.splitlines() if "鍵" in line)
                with pytest.raises(KioskError):
                    used.opened()
                assert not used.home.store.exists()
            assert says(kiosk, used.home, *restore).code == (1 if there else 0)
            with used.opened() as store:
                assert store.doubt is not None
                assert (store.doubt.code, store.count_links(), rows_of(store, AdministrativeAct.RESTORE)) == (Code.STORE_RESTORED, 2, 1)
                assert store.examine() is None
