"""Who could change a file: one rule for configuration, trust anchors and revocation lists."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from kiosk.config.file_permissions import Exposure, exposure

pytestmark = pytest.mark.linux("file modes")
OTHERS = 4711


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o755)
    path = folder / "file"
    path.write_bytes(b"")
    path.chmod(0o644)
    return path


@pytest.mark.parametrize(
    ("file_mode", "folder_mode", "expected"),
    [
        (0o600, 0o700, None),
        (0o644, 0o755, None),
        # umask 002, with a group of the user's own
        (0o664, 0o775, None),
        (0o646, 0o755, Exposure.WRITABLE),
        (0o602, 0o700, Exposure.WRITABLE),
        (0o644, 0o757, Exposure.WRITABLE),
        (0o644, 0o1777, None),
    ],
)
def test_by_mode(file: Path, file_mode: int, folder_mode: int, expected: Exposure | None) -> None:
    file.chmod(file_mode)
    file.parent.chmod(folder_mode)
    assert exposure(file) is expected


@pytest.mark.root
def test_by_owner_and_group(file: Path) -> None:
    file.chmod(0o664)
    os.chown(file, 0, OTHERS)
    assert exposure(file) is Exposure.WRITABLE
    file.chmod(0o644)
    assert exposure(file) is None
    os.chown(file, OTHERS, 0)
    assert exposure(file) is Exposure.FOREIGN
    os.chown(file, 0, 0)
    os.chown(file.parent, OTHERS, 0)
    assert exposure(file) is Exposure.FOREIGN
    # Its owner may replace any file in it, whatever the mode.
    file.parent.chmod(0o1777)
    assert exposure(file) is Exposure.FOREIGN
    os.chown(file.parent, 0, 0)
    assert exposure(file) is None


def test_a_link_is_as_safe_as_both_ends_of_it(file: Path, tmp_path: Path) -> None:
    place = tmp_path / "links"
    place.mkdir(mode=0o755)
    link = place / "link"
    link.symlink_to(file)
    assert exposure(link) is None
    file.parent.chmod(0o777)
    assert exposure(link) is Exposure.WRITABLE
    file.parent.chmod(0o755)
    place.chmod(0o777)
    assert exposure(link) is Exposure.WRITABLE


def test_what_is_not_there_exposes_nothing(tmp_path: Path) -> None:
    assert exposure(tmp_path / "none" / "file") is None
    (tmp_path / "dangling").symlink_to(tmp_path / "none")
    assert exposure(tmp_path / "dangling") is None


@pytest.mark.root
def test_a_group_that_users_share_is_not_the_users_own() -> None:
    """Asked as a user whose primary group is that of many (gid 100, "users")."""
    asked = (
        "import os, sys, pathlib; os.setgroups([]); os.setgid(100); os.setuid(4711);"
        "from kiosk.config.file_permissions import exposure; print(exposure(pathlib.Path(sys.argv[1])))"
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        file.write_bytes(b"")
        for place in (Path(folder), file):
            os.chown(place, OTHERS, 100)
        for mode, expected in ((0o660, "writable"), (0o640, "None")):
            file.chmod(mode)
            answer = subprocess.run([sys.executable, "-c", asked, str(file)], capture_output=True, text=True, timeout=30, check=True)
            assert answer.stdout.strip() == expected
