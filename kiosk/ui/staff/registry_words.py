"""The library's register in words for staff: quiet when fine; where not, since when, what still works and what to do."""

from __future__ import annotations

from datetime import datetime

from kiosk.domain.errors import Code
from kiosk.domain.health import Condition
from kiosk.domain.model import RegistryCondition
from kiosk.domain.states import Counter
from kiosk.text import refusal, say
from kiosk.ui.staff.times import to_the_day_and_minute

Care = tuple[str, str]
"""A sentence, and what to do."""
_ONLY_HERE = {
    RegistryCondition.STARTING: ("only-here", "until-back"),
    RegistryCondition.UNREACHABLE: ("only-here", "until-back"),
    RegistryCondition.OUTDATED: ("only-here", "until-back"),
    RegistryCondition.TOO_LONG_OFFLINE: ("only-here", "until-back"),
    RegistryCondition.SHUT_OUT: ("shut-out", "for-good"),
}
"""Text keys: what an unlinking does not reach while the register does not hear of it, and what to do."""
_UNLINKINGS = {
    RegistryCondition.CURRENT: "unlinkings-under-way",
    RegistryCondition.SHUT_OUT: "unlinkings-undelivered",
}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def registry_cares(counter: Counter) -> list[Care]:
    """Return what needs attention, worst first."""
    found = (_restart_care(counter), registry_care(counter), _clock_care(counter))
    return [care for care in found if care is not None]


def registry_care(counter: Counter) -> Care | None:
    """Return what is wrong with the connection or has not been sent over it, and what to do; None if nothing is."""
    registry, waiting = counter.registry, _waiting(counter)
    if _has_left(counter):
        return say("staff.registry.left") + registry_since(counter), say("staff.registry.left-next")
    if registry.stops_cards:
        code = Code(registry.value)
        return refusal(code, "title") + registry_since(counter), refusal(code, "staff") + refusal(code, "staff-next") + waiting
    if registry is RegistryCondition.UNREACHABLE:
        following = "incomplete" if is_first_load(counter) else "unreachable-next"
        return say("staff.registry.unreachable") + registry_since(counter), say(f"staff.registry.{following}") + waiting
    if registry is RegistryCondition.OUTDATED:
        return say("staff.registry.outdated") + registry_since(counter), say("staff.registry.outdated-next") + waiting
    if counter.registry_retiring:
        return say("staff.registry.retiring"), say("staff.registry.retiring-next") + waiting
    if counter.registry_loading is not None and is_first_load(counter):
        loaded, total = counter.registry_loading
        return say("staff.registry.loading", loaded=loaded, total=total), say("staff.registry.loading-next") + waiting
    if counter.unsent_unlinkings:
        return say("staff.registry.unsent", count=len(counter.unsent_unlinkings)), _unlinkings(counter)
    return None


def is_first_load(counter: Counter) -> bool:
    """Whether the links are arriving for the first time, so that none is known here; one that replaces them is not noticed by anybody."""
    return counter.registry_loading is not None and counter.facts.finding("store").number("links") == 0


def registry_since(counter: Counter) -> str:
    """Return since when, in brackets; empty if that is not known."""
    since = counter.registry_since
    return "" if since is None else say("staff.registry.since", time=_time(counter, since))


def registry_state(counter: Counter) -> tuple[str, str] | None:
    """Return what the bar says of the register, and as which of its states; None for a counter without one."""
    registry = counter.registry
    if counter.restart_needed:
        return say("staff.bar.registry-restart"), "trouble"
    if _has_left(counter):
        return say("staff.bar.registry-left") + registry_since(counter), "trouble"
    if registry.is_trouble:
        return say(f"staff.bar.registry-{_KEYS[registry]}") + registry_since(counter) + _waiting_in_bar(counter), "trouble"
    if counter.registry_retiring:
        return say("staff.bar.registry-retiring") + _waiting_in_bar(counter), "trouble"
    if counter.registry_loading is not None:
        loaded, total = counter.registry_loading
        return say("staff.bar.registry-loading", percent=100 * loaded // max(total, 1)), "waiting"
    if registry is RegistryCondition.STARTING:
        return say("staff.bar.registry-starting") + _waiting_in_bar(counter), "waiting"
    return None


def registry_row(counter: Counter) -> tuple[Condition, str, str]:
    """Return the row of 状況 about the connection: condition, text, and since when."""
    registry, at = counter.registry, ""
    if counter.restart_needed:
        condition, which = Condition.CARE, "restart"
    elif registry.is_trouble:
        condition, which = Condition.WRONG, "left" if _has_left(counter) else _KEYS[registry]
        at = "" if counter.registry_since is None else say("staff.status.since", time=_time(counter, counter.registry_since))
    elif counter.registry_retiring:
        condition, which = Condition.CARE, "retiring"
    elif counter.registry_loading is not None:
        loaded, total = counter.registry_loading
        return Condition.UNKNOWN, say("staff.status.registry-loading", loaded=loaded, total=total), ""
    else:
        condition = Condition.UNKNOWN if registry is RegistryCondition.STARTING else Condition.OK
        which = registry.value
    return condition, say(f"staff.status.registry-{which}"), at


def pending_row(counter: Counter) -> tuple[Condition, str]:
    """Return the row of 状況 about what the register has yet to answer. An unreadable store has no count, not even 0."""
    pending, unlinkings = counter.facts.finding("store").number("pending"), len(counter.unsent_unlinkings)
    if pending is None:
        return Condition.UNKNOWN, say("staff.status.uncounted")
    if not pending:
        return Condition.OK, say("staff.status.pending-none")
    if not unlinkings:
        return Condition.OK, say("staff.status.links-count", count=pending)
    return Condition.CARE, say("staff.status.pending-unlinkings", count=pending, unlinkings=unlinkings)


def only_here(counter: Counter) -> Care | None:
    """Return that an unlinking does not reach the other counters yet, and what to do; None if the register hears of it now."""
    keys = _ONLY_HERE.get(counter.registry)
    return None if keys is None else (say(f"staff.unlink-confirm.{keys[0]}"), say(f"staff.unlink-confirm.{keys[1]}"))


_KEYS = {
    RegistryCondition.UNREACHABLE: "unreachable",
    RegistryCondition.OUTDATED: "outdated",
    RegistryCondition.TOO_LONG_OFFLINE: "too-long",
    RegistryCondition.SHUT_OUT: "shut-out",
}


def _has_left(counter: Counter) -> bool:
    """Whether it was retired, and has delivered everything."""
    return counter.registry is RegistryCondition.SHUT_OUT and counter.registry_retiring and not _pending(counter)


def _waiting(counter: Counter) -> str:
    """Return what has not been sent, each on a line of its own: first what does not stop a card elsewhere."""
    pending = _pending(counter)
    lines = [_unlinkings(counter)] if pending and counter.unsent_unlinkings else []
    if pending > len(counter.unsent_unlinkings):
        delivered = "undelivered" if counter.registry is RegistryCondition.SHUT_OUT else "pending"
        lines.append(say(f"staff.registry.{delivered}", pending=pending))
    return "".join(f"\n{line}" for line in lines)


def _time(counter: Counter, at: datetime) -> str:
    return to_the_day_and_minute(at, counter.today)


def _unlinkings(counter: Counter) -> str:
    first, *others = counter.unsent_unlinkings
    # A number that is broken in two is hard to find on paper.
    number = first.masked.replace(" ", "\N{NO-BREAK SPACE}")
    which = say("staff.registry.unlinking", number=number, time=_time(counter, first.at))
    more = say("staff.registry.unlinkings-more", count=len(others)) if others else ""
    key = _UNLINKINGS.get(counter.registry, "unlinkings-here")
    return say(f"staff.registry.{key}", count=len(others) + 1, which=which + more)


def _pending(counter: Counter) -> int:
    return counter.facts.finding("store").number("pending") or 0


def _waiting_in_bar(counter: Counter) -> str:
    pending = _pending(counter)
    delivered = "undelivered" if counter.registry is RegistryCondition.SHUT_OUT else "pending"
    return say(f"staff.bar.registry-{delivered}", pending=pending) if pending else ""


def _restart_care(counter: Counter) -> Care | None:
    return (say("staff.registry.restart"), say("staff.registry.restart-next")) if counter.restart_needed else None


def _clock_care(counter: Counter) -> Care | None:
    """Return by how much this computer's clock differs from the register's, where it does by a minute or more."""
    ahead = counter.registry_clock
    seconds = abs(ahead)
    if seconds < _MINUTE:
        return None
    unit, size = ("days", _DAY) if seconds >= _DAY else ("hours", _HOUR) if seconds >= _HOUR else ("minutes", _MINUTE)
    difference = say(f"staff.registry.{unit}", count=seconds // size)
    key = "clock-behind" if ahead > 0 else "clock-ahead"
    return say(f"staff.registry.{key}", difference=difference), say("staff.registry.clock-next")
