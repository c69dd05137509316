"""`read_list` in a process of its own, begun for one file: reading a million numbers holds the interpreter for a second."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.apart import NotBegun, Overdue, exchange
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.revocation.crl import Head, Verdict
from kiosk.smartcard.revocation.numbers import Numbers

LIMIT = 120.0
"""Seconds for one file."""

Answer = tuple[Verdict, Head | None, Numbers | None, int]
"""And the most memory that the process took, in kilobytes; 0 where that is not known."""


def read_apart(path: Path, authorities: Sequence[Authority], limit: float, begun: Callable[[subprocess.Popen[bytes]], None]) -> Answer:
    """As `read_list` on the file; FAILED when no whole answer came within `limit` seconds. Never raises.

    `begun` is told of the process, so that somebody who stops the program can kill it; that too ends in FAILED.
    """
    asked = {
        "path": os.fspath(path),
        "authorities": [base64.b64encode(authority.der).decode() for authority in authorities],
        "seconds": limit,
    }
    try:
        # In the background: not to be slower than what people wait for.
        return decoded(exchange([__package__], json.dumps(asked).encode(), limit, begun=begun, background=True))
    except (Overdue, NotBegun, OSError, ValueError, KeyError, TypeError):
        return Verdict.FAILED, None, None, 0


def encoded(verdict: Verdict, head: Head | None, numbers: Numbers | None, peak: int) -> bytes:
    """One line of JSON, and the numbers behind it."""
    line = {
        "verdict": verdict,
        "head": None if head is None else as_json(head),
        "width": 0 if numbers is None else numbers.width,
        "peak": peak,
    }
    return json.dumps(line).encode() + b"\n" + (b"" if numbers is None else numbers.packed)


def decoded(said: bytes) -> Answer:
    """Raises ValueError, KeyError or TypeError for anything else."""
    line, _, packed = said.partition(b"\n")
    told = json.loads(line)
    head = None if told["head"] is None else head_from(told["head"])
    numbers = Numbers(told["width"], packed) if told["width"] else None
    if (head is None) is not (numbers is None) or (head is not None and numbers is not None and head.count != len(numbers)):
        raise ValueError("cut off")
    return Verdict(told["verdict"]), head, numbers, int(told["peak"])


def as_json(head: Head) -> dict[str, Any]:
    moments = {"begins": head.begins.isoformat(), "ends": None if head.ends is None else head.ends.isoformat()}
    return {**asdict(head), **moments, "points": None if head.points is None else sorted(head.points)}


def head_from(told: dict[str, Any]) -> Head:
    """Raises ValueError, KeyError or TypeError for anything else than `as_json` makes."""
    ends, points = told["ends"], told["points"]
    moments = {"begins": datetime.fromisoformat(told["begins"]), "ends": None if ends is None else datetime.fromisoformat(ends)}
    return Head(**{**told, **moments, "points": None if points is None else frozenset(points)})
