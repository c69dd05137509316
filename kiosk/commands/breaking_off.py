"""How commands end on an unexpected exception: with an incident number, never with a traceback."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from kiosk.commands import output
from kiosk.config import FileTrouble, file_trouble
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.incidents import places, record_incident
from kiosk.thread_timeout import lacks_threads


def break_off(error: Exception, logs: Path | None, *, windowed: bool = False) -> int:
    """Record `error`, report it on stderr and return the exit code. Not every such error is a bug: a full disk behind our output, a failing
    device or lack of memory are reported as such.

    `logs`: the folder of the log; without one, the record is printed. `windowed`: show a bug in a window too.
    """
    incident = record_incident(error)
    if isinstance(error, OSError):
        write_no_more()
        _tell_file_trouble(error, incident)
    elif isinstance(error, MemoryError):
        write_no_more()
        output.warn("resource-trouble", why=output.file_why(FileTrouble.MEMORY), incident=incident)
    elif lacks_threads(error):
        write_no_more()
        output.warn("no-resources", incident=incident)
    elif logs is None:
        output.warn("bug-unlogged", incident=incident)
        print("\n".join(map(escaped, places(error))), file=sys.stderr)
    else:
        bug = Unavailable(Code.OUT_OF_ORDER, incident=incident, place=str(logs))
        output.complain(bug)
        if windowed:
            from kiosk.commands.display import show_trouble

            show_trouble(bug)
    return output.PROBLEM


def write_no_more() -> None:
    """Redirect stdout to null, so that Python does not retry a failed write at exit and print an error of its own."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell_file_trouble(error: OSError, incident: str) -> None:
    place = str(error.filename or "")
    trouble = file_trouble(error, Path(place))
    if trouble in (FileTrouble.OPEN_FILES, FileTrouble.MEMORY):
        output.warn("resource-trouble", why=output.file_why(trouble), incident=incident)
    else:
        output.warn("file-trouble", place=escaped(place) or "-", why=output.file_why(trouble), incident=incident)
