"""Recorded dialogues with real servers, from `tests/library/recordings/`."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from tests.support import ROOT

_BYTES = re.compile(r"b(['\"]).*?(?<!\\)\1")
FOLDER = ROOT / "tests" / "library" / "recordings"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its reply. `reply` is None if the server hung up; `text` is the reply in NFC, without its terminator."""

    about: str
    request: bytes
    reply: bytes | None
    text: str

    def __str__(self) -> str:
        return self.about


def _exchanges(recording: Path) -> list[Exchange]:
    found = []
    # Not splitlines: the replies to 97 contain characters it takes for line ends.
    for block in recording.read_text("utf-8").split("\n# ")[1:]:
        about, *lines = block.split("\n")
        sent, *came = (line[3:] for line in lines if line.startswith(("C> ", "S< ")))
        reply = _bytes(came[0]) if came[0].startswith("b") else None
        shown = [line.removeprefix("   as utf-8: ") for line in lines if line.startswith("   as utf-8: ")]
        text = shown[0] if shown else (reply or b"").decode("ascii").rstrip("\r\n")
        found.append(Exchange(f"{recording.name}: {about}", _bytes(sent), reply, normalize("NFC", text)))
    return found


def _bytes(shown: str) -> bytes:
    literal = _BYTES.match(shown)
    assert literal is not None
    value = ast.literal_eval(literal[0])
    assert isinstance(value, bytes)
    return value


EXCHANGES = [exchange for recording in sorted(FOLDER.glob("*.txt")) for exchange in _exchanges(recording)]
REPLIES = [(exchange.reply, exchange.text) for exchange in EXCHANGES if exchange.reply is not None]
LINES = [exchange.request for exchange in EXCHANGES] + [reply for reply, _ in REPLIES]
