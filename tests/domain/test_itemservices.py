"""What is declared of a service done item by item."""

from __future__ import annotations

from kiosk.domain.circulation import Stop
from kiosk.domain.itemservices import ITEM_SERVICES, has_queue, is_loan
from kiosk.domain.model import Service
from kiosk.domain.servicefacts import Afterwards, ItemService


def test_they_come_in_the_order_of_their_keys() -> None:
    assert [*ITEM_SERVICES] == [service for service in Service if service.by_item is not None]


def test_an_item_is_on_loan_or_in_a_queue_or_neither() -> None:
    told = {service: (is_loan(service), has_queue(service)) for service in (Service.LOAN, Service.RENEWAL, Service.HOLD)}
    assert told == {Service.LOAN: (True, False), Service.RENEWAL: (True, False), Service.HOLD: (False, True)}


def test_nothing_stops_a_service_that_declares_nothing() -> None:
    declared = ItemService(Afterwards.AS_BEFORE)
    assert declared.stopped_by(frozenset(Stop)) == frozenset()
    assert declared.twice is None
