"""`read_lists` in a process of its own, begun for one file: reading a million numbers holds the interpreter for a second."""

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
from kiosk.smartcard.revocation.crl import Found, Head, Verdict
from kiosk.smartcard.revocation.numbers import Numbers

LIMIT = 120.0
"""Seconds for one file."""

Answer = tuple[Verdict, Found, int]
"""And the most memory that the process took, in kilobytes; 0 where that is not known."""


def read_apart(path: Path, authorities: Sequence[Authority], limit: float, begun: Callable[[subprocess.Popen[bytes]], None]) -> Answer:
    """As `read_lists` on the file; FAILED when no whole answer came within `limit` seconds. Never raises.

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
        return Verdict.FAILED, (), 0


def encoded(verdict: Verdict, found: Found, peak: int) -> bytes:
    """One line of JSON, and the numbers behind it."""
    lists = [{"head": as_json(head), "width": numbers.width} for head, numbers in found]
    line = {"verdict": verdict, "lists": lists, "peak": peak}
    return b"".join([json.dumps(line).encode(), b"\n", *(numbers.packed for _, numbers in found)])


def decoded(said: bytes) -> Answer:
    """Raises ValueError, KeyError or TypeError for anything else."""
    line, _, packed = said.partition(b"\n")
    told = json.loads(line)
    found, at = [], 0
    for one in told["lists"]:
        head = head_from(one["head"])
        end = at + head.count * one["width"]
        found.append((head, Numbers(one["width"], packed[at:end])))
        at = end
    if at != len(packed) or any(head.count != len(numbers) for head, numbers in found):
        raise ValueError("cut off")
    return Verdict(told["verdict"]), tuple(found), int(told["peak"])


def as_json(head: Head) -> dict[str, Any]:
    moments = {"begins": head.begins.isoformat(), "ends": None if head.ends is None else head.ends.isoformat()}
    sets = {"points": None if head.points is None else sorted(head.points), "reasons": sorted(head.reasons)}
    return {**asdict(head), **moments, **sets}


def head_from(told: dict[str, Any]) -> Head:
    """Raises ValueError, KeyError or TypeError for anything else than `as_json` makes."""
    ends, points = told["ends"], told["points"]
    moments = {"begins": datetime.fromisoformat(told["begins"]), "ends": None if ends is None else datetime.fromisoformat(ends)}
    sets = {"points": None if points is None else frozenset(points), "reasons": frozenset(told["reasons"])}
    return Head(**{**told, **moments, **sets})
