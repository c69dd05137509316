"""The process that holds the clipboard while a number is pasted; see `clipboard`.

Reads one JSON object a line: the first says what to hold, any other asks how often it was fetched. Its answers are lines as well. At the
end of its input, and at the latest after `_MOST_SECONDS`, it gives back what was there. On X11 it then stays, detached, until somebody
copies something else or the X server ends.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from kiosk.library.handover.clipboard import NotTaken
from kiosk.memory_dumps import forbid_memory_dumps

_MOST_SECONDS = 30.0
_LOOK_SECONDS = 0.003


class Holding(Protocol):
    """The clipboard of this platform."""

    def hold(self, text: str, window: int, seconds: float) -> int:
        """Save what is there, and put `text` there for the program of this window. `seconds`: how long others may take. Returns the owner.
        Raises NotTaken.
        """

    def give_back(self) -> int:
        """Put back what was there, unless somebody has copied something since. Returns how many formats are lost."""

    @property
    def fetched(self) -> int | None:
        """How often the text was fetched; None where nobody knows."""

    def wait(self, seconds: float) -> None:
        """Answer other programs meanwhile."""

    def stay(self) -> None:
        """Answer other programs for as long as they may ask."""


def main() -> None:
    """Serve one number."""
    forbid_memory_dumps()
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines.put,), daemon=True).start()
    first = lines.get(timeout=_MOST_SECONDS)
    if not first:
        return
    asked = json.loads(first)
    holding = _opened(asked)
    try:
        _tell({"owner": holding.hold(asked["text"], asked["window"], asked["seconds"])})
    except NotTaken:
        _tell({})
        return
    del first, asked
    end = time.monotonic() + _MOST_SECONDS
    while time.monotonic() < end:
        holding.wait(_LOOK_SECONDS)
        if lines.empty():
            continue
        if not lines.get():
            break
        _tell({"fetched": holding.fetched})
    try:
        _tell({"lost": holding.give_back()})
    except NotTaken:
        _tell({})
    holding.stay()


def _opened(asked: dict[str, Any]) -> Holding:
    if sys.platform == "win32":
        from kiosk.library.handover.windows_clipboard import WindowsClipboard

        return WindowsClipboard()
    else:
        from kiosk.library.handover.x11.selections import Selections

        return Selections(asked["place"], primary=asked["primary"])


def _read(put: Callable[[bytes], None]) -> None:
    while line := sys.stdin.buffer.readline():
        put(line)
    put(b"")


def _tell(what: dict[str, object]) -> None:
    # Who has let us down does not listen any more.
    try:
        sys.stdout.buffer.write(json.dumps(what).encode() + b"\n")
        sys.stdout.buffer.flush()
    except OSError:
        sys.stdout = open(os.devnull, "w")


if __name__ == "__main__":
    main()
