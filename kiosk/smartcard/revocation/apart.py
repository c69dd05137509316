"""`read_list` in a process of its own, begun for one file: reading a million numbers holds the interpreter for a second."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.smartcard.authority import Authority
from kiosk.smartcard.revocation.crl import Head, Verdict
from kiosk.smartcard.revocation.numbers import Numbers

LIMIT = 120.0
"""Seconds for one file."""
_CHECKOUT = Path(__file__).parents[3]
# Not to be slower than what people wait for.
_BACKGROUND = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)

Answer = tuple[Verdict, Head | None, Numbers | None, int]
"""And the most memory that the process took, in kilobytes; 0 where that is not known."""


def read_apart(path: Path, authorities: Sequence[Authority], limit: float, begun: Callable[[subprocess.Popen[bytes]], None]) -> Answer:
    """As `read_list` on the file; FAILED when the process came to no end within `limit` seconds, or to a bad one. Never raises.

    `begun` is told of the process, so that somebody who stops the program can kill it; that too ends in FAILED.
    """
    asked = {
        "path": os.fspath(path),
        "authorities": [base64.b64encode(authority.der).decode() for authority in authorities],
        "seconds": limit,
    }
    places = [str(_CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        # Without the current folder among the places of modules: it may be anybody's.
        with subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", __package__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(places)},
            # A Ctrl-C at our terminal is for us.
            start_new_session=True,
            creationflags=_BACKGROUND,
        ) as process:
            begun(process)
            try:
                said, _ = process.communicate(json.dumps(asked).encode(), timeout=limit)
            finally:
                # However this ends, nothing is left running, and leaving the block waits for it.
                process.kill()
        return decoded(said) if process.returncode == 0 else (Verdict.FAILED, None, None, 0)
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
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
