"""Who may use what lies in a folder: its account, or the group that an administrator has made it for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.config.admission import ACCOUNT, Admitted, admitted_to, make_one_folder, open_made
from kiosk.config.file_access import is_foreign
from kiosk.config.file_permissions import Exposure, exposure
from kiosk.config.private_files import check_owner, read_private, save_private
from kiosk.domain.errors import Code, Unavailable
from kiosk.store.database_files import set_aside

pytestmark = pytest.mark.linux("file modes")
GROUP, OTHER = 54300, 54301


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    os.chown(folder, 0, GROUP)
    folder.chmod(0o2770)
    return folder


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def test_the_modes_of_an_account_and_of_a_group() -> None:
    assert (ACCOUNT.folder_mode, ACCOUNT.file_mode, ACCOUNT.others, ACCOUNT.umask) == (0o700, 0o600, 0o077, 0o077)
    group = Admitted(GROUP)
    assert (group.folder_mode, group.file_mode, group.others, group.umask) == (0o2770, 0o660, 0o007, 0o007)


def test_members_are_who_is_in_the_group_and_the_administrator() -> None:
    assert Admitted(GROUP).has_member(OTHER, frozenset({OTHER, GROUP}))
    assert not Admitted(GROUP).has_member(OTHER, frozenset({OTHER}))
    assert Admitted(GROUP).has_member(0, frozenset({0}))
    assert ACCOUNT.has_member(OTHER, frozenset())


@pytest.mark.root
def test_a_folder_is_a_groups_when_the_administrator_has_made_it_so(shared: Path) -> None:
    assert admitted_to(shared) == Admitted(GROUP)
    for other in (0o770, 0o2775, 0o2750, 0o700):
        shared.chmod(other)
        assert admitted_to(shared) == ACCOUNT
    shared.chmod(0o2770)
    os.chown(shared, OTHER, GROUP)
    shared.chmod(0o2770)
    assert admitted_to(shared) == ACCOUNT, "what an account opens to a group by itself"
    assert admitted_to(shared / "none") == ACCOUNT


@pytest.mark.root
def test_what_is_made_in_it_is_the_groups_whoever_makes_it(shared: Path, umask: int) -> None:
    make_one_folder(shared / "folder")
    os.chown(shared / "folder", OTHER, GROUP)
    (shared / "folder").chmod(0o2770)
    os.close(open_made(shared / "folder" / "file", os.O_CREAT | os.O_WRONLY))
    assert save_private(shared / "keys", b"keys")
    for path in (shared / "folder" / "file", shared / "keys"):
        assert (path.stat().st_gid, mode(path)) == (GROUP, 0o660)
    make_one_folder(shared / "folder" / "inner")
    assert (mode(shared / "folder"), mode(shared / "folder" / "inner")) == (0o2770, 0o2770)
    assert admitted_to(shared / "folder" / "inner") == Admitted(GROUP)


def test_what_is_made_elsewhere_is_the_accounts(tmp_path: Path, umask: int) -> None:
    make_one_folder(tmp_path / "folder")
    os.close(open_made(tmp_path / "folder" / "file", os.O_CREAT | os.O_WRONLY))
    assert (mode(tmp_path / "folder"), mode(tmp_path / "folder" / "file") & 0o077) == (0o700, 0)
    make_one_folder(tmp_path / "folder")
    with pytest.raises(FileExistsError):
        make_one_folder(tmp_path / "folder" / "file")


@pytest.mark.root
def test_a_file_of_another_member_is_read_and_one_of_somebody_else_is_not(shared: Path) -> None:
    path = shared / "file"
    save_private(path, b"content")
    os.chown(path, OTHER, GROUP)
    assert read_private(path) == b"content"
    assert (is_foreign(path), exposure(path)) == (False, None)
    path.chmod(0o664)
    check_owner(path)
    assert mode(path) == 0o660
    os.chown(path, OTHER, OTHER)
    with pytest.raises(Unavailable) as refused:
        check_owner(path)
    assert refused.value.code is Code.STORE_FOREIGN
    assert (is_foreign(path), exposure(path)) == (True, Exposure.FOREIGN)


@pytest.mark.root
def test_another_members_leftovers_are_put_aside(shared: Path) -> None:
    """Only who made a file may choose its time."""
    left = shared / "kiosk.db-wal"
    save_private(left, b"left")
    os.chown(left, OTHER, GROUP)
    shared.parent.chmod(0o755)
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([GROUP])
            os.chdir(shared)
            os.setgid(OTHER + 1)
            os.setuid(OTHER + 1)
            (moved,) = set_aside([Path("kiosk.db-wal")], datetime(2026, 11, 30, tzinfo=UTC))
            os._exit(0 if moved.read_bytes() == b"left" else 2)
        except BaseException:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert not left.exists()


@pytest.mark.root
@pytest.mark.parametrize("lay", [Path.symlink_to, Path.hardlink_to, lambda name, _: os.mkfifo(name)], ids=["link", "second name", "pipe"])
@pytest.mark.parametrize("flags", [os.O_RDWR, os.O_WRONLY | os.O_APPEND])
def test_a_name_of_a_group_that_leads_elsewhere_is_not_opened(
    shared: Path, tmp_path: Path, flags: int, lay: Callable[[Path, Path], object]
) -> None:
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    lay(shared / "laid", secret)
    with pytest.raises(OSError, match="laid"):
        open_made(shared / "laid", os.O_CREAT | flags)
    assert (secret.stat().st_gid, mode(secret)) == (os.getegid(), 0o600)


@pytest.mark.root
def test_nothing_is_made_where_a_link_of_a_group_points(shared: Path, tmp_path: Path) -> None:
    (shared / "laid").symlink_to(tmp_path / "new")
    with pytest.raises(OSError, match="laid"):
        open_made(shared / "laid", os.O_CREAT | os.O_WRONLY)
    assert not (tmp_path / "new").exists()
