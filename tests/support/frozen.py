"""What exists once all tests are collected lives until the last of them ends: no collection of garbage has to look at it again.

A collection looks at every object, and a whole run of tests has collected a million before its first test begins.
"""

from __future__ import annotations

import gc

_FROZEN: list[object] = []


def freeze() -> None:
    """Call when all tests are collected."""
    gc.collect()
    _FROZEN.extend(gc.get_objects())
    gc.freeze()


def tracked_objects() -> list[object]:
    """All objects known to the garbage collector; it leaves out those that were frozen."""
    return _FROZEN + gc.get_objects()
