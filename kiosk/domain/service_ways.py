"""How the number of the patron gets where a service is done: what staff are shown of the library's configuration."""

from __future__ import annotations

from enum import StrEnum, unique
from itertools import groupby

from kiosk.domain.model import AnyService, Service
from kiosk.domain.serving.services import is_served_here
from kiosk.domain.states import Counter, HandoverWhen


@unique
class Way(StrEnum):
    HERE = "here"
    """The service is done on our window, over SIP2."""
    TYPED_ON_TAP = "typed-on-tap"
    TYPED_ON_CHOICE = "typed-on-choice"
    TOLD = "told"
    """Other programs on this computer may ask for it."""
    BY_HAND = "by-hand"


_TYPED = {HandoverWhen.ON_TAP: Way.TYPED_ON_TAP, HandoverWhen.ON_CHOICE: Way.TYPED_ON_CHOICE}


def ways(counter: Counter, service: AnyService) -> tuple[Way, ...]:
    """All that apply. What is done here is typed on choice only while the library system cannot be reached, which is not told."""
    rules, here = counter.rules, is_served_here(counter, service)
    typed = _TYPED.get(rules.handover)
    found = [Way.HERE] if here else []
    if typed is not None and not (here and typed is Way.TYPED_ON_CHOICE):
        found.append(typed)
    if rules.local_api:
        found.append(Way.TOLD)
    return tuple(found) or (Way.BY_HAND,)


def services_by_ways(counter: Counter) -> tuple[tuple[tuple[AnyService, ...], tuple[Way, ...]], ...]:
    """The services that have the same ways, in the order in which they are offered; those done here first."""
    offered: tuple[AnyService, ...] = (*Service, *counter.rules.local_services)
    ordered = sorted(offered, key=lambda service: not is_served_here(counter, service))
    return tuple((tuple(same), found) for found, same in groupby(ordered, key=lambda service: ways(counter, service)))
