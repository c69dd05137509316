"""A function called in a process of its own, with a limit; and the process alone, for who has bytes to say.

    printed = call(print_page, {"html": "…"}, limit=15.0)

For whatever may keep the interpreter's lock while it waits for somebody else: Qt's calls to a print server or an X server do, and every
window of the process that makes them stands still meanwhile. No thread helps against that. What is asked and answered goes through
pipes as JSON, never among the arguments, the environment or into a file, where others could read it.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.incidents import BrokeApart, places

_CHECKOUT = Path(__file__).parents[1]
_BURIAL_SECONDS = 2.0
"""How long an ended process is waited for. One that waits for a device cannot be ended before that: it is left to its end."""
_ALONE_SECONDS = 1.0
"""So much longer than its limit a process lives whose caller is gone."""
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
_BELOW_NORMAL = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
_calls: set[subprocess.Popen[bytes]] = set()
T = TypeVar("T")


class NoAnswer(Exception):
    """Nothing came home."""


class Overdue(NoAnswer):
    """The process did not answer in time and was ended: nobody knows how far it came."""


class Died(NoAnswer):
    """The process ended without an answer: nobody knows how far it came."""


class NotBegun(NoAnswer):
    """There was no process to call it in."""


def call(function: Callable[..., T], asked: Mapping[str, object], limit: float) -> T:
    """`function(**asked)`, a function of a module's own whose values are JSON's, at most `limit` seconds from now.

    Raises the KioskError that the function raises; NoAnswer: Overdue, Died or NotBegun; BrokeApart for a bug in it. For a thread that
    may wait.
    """
    name = f"{function.__module__}:{function.__qualname__}"
    begun: list[subprocess.Popen[bytes]] = []

    def note(child: subprocess.Popen[bytes]) -> None:
        begun.append(child)
        _calls.add(child)

    try:
        said = exchange([__name__, name, str(limit)], json.dumps(dict(asked)).encode(), limit, begun=note)
    finally:
        _calls.difference_update(begun)
    answer: T = _answer(said, name)
    return answer


def end_calls() -> None:
    """Kill what `call` is waiting for, in whatever thread: to those it has died."""
    for child in tuple(_calls):
        _kill(child)


def exchange(
    module: Sequence[str],
    asked: bytes,
    limit: float,
    *,
    begun: Callable[[subprocess.Popen[bytes]], None] = lambda process: None,
    background: bool = False,
) -> bytes:
    """What `python -m module` says on its standard output to `asked` on its standard input; cut off where it was killed.

    `begun` is told of the process, so that somebody else can kill it. `background`: people's work goes first, where the system sets
    that from outside. Nothing of it runs any more afterwards, unless a device keeps the system from ending it. Raises Overdue and NotBegun.
    """
    places = [str(_CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        child = subprocess.Popen(  # noqa: S603 - our own module
            # Without the current folder among the places of modules: it may be anybody's.
            [sys.executable, "-P", "-m", *module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(places)},
            # A Ctrl-C at our terminal is for us; and what the process starts ends with it.
            start_new_session=True,
            creationflags=_NO_WINDOW | (_BELOW_NORMAL if background else 0),
        )
    except OSError as error:
        raise NotBegun(module[0]) from error
    try:
        begun(child)
        return child.communicate(asked, timeout=limit)[0]
    except subprocess.TimeoutExpired as error:
        raise Overdue(module[0]) from error
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ends it if it still runs, with all it has started."""
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    _kill(child)
    with suppress(subprocess.TimeoutExpired):
        # If not now, then it is waited for when the next process is started.
        child.wait(_BURIAL_SECONDS)


def _kill(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is not None:
        return
    with suppress(OSError):
        if sys.platform == "win32":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)


def _answer(said: bytes, name: str) -> Any:
    try:
        told = json.loads(said)
    except ValueError as error:
        raise Died(name) from error
    if "bug" in told:
        raise BrokeApart(name, tuple(told["bug"]))
    if told.get("code"):
        kind = Refused if told["refused"] else Unavailable
        raise kind(Code(told["code"]), **told["params"])
    return told["answer"]


def main() -> None:
    """Reads what is asked and says what became of it. Its own clock ends it, whatever holds the interpreter's lock."""
    name, limit = sys.argv[1:]
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(float(limit) + _ALONE_SECONDS, exit=True, file=nowhere)
        # Libraries may say something on standard output; it must not stand in the answer.
        answers = os.fdopen(os.dup(1), "wb")
        os.dup2(nowhere.fileno(), 1)
        told = _told(name, json.load(sys.stdin))
        answers.write(json.dumps(told).encode())
        answers.close()


def _told(name: str, asked: dict[str, Any]) -> dict[str, object]:
    module, _, function = name.partition(":")
    try:
        return {"answer": getattr(importlib.import_module(module), function)(**asked)}
    except KioskError as error:
        return {"code": error.code.value, "refused": isinstance(error, Refused), "params": error.params}
    except Exception as error:
        # Types and places; never what was asked.
        return {"bug": list(places(error))}


if __name__ == "__main__":
    main()
