"""The three standard streams, made such that every command can take them for granted. Standard library only: `__main__` begins with it.

Without a console (pythonw.exe, an icon) Python has none of them; a pipe may be closed at its other end; a console or a redirected file may
lack characters.
"""

from __future__ import annotations

import codecs
import contextlib
import errno
import io
import os
import stat
import sys
from collections.abc import Iterator
from typing import TextIO


def prepare() -> None:
    """Replace missing streams by empty ones; print "?" for what cannot be encoded instead of failing. May be called again."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _occupy_numbers()
    if sys.stdin is None:
        # Not the null device: on Windows it counts as a terminal (`_isatty`: "a character device"), and questions would be asked of nobody.
        # https://learn.microsoft.com/en-us/cpp/c-runtime-library/reference/isatty
        sys.stdin = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    sys.stdout, sys.stderr = _output(sys.stdout), _output(sys.stderr)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        # One that was read from has been prepared before.
        with contextlib.suppress(io.UnsupportedOperation):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")


@contextlib.contextmanager
def flushed() -> Iterator[None]:
    """Flush standard output when argparse exits after a help, so that a failure is raised here and not while Python shuts down."""
    try:
        yield
    except SystemExit:
        sys.stdout.flush()
        raise


def write_no_more() -> bool:
    """Redirect outputs that fail to null, so that Python does not retry at exit and print an error of its own. Returns whether one did."""
    failing = [stream for stream in (sys.stdout, sys.stderr) if not _flushes(stream)]
    for stream in failing:
        with contextlib.suppress(OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)
    return bool(failing)


def _flushes(stream: TextIO) -> bool:
    try:
        stream.flush()
    except (OSError, ValueError):
        return False
    return True


def _occupy_numbers() -> None:
    """Let 0, 1 and 2 be open, or the next file gets one of them, and whatever a library prints goes into it."""
    number = 0
    while number <= 2:
        number = os.open(os.devnull, os.O_RDWR)
    os.close(number)


def _output(stream: TextIO | None) -> TextIO:
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")
    if sys.platform == "win32" and isinstance(stream, io.TextIOWrapper):
        return _output_on_windows(stream)
    return stream


class _Pipe(io.FileIO):
    """A pipe of Windows, whose closed other end is BrokenPipeError as everywhere else.

    WriteFile fails with ERROR_NO_DATA ("The pipe is being closed"), for which the C library has no errno but EINVAL.
    https://learn.microsoft.com/en-us/windows/win32/debug/system-error-codes--0-499-
    """

    def write(self, data: object, /) -> int:
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from error


if sys.platform == "win32":

    def _output_on_windows(stream: io.TextIOWrapper) -> TextIO:
        """The stream itself, or what writes to the same pipe as on other platforms; in the encoding its reader expects."""
        try:
            number = stream.fileno()
            is_pipe = stat.S_ISFIFO(os.fstat(number).st_mode)
        except (OSError, ValueError):
            return stream
        if stream.isatty() or isinstance(getattr(stream.buffer, "raw", stream.buffer), _Pipe):
            return stream
        stream.flush()
        encoding = _encoding_of_console() or stream.encoding
        if not is_pipe:
            stream.reconfigure(encoding=encoding)
            return stream
        pipe = _Pipe(number, "wb", closefd=False)
        # Like Python itself: nothing is buffered where PYTHONUNBUFFERED says so, and standard error by lines.
        buffer = pipe if stream.write_through else io.BufferedWriter(pipe)
        return io.TextIOWrapper(
            buffer,
            encoding=encoding,
            errors="replace",
            line_buffering=stream.line_buffering,
            write_through=stream.write_through,
        )

    def _encoding_of_console() -> str | None:
        """The code page of the console (`chcp`) the program was started from; None without one, or where Python was told what to write.

        Whoever reads our output there (`more`, `type`, PowerShell) takes it for this one; Python takes the system's for pipes and files.
        https://learn.microsoft.com/en-us/windows/console/getconsoleoutputcp
        """
        if sys.flags.utf8_mode or os.environ.get("PYTHONIOENCODING"):
            return None
        for number in (2, 1, 0):
            # LookupError: Python has no codec for some, as 20932 (EUC-JP) and 10001 (Japanese of the Macintosh).
            with contextlib.suppress(OSError, LookupError):
                if found := os.device_encoding(number):
                    return codecs.lookup(found).name
        return None
