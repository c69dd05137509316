"""The log of what the program did, in the home folder, kept for some days: what may stand in it is a whitelist.

Records of our own modules are written with their numbers and words; bytes become their length, any other object the name of its
type. Of other people's modules only warnings are written, and those without what was to be filled in. Of an exception stands
where it happened and its type, never its text: a library may have put anything there.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator
from io import TextIOWrapper
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path
from types import TracebackType

from kiosk.config import FileTrouble, LogSettings, file_trouble
from kiosk.config.file_access import not_a_file
from kiosk.incidents import places, record_incident

_log = logging.getLogger(__name__)
# Where no log is kept, nothing is written: logging's last resort would print the traceback to stderr.
logging.getLogger("kiosk").addHandler(logging.NullHandler())


@contextlib.contextmanager
def kept_in(folder: Path, settings: LogSettings, name: str = "kiosk") -> Iterator[None]:
    """Log into `folder`/`name`.log until left; what nobody caught, on any thread, goes there as well.

    Where that cannot be (`unwritable` says why), everything else goes on.
    """
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
    _close_to_others(folder)
    file = folder / f"{name}.log"
    handler = _File(file, when="midnight", backupCount=settings.days, encoding="utf-8", delay=True)
    handler.setFormatter(_Formatter())
    handler.addFilter(_OnlyOurs())
    root = logging.getLogger()
    before = root.level, sys.excepthook, threading.excepthook
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if settings.level == "debug" else logging.INFO)
    sys.excepthook = _uncaught
    threading.excepthook = lambda caught: _uncaught(caught.exc_type, caught.exc_value, caught.exc_traceback)
    try:
        with _crashes_in(folder / f"{name}-crash.log"):
            yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before[0])
        sys.excepthook, threading.excepthook = before[1], before[2]
        handler.close()


def _close_to_others(folder: Path) -> None:
    """Logs of earlier versions too, and those of days gone by. What cannot be closed `doctor` tells."""
    with contextlib.suppress(OSError):
        for path in (folder, *folder.glob("*.log*")):
            if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077:
                path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o700)


def _may_be_written(file: Path) -> bool:
    """A pipe would keep whoever writes to it waiting for ever, and a device keeps nothing."""
    try:
        return file.is_file() or not file.exists()
    except OSError:
        return True


def unwritable(folder: Path, name: str = "kiosk") -> FileTrouble | None:
    """Why `folder`/`name`.log cannot be written; None where it can. To be asked while the log is kept there."""
    file = folder / f"{name}.log"
    try:
        if file.exists():
            if not file.is_file():
                raise not_a_file(file)
            os.close(os.open(file, os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0)))
        with tempfile.TemporaryFile(dir=folder):  # each day begins another file
            return None
    except OSError as error:
        return file_trouble(error, folder)


def is_failing() -> bool:
    """Whether the log kept by this process cannot be written. Writes a line to know. False where none is kept."""
    kept = [handler for handler in logging.getLogger().handlers if isinstance(handler, _File)]
    _log.info("the log is looked after")
    return any(handler.is_failing for handler in kept)


def forbid_core_dumps() -> None:
    """A PIN that a library has copied cannot be wiped: nothing may write this process's memory to a disk."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # not on Windows, where no dump is written unless an administrator asks for it (WER LocalDumps)

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class _File(TimedRotatingFileHandler):
    is_failing = False
    """Whether the last record could not be written."""

    def _open(self) -> TextIOWrapper:
        """Raises OSError, also for what is no file: it is tried again with the next record."""
        if not _may_be_written(Path(self.baseFilename)):
            raise not_a_file(Path(self.baseFilename))
        return super()._open()

    def emit(self, record: logging.LogRecord) -> None:
        self.is_failing = False
        stream = self.stream
        if stream is not None and not _is_at(self.baseFilename, stream.fileno()):
            # Taken away under our hands: what is written now would go nowhere.
            self.close()
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk stops the log, not the counter. (The inherited method would print the record to stderr.)"""
        self.is_failing = True

    def close(self) -> None:
        # What could not be written stands in the buffer still, and is tried once more.
        with contextlib.suppress(OSError):
            super().close()


class _OnlyOurs(logging.Filter):
    """Below warnings only our own records: other modules log what went through them (peewee its rows, keyring its keys)."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING or _ours(record)


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One line for the record, one for each frame of its exception."""
        lines = [f"{self.formatTime(record)} {record.levelname} {record.name} {_message(record)}"]
        if record.exc_info and record.exc_info[1] is not None:
            lines += places(record.exc_info[1])
        return "\n".join(lines)


def _is_at(path: str, handle: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(handle))
    except OSError:
        return False


def _ours(record: logging.LogRecord) -> bool:
    return record.name == "kiosk" or record.name.startswith("kiosk.")


def _message(record: logging.LogRecord) -> str:
    if not _ours(record):
        return str(record.msg) if isinstance(record.msg, str) else type(record.msg).__name__
    arguments = record.args if isinstance(record.args, tuple) else ()
    return str(record.msg) % tuple(_shown(argument) for argument in arguments) if arguments else str(record.msg)


def _shown(argument: object) -> object:
    if isinstance(argument, (bytes, bytearray)):
        return f"<{len(argument)} bytes>"
    return argument if argument is None or isinstance(argument, (str, int, float, Path)) else f"<{type(argument).__name__}>"


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None and not issubclass(kind, KeyboardInterrupt):
        record_incident(error.with_traceback(trace))


@contextlib.contextmanager
def _crashes_in(path: Path) -> Iterator[None]:
    """Where the interpreter itself dies, the functions it was in are written down: faulthandler writes names, never values."""
    file = None
    if not faulthandler.is_enabled() and _may_be_written(path):
        with contextlib.suppress(OSError):
            file = path.open("a", encoding="utf-8")
    if file is None:
        yield
        return
    with file:
        faulthandler.enable(file)
        try:
            yield
        finally:
            faulthandler.disable()
