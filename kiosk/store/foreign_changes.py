"""Detects that the store's files were replaced or changed by somebody else.

SQLite keeps working on files that were deleted, replaced or overwritten, and what it writes is lost. One of the processes that have a store
open is its keeper. Only the keeper checkpoints the -wal into the database file, so any other change of that file is foreign. It also
records which files it has open, so that another process does not start with a new -shm, where both would overwrite each other.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock
from time import monotonic

from kiosk.config.admission import open_made
from kiosk.config.file_lock import let_go, take_lock
from kiosk.config.file_replacement import delete
from kiosk.domain.errors import Code, Unavailable

ENDING = "-keeper"
# Windows would write an end of line as two bytes: https://learn.microsoft.com/en-us/cpp/c-runtime-library/text-and-binary-mode-file-i-o.
_READ_AND_WRITE = os.O_RDWR | getattr(os, "O_BINARY", 0)
_ACTS = 64
"""Acts between checkpoints: about 1,000 pages, SQLite's own default."""
_PATIENCE_SECONDS = 0.5
"""Seconds to wait while a note that does not match may still be being written."""


def check_company(path: Path) -> None:
    """Check, before opening, that the files are those the keeper has open. Raises Unavailable: store-replaced."""
    try:
        handle = os.open(keeper_note(path), _READ_AND_WRITE)
    except OSError:  # there is no keeper, or there cannot be one
        return
    try:
        until = monotonic() + _PATIENCE_SECONDS
        while not take_lock(handle):
            noted = _read(handle)
            if noted == _spelt(_identities(path)):
                return
            if monotonic() > until:
                if noted:
                    raise Unavailable(Code.STORE_REPLACED)
                return
            Event().wait(0.02)
    finally:
        let_go(handle)


def is_kept(path: Path) -> bool:
    """Whether a process has the store open: another one, as long as this one has not opened it."""
    try:
        handle = os.open(keeper_note(path), _READ_AND_WRITE)
    except OSError:  # there is no keeper, or there cannot be one
        return False
    try:
        return not take_lock(handle)
    finally:
        let_go(handle)


class ForeignChanges:
    """Watches the files of one open store. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = _identities(path)
        self._longest = self._length()
        self._guard = Lock()
        self._kept: int | None = None
        self._main = (0, 0)
        self._acts = 0
        self.is_written_over = False
        """There was a foreign write to the database file."""

    def begin(self) -> None:
        """Start watching; called while a connection that has read is open, since its files cannot legitimately be replaced until it is
        closed.
        """
        self._seen = _identities(self._path)
        self._longest = self._length()
        self._keep()

    def check(self) -> None:
        """Check the files. Raises Unavailable: store-replaced. A shorter -wal was truncated by somebody: SQLite restarts it without
        truncating.
        """
        # Called by several threads: read what was recorded before looking at the files.
        longest = self._longest
        length = self._length()
        if _identities(self._path) != self._seen or length < longest:
            raise Unavailable(Code.STORE_REPLACED)
        self._longest = max(length, longest)
        if self._kept is None:
            with self._guard:
                self._keep()
        elif self._content() != self._main:
            with self._guard:  # after any checkpoint in progress
                self._check_content()

    @contextmanager
    def bringing_in(self, acts: int = 1) -> Iterator[bool]:
        """Count acts; yield whether the caller is to run a checkpoint inside the context."""
        with self._guard:
            before, self._acts = self._acts, self._acts + acts
            is_due = self._kept is not None and before // _ACTS != self._acts // _ACTS
            if is_due:
                self._check_content()
            try:
                yield is_due
            finally:
                if is_due:
                    self._main = self._content()

    def release(self) -> None:
        """Stop watching; call after all connections are closed."""
        with self._guard:
            if self._kept is not None:
                with suppress(OSError):
                    os.ftruncate(self._kept, 0)
                is_deleted = self._delete_note()
                let_go(self._kept)
                self._kept = None
                if not is_deleted:
                    # Windows deletes no file that is open: neither ours before, nor that of another keeper now.
                    self._delete_note()

    def _delete_note(self) -> bool:
        try:
            delete(keeper_note(self._path), missing_ok=True, patience=0)
        except OSError:
            return False
        return True

    def _keep(self) -> None:
        """Become the keeper if there is none."""
        try:
            handle = open_made(keeper_note(self._path), os.O_CREAT | _READ_AND_WRITE)
        except OSError:  # a write-protected disk: nothing is written anyway
            return
        with suppress(OSError):
            # A departing keeper deletes its note.
            if take_lock(handle) and os.path.samestat(os.fstat(handle), keeper_note(self._path).stat()):
                os.ftruncate(handle, 0)
                os.write(handle, b"\n" + _spelt(self._seen))
                self._main, self._kept = self._content(), handle
                return
        let_go(handle)

    def _check_content(self) -> None:
        if self._kept is not None and self._content() != self._main:
            self.is_written_over = True
            raise Unavailable(Code.STORE_REPLACED)

    def _content(self) -> tuple[int, int]:
        """A stamp that changes with every write to the database file. On Windows, timestamps of open files are updated late, if at all."""
        if os.name != "posix":
            return 0, 0
        with suppress(FileNotFoundError):
            about = self._path.stat()
            return about.st_size, about.st_mtime_ns
        return 0, 0

    def _length(self) -> int:
        with suppress(FileNotFoundError):
            return self._path.with_name(f"{self._path.name}-wal").stat().st_size
        return 0


def _identities(path: Path) -> list[tuple[int, int] | None]:
    return [_identity(path.with_name(path.name + ending)) for ending in ("", "-wal", "-shm")]


def _identity(path: Path) -> tuple[int, int] | None:
    with suppress(FileNotFoundError):
        about = path.stat()
        return about.st_dev, about.st_ino
    return None


def keeper_note(path: Path) -> Path:
    """The file that is there while a process has the store open, and after one was killed."""
    return path.with_name(path.name + ENDING)


def _spelt(identities: list[tuple[int, int] | None]) -> bytes:
    return " ".join("-" if one is None else f"{one[0]}:{one[1]}" for one in identities).encode("ascii")


def _read(handle: int) -> bytes:
    """Read the note after its first byte, which is the one that Windows locks."""
    with suppress(OSError):
        os.lseek(handle, 1, os.SEEK_SET)
        return os.read(handle, 1024)
    return b""
