"""A counter joins the library's server: keys and store change together, also over a kill between the two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.store.key_location import KeyPlace


@dataclass(frozen=True, slots=True)
class Joined:
    """What `kiosk enrol` has learned."""

    registry: str
    """URL."""
    counter: str
    site_key: bytes = field(repr=False)
    key_generation: int = 0
    authority: str = ""
    """SHA-256 of the server's authority, in hexadecimal."""


def keep_secret(place: KeyPlace, secret: str, authority: str) -> None:
    """Keep this counter's secret (`kioskc-…`) with its keys before the server hears of it, so that the enrolment can be repeated with it.

    `KeyRecord.secret` and `.authority` have them. The keys must exist: open the store first. Raises Unavailable.
    """
    raise NotImplementedError


def join(place: KeyPlace, joined: Joined, counter_name: str, clock: Callable[[], datetime]) -> None:
    """Enrol the counter whose keys are at `place`: the library's site key replaces its own, and the store is sealed with it.

    The store must not be open in this process or another (hold the running lock). May be repeated. `counter_name` signs the audit row.
    Raises ValueError for a counter with links of its own; Unavailable: store-doubted, and the store's other codes.
    """
    raise NotImplementedError


def finish_joining(place: KeyPlace, counter_name: str, clock: Callable[[], datetime]) -> None:
    """Finish what a kill interrupted; to be called by whoever opens keys and store, before. Does nothing otherwise."""
    raise NotImplementedError
