"""What an administrator should look at, decided from what is known. Pure. What is not known is said to be unknown, never to be fine."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum, unique

from kiosk.domain.wire import Position
from kiosk.registry.counters import EnrolledCounter

SILENT_AFTER = timedelta(hours=24)
"""Then a counter stops serving My Number Cards by itself, unless it is configured otherwise."""


@unique
class Trouble(StrEnum):
    """Of one counter, the worst first."""

    DOUBLED = "doubled"
    """Two computers work under its name."""
    DIFFERS = "differs"
    """Its links were not the library's."""
    SILENT = "silent"
    NEVER_HEARD = "never-heard"
    OTHER_EPOCH = "other-epoch"
    """It has not been in contact since the epoch began that runs now."""


def troubles_of(counter: EnrolledCounter, head: Position, now: datetime) -> tuple[Trouble, ...]:
    """None of a counter that has left."""
    if not counter.is_active:
        return ()
    heard = counter.heard
    found = {
        Trouble.DOUBLED: counter.doubled is not None,
        Trouble.DIFFERS: heard is not None and heard.differs,
        Trouble.SILENT: heard is not None and now - heard.at > SILENT_AFTER,
        Trouble.NEVER_HEARD: heard is None,
        Trouble.OTHER_EPOCH: heard is not None and heard.known.epoch != head.epoch,
    }
    return tuple(trouble for trouble, is_so in found.items() if is_so)


def in_order(counters: list[EnrolledCounter], head: Position, now: datetime) -> list[tuple[EnrolledCounter, tuple[Trouble, ...]]]:
    """Counters with the troubles of each: those in trouble first, those that have left last."""
    told = [(counter, troubles_of(counter, head, now)) for counter in counters]
    order = list(Trouble)

    def rank(one: tuple[EnrolledCounter, tuple[Trouble, ...]]) -> tuple[bool, int, str]:
        counter, troubles = one
        return not counter.is_active, order.index(troubles[0]) if troubles else len(order), counter.name

    return sorted(told, key=rank)
