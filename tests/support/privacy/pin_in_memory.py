"""Searches all objects and frames of this process for the digits of a PIN."""

from __future__ import annotations

import gc
import random
import re
import sys
from collections.abc import Iterator
from types import FrameType

from tests.support.frozen import tracked_objects

_KINDS = (bytes, bytearray, str, list, tuple)
_AT_ONCE = 10_000


def everything() -> Iterator[object]:
    """Each once: whatever can hold digits among the objects known to the garbage collector and what they refer to; and the locals of all
    frames of all threads.
    """
    known, seen = tracked_objects(), dict[int, object]()
    for part in range(0, len(known), _AT_ONCE):
        some = known[part : part + _AT_ONCE]
        some += gc.get_referents(*some)
        seen.update(zip(map(id, some), some, strict=True))
    yield from (found for found in seen.values() if isinstance(found, _KINDS))
    for running in sys._current_frames().values():
        frame: FrameType | None = running
        while frame is not None:
            yield from frame.f_locals.values()
            frame = frame.f_back


def holds(found: object, digits: bytearray) -> bool:
    if isinstance(found, bytes | bytearray):
        return digits in found
    if isinstance(found, str):
        # Longer numbers in texts are times and addresses.
        encoded = found.encode("utf-8", "replace") if len(found) < 256 else b""
        return digits in encoded and digits in re.split(rb"[^0-9a-f.]+", encoded)
    if isinstance(found, list | tuple) and 4 <= len(found) < 1024 and all(type(part) is int and 0 <= part < 256 for part in found):
        return digits in bytes(found)
    return False


def places_of(digits: bytearray) -> list[str]:
    """Descriptions of everything that holds the digits, except this bytearray."""
    gc.collect()
    return [type(found).__name__ for found in everything() if found is not digits and holds(found, digits)]


def draw_digits() -> bytearray:
    """A PIN generated here, so that no module constant holds it; redrawn until nothing else happens to hold it."""
    while True:
        drawn = bytearray(random.SystemRandom().choices(range(0x30, 0x3A), k=4))
        if drawn != b"1234" and not places_of(drawn):
            return drawn
