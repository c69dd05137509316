"""Which files were opened, and that nobody else has changed them: a database whose files were deleted, replaced or written over goes on
working for whoever has it open, and keeps nothing.

One of the programs that have a store open is its keeper. The keeper alone brings the log (-wal) into the database file, so whatever
else changes that file is no program of ours; and it notes down which files it has open, so that another does not begin with a -shm of
its own, where two would write over each other's acts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock
from time import monotonic

from kiosk.config.locking import take_lock
from kiosk.domain.errors import Code, Unavailable

ENDING = "-keeper"
_ACTS = 64
"""So many acts are in the log before it is brought in: about 1,000 pages, as SQLite has it by itself."""
_PATIENCE_SECONDS = 0.5
"""How long a note that does not fit may be one that is being written."""


def check_company(path: Path) -> None:
    """To be asked before the store is opened. Raises Unavailable: store-replaced, when its keeper has other files open than lie there."""
    try:
        handle = os.open(_note(path), os.O_RDWR)
    except OSError:  # nobody was here, or nobody can keep it
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
        os.close(handle)


class Witness:
    """Of one opened store. Safe to use from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = _identities(path)
        self._longest = self._length()
        self._guard = Lock()
        self._kept: int | None = None
        self._main = (0, 0)
        self._acts = 0
        self.is_written_over = False
        """The database file was changed by somebody else."""

    def begin(self) -> None:
        """While a connection that has read is open: until it is closed, nobody rightly replaces its files."""
        self._seen = _identities(self._path)
        self._longest = self._length()
        self._keep()

    def check(self) -> None:
        """Raises Unavailable: store-replaced. A -wal that has become shorter was cut: SQLite begins it anew without cutting it."""
        # Asked by several threads: what was seen before comes first.
        longest = self._longest
        length = self._length()
        if _identities(self._path) != self._seen or length < longest:
            raise Unavailable(Code.STORE_REPLACED)
        self._longest = max(length, longest)
        if self._kept is None:
            with self._guard:
                self._keep()
        elif self._content() != self._main:
            with self._guard:  # once the log has been brought in
                self._check_content()

    @contextmanager
    def bringing_in(self) -> Iterator[bool]:
        """After an act: whether the log is to be brought into the database file inside."""
        with self._guard:
            self._acts += 1
            is_due = self._kept is not None and self._acts % _ACTS == 0
            if is_due:
                self._check_content()
            try:
                yield is_due
            finally:
                if is_due:
                    self._main = self._content()

    def release(self) -> None:
        """When every connection is closed."""
        with self._guard:
            if self._kept is not None:
                with suppress(OSError):
                    os.ftruncate(self._kept, 0)
                    _note(self._path).unlink()  # Windows lets nobody delete what is open
                os.close(self._kept)
                self._kept = None

    def _keep(self) -> None:
        """Become the keeper, where there is none."""
        try:
            handle = os.open(_note(self._path), os.O_CREAT | os.O_RDWR, 0o600)
        except OSError:  # a disk that is write-protected: nothing is written there anyway
            return
        with suppress(OSError):
            # The keeper that was deletes its note when it goes.
            if take_lock(handle) and os.path.samestat(os.fstat(handle), _note(self._path).stat()):
                os.ftruncate(handle, 0)
                os.write(handle, b"\n" + _spelt(self._seen))
                self._main, self._kept = self._content(), handle
                return
        os.close(handle)

    def _check_content(self) -> None:
        if self._kept is not None and self._content() != self._main:
            self.is_written_over = True
            raise Unavailable(Code.STORE_REPLACED)

    def _content(self) -> tuple[int, int]:
        """Changes whenever the database file is written to. Windows tells the times of a file that is open late, if at all."""
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


def _note(path: Path) -> Path:
    return path.with_name(path.name + ENDING)


def _spelt(identities: list[tuple[int, int] | None]) -> bytes:
    return " ".join("-" if one is None else f"{one[0]}:{one[1]}" for one in identities).encode("ascii")


def _read(handle: int) -> bytes:
    """Behind the first byte, which is the one that Windows locks."""
    with suppress(OSError):
        os.lseek(handle, 1, os.SEEK_SET)
        return os.read(handle, 1024)
    return b""
