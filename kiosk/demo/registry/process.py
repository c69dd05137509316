"""The demo's library server as a child process. See `serve.py`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.system_program import NO_WINDOW

_LISTENING = re.compile(r"https://127\.0\.0\.1:([0-9]+)")
_END_SECONDS = 15.0


class ServerProcess:
    """Started when made; it ends with `stop`."""

    def __init__(self, home: Path, site_key: bytes, counters: Sequence[str]) -> None:
        self._home = home
        self._server = _started(["-m", "kiosk.demo.registry.serve", str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._others: list[subprocess.Popen[str]] = []
        asked = json.dumps({"site_key": site_key.hex(), "counters": list(counters)})
        if self._server.stdin is not None:
            self._server.stdin.write(f"{asked}\n")
            self._server.stdin.flush()

    def codes(self) -> dict[str, str]:
        """The enrolment codes of its counters, by name: the first thing it says. Raises ValueError if it ended instead."""
        codes: dict[str, str] = json.loads(self._line())
        return codes

    def port(self) -> int:
        """Where it listens: what it says afterwards. Raises ValueError if it ended instead."""
        while (found := _LISTENING.search(self._line())) is None:
            continue
        return int(found[1])

    def retire(self, counter: str, done: Callable[[], None]) -> None:
        """As an administrator does, at the server: a command beside it. Calls `done` afterwards, on a thread."""
        command = _started(["-m", "kiosk", "--home", str(self._home), "registry", "retire", counter])
        self._others.append(command)

        def wait() -> None:
            command.wait()
            done()

        threading.Thread(target=wait, name="demo-retire", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._server.pid

    def let_go(self) -> None:
        """Close its input: it ends, as it does when this program is killed."""
        if self._server.stdin is not None:
            self._server.stdin.close()

    def stop(self) -> None:
        """End the server and what runs beside it, by their process ids."""
        self.let_go()
        for process in (self._server, *self._others):
            process.terminate()
        for process in (self._server, *self._others):
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._server.stdout is not None:
            self._server.stdout.close()

    def _line(self) -> str:
        line = self._server.stdout.readline() if self._server.stdout is not None else ""
        if not line:
            raise ValueError("the demo's library server ended")
        return line


def _started(arguments: list[str], stdin: int = subprocess.DEVNULL, stdout: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - this program
        [sys.executable, *arguments],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",  # On Windows its sentences have the console's code page. What is asked of it here is ASCII.
        creationflags=NO_WINDOW,
    )
