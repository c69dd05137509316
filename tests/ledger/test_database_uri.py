"""SQLite opens the file that was named, however its path begins."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.ledger.database import uri_of
from kiosk.registry.sqlite_engine import open_file as open_ledger
from kiosk.store.cipher import open_file as open_store


@pytest.mark.parametrize("name", ["plain.db", "図書 館.db", "50%25#1.db", "a&mode=memory;b.db"])
def test_the_file_of_any_name_is_opened(tmp_path: Path, name: str) -> None:
    with closing(sqlite3.connect(uri_of(tmp_path / name, "rwc"), uri=True)) as connection:
        connection.execute("CREATE TABLE t (a)")
    assert os.listdir(tmp_path) == [name]


@pytest.mark.linux("a backslash is a character of a name")
def test_a_share_of_windows_is_no_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`\\\\nas\\share`: what reaches SQLite's opening is the path as it was written."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "absolute", lambda path: path)
    with closing(sqlite3.connect(uri_of(Path("\\\\nas\\share\\kiosk.db"), "rwc"), uri=True)) as connection:
        connection.execute("CREATE TABLE t (a)")
    assert os.listdir(tmp_path) == ["\\\\nas\\share\\kiosk.db"]


@pytest.mark.skipif(sys.platform != "win32", reason="paths of Windows")
def test_a_path_that_begins_with_two_backslashes_is_opened(tmp_path: Path) -> None:
    """https://learn.microsoft.com/windows/win32/fileio/naming-a-file (Win32 file namespaces); to SQLite a share's path is no other."""
    place = Path(f"\\\\?\\{tmp_path}")
    (place / "kiosk.db").touch()
    (place / "registry.db").touch()
    for connection in (open_store(place / "kiosk.db", bytes(32)), open_ledger(place / "registry.db")):
        with closing(connection):
            connection.execute("CREATE TABLE t (a)")
    assert (place / "kiosk.db").stat().st_size > 0
    assert (place / "registry.db").stat().st_size > 0
