"""How commands end on an unexpected exception: with an incident number, never with a traceback."""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk.commands import output
from kiosk.config import FileTrouble, file_trouble
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.failure import cause_of, places_in_short
from kiosk.incidents import places, record_incident
from kiosk.streams import write_no_more
from kiosk.text import say
from kiosk.thread_timeout import lacks_threads


def break_off(error: Exception, logs: Path | None, *, windowed: bool = False) -> int:
    """Record `error`, report it on stderr and return the exit code. Not every such error is a bug: a full disk behind our output, a failing
    device or lack of memory are reported as such.

    `logs`: the folder of the log; without one, the record is printed. `windowed`: show it in a window too.
    """
    incident = record_incident(error)
    said, shown = _told(error, logs, incident)
    if not _is_bug(error):
        write_no_more()
    try:
        print("\n".join(said), file=sys.stderr)
    finally:
        if windowed:
            from kiosk.commands.display import show

            show(say("refusal.out-of-order.title" if _is_bug(error) else "command.broken-off"), "\n".join(shown))
    return output.PROBLEM


def _is_bug(error: Exception) -> bool:
    return not isinstance(error, (OSError, MemoryError)) and not lacks_threads(error)


def _told(error: Exception, logs: Path | None, incident: str) -> tuple[list[str], list[str]]:
    """What is said on stderr, and what in a window, which has less room."""
    if isinstance(error, OSError):
        said = [_of_file(error, incident)]
    elif isinstance(error, MemoryError):
        said = [output.words("resource-trouble", why=output.file_why(FileTrouble.MEMORY), incident=incident)]
    elif lacks_threads(error):
        said = [output.words("no-resources", incident=incident)]
    else:
        key, named = cause_of(error)
        cause = escaped(say(key, **named))
        if logs is None:
            said = [output.words("bug-unlogged", incident=incident), cause]
            return [*said, *map(escaped, places(error))], [*said, *map(escaped, places_in_short(error))]
        said = [output.explain(Unavailable(Code.OUT_OF_ORDER, incident=incident, place=str(logs))), cause]
    return said, said


def _of_file(error: OSError, incident: str) -> str:
    place = str(error.filename or "")
    trouble = file_trouble(error, Path(place))
    if trouble in (FileTrouble.OPEN_FILES, FileTrouble.MEMORY):
        return output.words("resource-trouble", why=output.file_why(trouble), incident=incident)
    return output.words("file-trouble", place=escaped(place) or "-", why=output.file_why(trouble), incident=incident)
