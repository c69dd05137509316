"""How each service gets the number, in words for staff."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.domain.service_ways import Way, services_by_ways
from kiosk.domain.states import Counter
from kiosk.text import say
from kiosk.ui.staff.serving.services import name_of
from kiosk.ui.widgets.words import unmarked

_TEXTS = {
    Way.HERE: "staff.way.here",
    Way.TYPED_ON_TAP: "staff.way.typed-on-tap",
    Way.TYPED_ON_CHOICE: "staff.way.typed-on-choice",
    Way.TOLD: "staff.way.told",
    Way.BY_HAND: "staff.way.by-hand",
}


def ways_words(counter: Counter) -> str:
    """A line for the services of each kind. The last kind is that of all others."""
    *first, (_, others) = services_by_ways(counter)
    named = [(_together([unmarked(name_of(service)) for service in services]), ways) for services, ways in first]
    lines = [*named, (say("staff.way.others" if first else "staff.way.every"), others)]
    return "\n".join(say("staff.way.line", services=services, ways=way_words(found)) for services, found in lines)


def way_words(ways: Sequence[Way]) -> str:
    return _together([say(_TEXTS[way]) for way in ways])


def _together(parts: list[str]) -> str:
    return say("staff.way.and").join(parts)
