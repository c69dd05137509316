"""The connection to the library's register in words for staff: quiet when fine, since when where not."""

from __future__ import annotations

from kiosk.domain.errors import Code
from kiosk.domain.model import RegistryCondition
from kiosk.domain.states import Counter
from kiosk.text import refusal, say
from kiosk.ui.staff.times import to_the_day_and_minute

_ONLY_HERE = {
    RegistryCondition.STARTING: ("only-here", "until-back"),
    RegistryCondition.UNREACHABLE: ("only-here", "until-back"),
    RegistryCondition.TOO_LONG_OFFLINE: ("only-here", "until-back"),
    RegistryCondition.SHUT_OUT: ("shut-out", "for-good"),
}
"""Text keys: what an unlinking does not reach while the register does not hear of it, and what to do."""


def registry_care(counter: Counter) -> tuple[str, str] | None:
    """Return what is wrong with the register, and what to do; None if nothing is."""
    registry = counter.registry
    if not registry.is_trouble:
        return None
    pending = counter.facts.finding("store").number("pending")
    undelivered = "undelivered" if registry is RegistryCondition.SHUT_OUT else "pending"
    waiting = say(f"staff.registry.{undelivered}", pending=pending) if pending else ""
    if registry is RegistryCondition.UNREACHABLE:
        return say("staff.registry.unreachable") + registry_since(counter), say("staff.registry.unreachable-next") + waiting
    code = Code(registry.value)
    return refusal(code, "title") + registry_since(counter), refusal(code, "staff") + refusal(code, "staff-next") + waiting


def registry_since(counter: Counter) -> str:
    """Return since when, in brackets; empty if that is not known."""
    since = counter.registry_since
    return "" if since is None else say("staff.registry.since", time=to_the_day_and_minute(since, counter.today))


def only_here(counter: Counter) -> tuple[str, str] | None:
    """Return that an unlinking does not reach the other counters yet, and what to do; None if the register hears of it now."""
    keys = _ONLY_HERE.get(counter.registry)
    return None if keys is None else (say(f"staff.unlink-confirm.{keys[0]}"), say(f"staff.unlink-confirm.{keys[1]}"))
