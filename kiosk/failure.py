"""What is known of an unexpected failure: its number and its cause. Standard library only, so that a failed import of ours can be told too.

Never its text: a library may have put anything there.
"""

from __future__ import annotations

import os
import sys
import traceback
from datetime import datetime
from pathlib import Path

_OURS = Path(__file__).parent


def new_number() -> str:
    """An incident number: when it was, and two digits against confusion."""
    return f"{datetime.now().astimezone():%m%d-%H%M}-{os.urandom(1).hex().upper()}"


def cause_of(error: BaseException) -> tuple[str, dict[str, str]]:
    """The key of the sentence for the cause, `command.cause.…`, and what that names: the part concerned, the kind of exception."""
    kind = _kind(error)
    if isinstance(error, ImportError):
        return "command.cause.import", {"part": str(error.name or kind)}
    part = _foreign_part(error)
    return ("command.cause.own", {"kind": kind}) if part is None else ("command.cause.foreign", {"part": part, "kind": kind})


def places_in_short(error: BaseException) -> list[str]:
    """The kind of the failure and of each of its causes, each with the last three places."""
    lines: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        lines.append(_kind(cause))
        lines += [f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(cause.__traceback__, -3)]
        cause = cause.__cause__ or cause.__context__
    return lines


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")


def _foreign_part(error: BaseException) -> str | None:
    """The package, neither ours nor of the standard library, in which it happened."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if _OURS in path.parents:
            break
        for folder in path.parents:
            if folder.name in ("site-packages", "dist-packages"):
                return path.relative_to(folder).parts[0].removesuffix(".py")
    # What is not written in Python leaves no frame, but its exceptions have a module.
    module = type(error).__module__.partition(".")[0]
    return None if module in (_OURS.name, "__main__", *sys.stdlib_module_names) else module
