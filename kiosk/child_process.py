"""Function calls in a child process with a timeout, and the process alone for callers that exchange bytes.

    printed = call(print_page, {"html": "…"}, limit=15.0)

For calls that may hold the GIL while waiting: Qt's calls to a print server or an X server do, and freeze every window of their process; no
thread helps against that. Requests and answers are JSON over pipes, never arguments, environment or files, where others could read them.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.incidents import BrokeApart, places
from kiosk.isolation import isolation
from kiosk.memory_dumps import forbid_memory_dumps
from kiosk.system_program import NO_WINDOW

_CHECKOUT = Path(__file__).parents[1]
_BURIAL_SECONDS = 2.0
"""How long to wait for a killed process. One blocked on a device cannot be killed before that ends and is left alone."""
_ALONE_SECONDS = 1.0
"""Extra seconds after its limit before an orphaned process ends itself."""
_LOOK_SECONDS = 0.05
_BELOW_NORMAL = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
_calls: set[subprocess.Popen[bytes]] = set()
T = TypeVar("T")


class NoAnswer(Exception):
    """The call returned no answer."""


class Overdue(NoAnswer):
    """The process did not answer in time and was killed; how far it came is unknown."""


class CalledOff(NoAnswer):
    """Nobody wanted the answer any more, and the process was killed; how far it came is unknown."""


class Died(NoAnswer):
    """The process ended without an answer; how far it came is unknown."""


class NotBegun(NoAnswer):
    """The process could not be started."""


def call(function: Callable[..., T], asked: Mapping[str, object], limit: float, *, is_wanted: Callable[[], bool] | None = None) -> T:
    """Return `function(**asked)`, called in a child process, within `limit` seconds. `function` is a module-level function; arguments and
    result are JSON values. `is_wanted` is asked again and again meanwhile.

    Raises the KioskError that the function raises; NoAnswer: Overdue, CalledOff, Died or NotBegun; BrokeApart for a bug in it. For a thread
    that may wait.
    """
    name = f"{function.__module__}:{function.__qualname__}"
    begun: list[subprocess.Popen[bytes]] = []

    def note(child: subprocess.Popen[bytes]) -> None:
        begun.append(child)
        _calls.add(child)

    try:
        said = exchange([__name__, name, str(limit)], json.dumps(dict(asked)).encode(), limit, begun=note, is_wanted=is_wanted)
    finally:
        _calls.difference_update(begun)
    answer: T = _answer(said, name)
    return answer


def end_calls() -> None:
    """Kill the processes of all pending calls, on any thread; these raise Died."""
    for child in tuple(_calls):
        _kill(child)


def exchange(
    module: Sequence[str],
    asked: bytes,
    limit: float,
    *,
    begun: Callable[[subprocess.Popen[bytes]], None] = lambda process: None,
    background: bool = False,
    is_wanted: Callable[[], bool] | None = None,
) -> bytes:
    """Send `asked` to the standard input of `python -m module` and return its standard output, truncated if it was killed.

    `begun` receives the process, so that it can be killed from elsewhere. `background`: as for `start`; `is_wanted`: as for `call`. No part
    of the process is left running, unless a device keeps it from being killed. Raises Overdue, CalledOff and NotBegun.
    """
    child = start(module, background=background)
    try:
        begun(child)
        return _communicated(child, asked, limit, is_wanted)
    except subprocess.TimeoutExpired as error:
        raise Overdue(module[0]) from error
    finally:
        end(child)


def _communicated(child: subprocess.Popen[bytes], asked: bytes | None, limit: float, is_wanted: Callable[[], bool] | None) -> bytes:
    if is_wanted is None:
        return child.communicate(asked, timeout=limit)[0]
    latest = time.monotonic() + limit
    while is_wanted():
        try:
            return child.communicate(asked, timeout=min(_LOOK_SECONDS, latest - time.monotonic()))[0]
        except subprocess.TimeoutExpired:
            if time.monotonic() >= latest:
                raise
            # What was given to it once is still being sent.
            asked = None
    raise CalledOff(child.args)


def start(module: Sequence[str], *, background: bool = False) -> subprocess.Popen[bytes]:
    """Start `python -m module` with pipes to its standard input and output, for a caller that ends it by `end`. Raises NotBegun.

    `background`: low priority, if the system allows setting it from outside.
    """
    places = [str(_CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        return subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, isolation(), "-m", *module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(places)},
            # Ctrl-C at our terminal is for us only; and the process's own children are killed with it.
            start_new_session=True,
            creationflags=NO_WINDOW | (_BELOW_NORMAL if background else 0),
        )
    except OSError as error:
        raise NotBegun(module[0]) from error


def end(child: subprocess.Popen[bytes]) -> None:
    """End the process if it still runs, with all its children."""
    # Before its pipes are closed: on Windows a thread of `communicate` reads them, and closing one waits until it has read to the end.
    _kill(child)
    with suppress(subprocess.TimeoutExpired):
        # Otherwise it is reaped when the next process is started.
        child.wait(_BURIAL_SECONDS)
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


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
    """Read a request and write its answer. A timer of its own ends the process, whatever holds the GIL."""
    forbid_memory_dumps()
    name, limit = sys.argv[1:]
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(float(limit) + _ALONE_SECONDS, exit=True, file=nowhere)
        # Libraries may write to standard output; that must not mix with the answer.
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
        # Types and locations, never the request.
        return {"bug": list(places(error))}


if __name__ == "__main__":
    main()
