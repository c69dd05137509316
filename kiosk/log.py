"""The program's log in the home folder, kept for some days. Its content is whitelisted.

Records of our own modules are written with numbers and strings; bytes are replaced by their length, any other object by its type. Of other
modules only warnings are written, without their arguments. Of an exception only type and location are written, never its text, which may
hold anything.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from io import TextIOWrapper
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path
from types import TracebackType

from kiosk.config import FileTrouble, LogSettings, file_trouble
from kiosk.config.admission import admitted_to, make_one_folder, open_made
from kiosk.config.file_access import not_a_file
from kiosk.config.file_replacement import delete, rename
from kiosk.crash_log import crashes_in
from kiosk.incidents import places, record_incident

_log = logging.getLogger(__name__)
_PLACE = re.compile(r"%(\(\w+\))?[-#0 +]*[\d.*]*[a-zA-Z]")
"""Where an argument would stand."""
_NEXT_TRY_SECONDS = 60.0
# Without a log nothing is written: logging's last resort would print the traceback to stderr.
logging.getLogger("kiosk").addHandler(logging.NullHandler())


@contextlib.contextmanager
def kept_in(folder: Path, settings: LogSettings, name: str = "kiosk") -> Iterator[None]:
    """Log to `folder`/`name`.log in this context, including exceptions uncaught on any thread.

    If that is impossible (`unwritable` returns why), everything else works as usual.
    """
    with contextlib.suppress(OSError):
        make_one_folder(folder)
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
        with crashes_in(folder, name, settings.days):
            yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before[0])
        sys.excepthook, threading.excepthook = before[1], before[2]
        handler.close()


def _close_to_others(folder: Path) -> None:
    """Restrict the permissions of all logs, including those of earlier versions and days. `doctor` reports failures."""
    others = admitted_to(folder).others
    with contextlib.suppress(OSError):
        for path in (folder, *folder.glob("*.log*")):
            if not path.is_symlink() and (mode := stat.S_IMODE(path.stat().st_mode)) & others:
                path.chmod(mode & ~others)


def _may_be_written(file: Path) -> bool:
    """Whether the path is a regular file or absent. Writing to a pipe could block for ever, and a device keeps nothing."""
    try:
        return file.is_file() or not file.exists()
    except OSError:
        return True


def unwritable(folder: Path, name: str = "kiosk") -> FileTrouble | None:
    """Why `folder`/`name`.log cannot be written; None if it can. Call it while the log is kept there."""
    file = folder / f"{name}.log"
    try:
        if file.exists():
            if not file.is_file():
                raise not_a_file(file)
            os.close(os.open(file, os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0)))
        with tempfile.TemporaryFile(dir=folder):  # each day starts a new file
            return None
    except OSError as error:
        return file_trouble(error, folder)


def is_failing() -> bool:
    """Whether this process's log cannot be written; writes a line to find out. False if no log is kept."""
    kept = [handler for handler in logging.getLogger().handlers if isinstance(handler, _File)]
    _log.info("the log is looked after")
    return any(handler.is_failing for handler in kept)


class _File(TimedRotatingFileHandler):
    is_failing = False
    """Whether the last record could not be written."""
    _not_before = 0.0
    """When the file may be renamed, after that has failed."""

    def _open(self) -> TextIOWrapper:
        """Open the file. Raises OSError, also for anything but a regular file; opening is retried with the next record."""
        if not _may_be_written(Path(self.baseFilename)):
            raise not_a_file(Path(self.baseFilename))
        handle = open_made(Path(self.baseFilename), os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        return open(handle, "a", encoding=self.encoding, errors=self.errors)

    def emit(self, record: logging.LogRecord) -> None:
        self.is_failing = False
        stream = self.stream
        if stream is not None and not _is_at(self.baseFilename, stream.fileno()):
            # The file was removed or replaced: writing on would go nowhere.
            self.close()
        super().emit(record)

    def shouldRollover(self, record: logging.LogRecord) -> bool:
        return time.time() >= self._not_before and bool(super().shouldRollover(record))

    def doRollover(self) -> None:
        """Begin a new file for the day. While another program has the old one open, so that Windows does not rename it, go on in that and
        try again in a minute. (The inherited method loses each record until then, and replaces what another process has renamed.)
        """
        day = time.strftime(self.suffix, time.localtime(self.rolloverAt - 1))
        kept = Path(self.rotation_filename(f"{self.baseFilename}.{day}"))
        self.close()
        try:
            if not kept.exists():
                # Without patience: whoever logs may be in the middle of serving somebody.
                rename(Path(self.baseFilename), kept, patience=0)
        except FileNotFoundError:
            pass
        except OSError:
            self._not_before = time.time() + _NEXT_TRY_SECONDS
            return
        for old in self.getFilesToDelete():
            # One that is held is deleted with the next.
            with contextlib.suppress(OSError):
                delete(Path(old), patience=0)
        self.rolloverAt = self.computeRollover(int(time.time()))

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk stops the log, not the counter. (The inherited method would print the record to stderr.)"""
        self.is_failing = True

    def close(self) -> None:
        # Unwritten records are still buffered, and flushing is retried once.
        with contextlib.suppress(OSError):
            super().close()


class _OnlyOurs(logging.Filter):
    """Below warnings, pass only our own records: other modules log data (peewee its rows, keyring its keys)."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING or _ours(record)


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Format one line for the record and one for each frame of its exception."""
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
        if not isinstance(record.msg, str):
            return type(record.msg).__name__
        return _PLACE.sub("…", record.msg) if record.args else record.msg
    arguments = record.args if isinstance(record.args, tuple) else ()
    return str(record.msg) % tuple(_shown(argument) for argument in arguments) if arguments else str(record.msg)


def _shown(argument: object) -> object:
    if isinstance(argument, (bytes, bytearray)):
        return f"<{len(argument)} bytes>"
    return argument if argument is None or isinstance(argument, (str, int, float, Path)) else f"<{type(argument).__name__}>"


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None and not issubclass(kind, KeyboardInterrupt):
        record_incident(error.with_traceback(trace))
