"""Why a file cannot be used, where Windows says more than C's `errno` does."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest

from kiosk.config.file_access import FileTrouble, file_trouble

TOLD_AS = {
    19: (errno.EACCES, FileTrouble.READ_ONLY),
    21: (errno.EACCES, FileTrouble.FAULTY),
    23: (errno.EACCES, FileTrouble.FAULTY),
    32: (errno.EACCES, FileTrouble.HELD),
    33: (errno.EACCES, FileTrouble.HELD),
    39: (errno.EINVAL, FileTrouble.FULL),
    64: (errno.EINVAL, FileTrouble.FAULTY),
    206: (errno.ENOENT, FileTrouble.TOO_LONG),
    1117: (errno.EINVAL, FileTrouble.FAULTY),
    1167: (errno.EINVAL, FileTrouble.FAULTY),
    1295: (errno.EINVAL, FileTrouble.FULL),
    5: (errno.EACCES, FileTrouble.DENIED),
    2: (errno.ENOENT, FileTrouble.MISSING),
    112: (errno.ENOSPC, FileTrouble.FULL),
}
"""Windows' number, and the errno that Python folds it into there."""


def windows_error(number: int, path: Path) -> OSError:
    if sys.platform == "win32":
        error = OSError(0, "said by Windows", str(path), number)
        assert error.errno == TOLD_AS[number][0]
        return error
    error = OSError(TOLD_AS[number][0], "said by Windows", str(path))
    setattr(error, "winerror", number)  # noqa: B010 - mypy knows it on Windows only
    return error


@pytest.mark.parametrize("number", TOLD_AS)
def test_what_windows_says_in_its_own_number_is_not_lost(tmp_path: Path, number: int) -> None:
    assert file_trouble(windows_error(number, tmp_path), tmp_path) is TOLD_AS[number][1]


def test_a_name_that_no_file_can_have_is_too_long_whatever_the_system_says_of_it(tmp_path: Path) -> None:
    """Windows has said "no such file" and "invalid name" of it, and C's library tells no number of Windows at all."""
    path = tmp_path / ("x" * 300) / "kiosk.db"
    with pytest.raises(OSError, match="xxx") as caught:
        path.open("xb")
    assert file_trouble(caught.value, path) is FileTrouble.TOO_LONG
    with pytest.raises(OSError, match="xxx") as caught:
        path.parent.mkdir()
    assert file_trouble(caught.value, path.parent) is FileTrouble.TOO_LONG


def test_what_is_only_missing_is_not_too_long(tmp_path: Path) -> None:
    path = tmp_path / ("図" * 50) / "kiosk.db"
    with pytest.raises(OSError, match="kiosk") as caught:
        path.open("rb")
    assert file_trouble(caught.value, path) is FileTrouble.MISSING


def test_what_is_there_and_leads_elsewhere_is_not_told_as_missing(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.touch()
    assert file_trouble(OSError(errno.ELOOP, "leads elsewhere", str(file)), file) is FileTrouble.LEADS_ELSEWHERE
