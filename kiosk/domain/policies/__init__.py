"""What `kiosk setup --machine --policies` asks of the operating system, as tables, and what setting and undoing have to do.

Each policy is one value of the registry (`windows`) or one file of ours (`debian`). What was there before is kept, and put back when it is
undone. Each is noted before it is set, and forgotten after it is undone: ended at any point, the same once more goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum, unique


@unique
class Standing(StrEnum):
    """Of one policy."""

    NOT_ASKED_FOR = "not-asked-for"
    SET = "set"
    DIFFERS = "differs"
    """It was asked for, and somebody has changed it since, or setting it was cut off."""


def overall(standings: Iterable[Standing]) -> Standing:
    """Of all of them. With one that was asked for, all are to be set."""
    found = set(standings)
    return found.pop() if len(found) == 1 else Standing.DIFFERS


def names_not_set(standings: Mapping[str, Standing]) -> list[str]:
    return [name for name, standing in standings.items() if standing is not Standing.SET]
