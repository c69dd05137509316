"""How the number gets where a service is done, as staff are shown it."""

from __future__ import annotations

import pytest

from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import IlsCondition, LocalService, Service
from kiosk.domain.service_ways import Way, services_by_ways
from kiosk.domain.states import CounterRules, HandoverWhen
from tests.support.domain.scripted_counter import ScriptedCounter
from tests.support.domain.scripted_library import Library

LOCAL = LocalService("視聴覚室")
HERE = tuple(service for service in Service if service in ITEM_SERVICES)
OTHERS = (*(service for service in Service if service not in ITEM_SERVICES), LOCAL)
EVERY = (*Service, LOCAL)


@pytest.mark.parametrize("local_api", [False, True])
@pytest.mark.parametrize(
    ("handover", "elsewhere"),
    [(HandoverWhen.OFF, ()), (HandoverWhen.ON_TAP, (Way.TYPED_ON_TAP,)), (HandoverWhen.ON_CHOICE, (Way.TYPED_ON_CHOICE,))],
)
def test_each_service_has_the_ways_that_are_configured(handover: HandoverWhen, elsewhere: tuple[Way, ...], local_api: bool) -> None:
    rules = CounterRules(handover=handover, local_api=local_api, local_services=(LOCAL,))
    told = (Way.TOLD,) if local_api else ()
    alone, with_library = ScriptedCounter(rules), ScriptedCounter(rules, library=Library())
    others = (*elsewhere, *told) or (Way.BY_HAND,)
    assert services_by_ways(alone.counter) == ((EVERY, others),)
    here = (Way.HERE, *(way for way in elsewhere if way is Way.TYPED_ON_TAP), *told)
    assert services_by_ways(with_library.counter) == ((HERE, here), (OTHERS, others))
    assert with_library.counter.ils is IlsCondition.READY
