"""How long a counter may go on without the library's server."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import RegistryCondition

CLOCKS_AGREE = timedelta(seconds=60)
"""A smaller difference between two clocks is not told."""
BACKWARDS = timedelta(seconds=60)
"""By how much a clock may be set back without being doubted: time services do that."""


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of the server's last answer."""

    last: datetime | None = None
    """When it came, by this computer's clock; aware. None: never."""
    silence: timedelta = timedelta()
    """How long ago that is by a clock that cannot be set, as far as this run of the program knows."""
    fails: bool = False
    """The last attempt found no server, or one that makes no sense."""
    in_step: bool = False
    """This run has heard all there was to hear."""
    shut_out: bool = False
    outdated: bool = False
    """The last answer was that of a server that knows less than this counter, and no answer at all for `last`."""


def condition(contact: Contact, now: datetime, latest_seen: datetime | None, max_offline: timedelta) -> RegistryCondition:
    """The condition to show and to act by. `latest_seen`: the latest time in the store that this computer's clock ever showed.

    Taps and registrations stop once the last answer is longer ago than `max_offline`, because a card may have been stopped meanwhile. A
    clock that was put back cannot tell how long that is, and counts as too long.
    """
    if contact.shut_out:
        return RegistryCondition.SHUT_OUT
    waits = RegistryCondition.UNREACHABLE if contact.fails else RegistryCondition.STARTING
    if contact.outdated:
        waits = RegistryCondition.OUTDATED
    elif contact.in_step and not contact.fails:
        return RegistryCondition.CURRENT
    if contact.last is None:
        # A counter that was never answered has no links that could be out of date.
        return waits
    latest = max(contact.last, latest_seen or contact.last)
    if now < latest - BACKWARDS or max(now - contact.last, contact.silence) > max_offline:
        return RegistryCondition.TOO_LONG_OFFLINE
    return waits


def clock_difference(told: datetime, before: datetime, after: datetime) -> int:
    """Whole seconds by which the server's clock, which said `told` in whole seconds between two readings of ours, is ahead of ours; 0
    where they agree.
    """
    ahead = told + timedelta(milliseconds=500) - (before + (after - before) / 2)
    return 0 if abs(ahead) <= CLOCKS_AGREE + (after - before) / 2 else round(ahead.total_seconds())
