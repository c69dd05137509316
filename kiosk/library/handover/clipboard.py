"""The clipboard while a number is pasted: saved, marked as not to be kept, and given back, by a process of its own (`clipboard_keeper`).

Apart, because whoever has copied something may not answer, and because on X11 what is given back has to be offered for as long as anybody
may paste it. A process that is let down gives back by itself.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from subprocess import Popen, TimeoutExpired
from typing import Any, Protocol

from kiosk import child_process
from kiosk.domain.errors import Code, Refused
from kiosk.library.handover.seat import ProgramWindow

_MODULE = "kiosk.library.handover.clipboard_keeper"
SECONDS = 10.0
"""What pasting may add to the time of a hand-over, where a slow machine takes long to start a process."""
ANSWER_SECONDS = 0.7
"""How long whoever has copied something may take to say what it has. Longer, and it hangs: it could not give it to anybody else either."""
GIVE_BACK_SECONDS = 4.0


class NotTaken(Exception):
    """Another program does not let go of the clipboard, or does not say what it has there."""


class Owners(Protocol):
    def __call__(self, *, primary: bool) -> set[int]:
        """Those of the clipboard, as the platform names them."""


class KeptClipboard:
    """See `seat.Clipboard`."""

    def __init__(self, child: Popen[bytes], place: str, owners: Owners) -> None:
        self._child, self._said = child, queue.SimpleQueue[bytes]()
        self._place, self._owners = place, owners
        self._owner, self._primary = 0, False
        self.lost = 0
        threading.Thread(target=self._listen, name="clipboard", daemon=True).start()

    def hold(self, text: str, window: ProgramWindow, *, primary: bool) -> None:
        said = self._ask(
            {"text": text, "window": window.handle, "place": self._place, "primary": primary, "seconds": ANSWER_SECONDS}, SECONDS
        )
        if "owner" not in said:
            # Who hangs in a program that does not answer would take it later.
            child_process.end(self._child)
            raise Refused(Code.HANDOVER_CLIPBOARD)
        self._owner, self._primary = int(said["owner"]), primary

    def is_held(self) -> bool:
        return self._owners(primary=self._primary) == {self._owner}

    def is_fetched(self) -> bool | None:
        fetched = self._ask({}, SECONDS).get("fetched")
        return None if fetched is None else bool(fetched)

    def give_back(self) -> None:
        """Give back what was there."""
        pipe = self._child.stdin
        if pipe is None or pipe.closed:
            return
        with suppress(OSError):
            pipe.close()
        said = self._answer(GIVE_BACK_SECONDS)
        # Without an answer it goes on by itself, for as long as another program holds the clipboard.
        self.lost = int(said.get("lost", 1))
        with suppress(TimeoutExpired):
            self._child.wait(GIVE_BACK_SECONDS)

    def _ask(self, asked: dict[str, object], seconds: float) -> dict[str, Any]:
        if (pipe := self._child.stdin) is not None:
            with suppress(OSError):
                pipe.write(json.dumps(asked).encode() + b"\n")
                pipe.flush()
        return self._answer(seconds)

    def _answer(self, seconds: float) -> dict[str, Any]:
        """Empty if there is none."""
        try:
            line = self._said.get(timeout=seconds)
        except queue.Empty:
            return {}
        return json.loads(line) if line else {}

    def _listen(self) -> None:
        if self._child.stdout is not None:
            with self._child.stdout as said:
                for line in iter(said.readline, b""):
                    self._said.put(line)
        self._said.put(b"")


@contextmanager
def clipboard(place: str, owners: Owners) -> Iterator[KeptClipboard]:
    """What was there is given back at the end, if a number was put there. `place`: of an X server. Raises Refused: handover-clipboard."""
    try:
        child = child_process.start([_MODULE])
    except child_process.NotBegun as error:
        raise Refused(Code.HANDOVER_CLIPBOARD) from error
    kept = KeptClipboard(child, place, owners)
    try:
        yield kept
    finally:
        kept.give_back()
