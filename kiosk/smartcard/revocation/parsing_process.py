"""Run `read_lists` in a child process, one per file: parsing a million serial numbers blocks the interpreter for a second."""

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

from kiosk.child_process import NotBegun, Overdue, exchange
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.revocation.crl import Found, Head, Verdict
from kiosk.smartcard.revocation.serial_numbers import Numbers

LIMIT = 120.0
"""Time limit in seconds for one file."""

Answer = tuple[Verdict, Found, int]
"""The verdict, the lists, and the peak memory of the process in kilobytes (0 if unknown)."""


def read_apart(path: Path, authorities: Sequence[Authority], limit: float, begun: Callable[[subprocess.Popen[bytes]], None]) -> Answer:
    """Call `read_lists` on the file in a child process. FAILED if no complete answer arrives within `limit` seconds. Never raises.

    `begun` receives the process, so that shutting down can kill it; that also results in FAILED.
    """
    asked = {
        "path": os.fspath(path),
        "authorities": [base64.b64encode(authority.der).decode() for authority in authorities],
        "seconds": limit,
    }
    try:
        # At low priority, so that nothing people wait for is slowed down.
        return decoded(exchange([__package__], json.dumps(asked).encode(), limit, begun=begun, background=True))
    except (Overdue, NotBegun, OSError, ValueError, KeyError, TypeError):
        return Verdict.FAILED, (), 0


def encoded(verdict: Verdict, found: Found, peak: int) -> bytes:
    """Encode an answer: one line of JSON, followed by the packed serial numbers."""
    lists = [{"head": as_json(head), "width": numbers.width} for head, numbers in found]
    line = {"verdict": verdict, "lists": lists, "peak": peak}
    return b"".join([json.dumps(line).encode(), b"\n", *(numbers.packed for _, numbers in found)])


def decoded(said: bytes) -> Answer:
    """Decode what `encoded` returned. Raises ValueError, KeyError or TypeError for anything else."""
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
    """Decode what `as_json` returned. Raises ValueError, KeyError or TypeError for anything else."""
    ends, points = told["ends"], told["points"]
    moments = {"begins": datetime.fromisoformat(told["begins"]), "ends": None if ends is None else datetime.fromisoformat(ends)}
    sets = {"points": None if points is None else frozenset(points), "reasons": frozenset(told["reasons"])}
    return Head(**{**told, **moments, **sets})
