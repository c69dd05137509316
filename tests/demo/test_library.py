"""A counter with the demo's settings accepts the demo's library cards and items, and can log in to its library system."""

from __future__ import annotations

import pytest

from kiosk.config import Ils, counter_rules
from kiosk.demo.ils import ITEMS, PATRONS, Copy, serving
from kiosk.demo.library import LIBRARY_CARDS, SAMPLE_ITEMS, demo_ils, demo_server, demo_settings
from kiosk.domain.errors import Code, Refused
from kiosk.domain.rules import read_library_card
from tests.support.ils.raw_sip2_client import Wire, checkout, patron, values

RULE = counter_rules(demo_settings()).barcode
ALL_ITEMS = [item for items in SAMPLE_ITEMS.values() for item in items]


def test_every_patron_has_a_library_card_the_counter_reads() -> None:
    assert [read_library_card(number, RULE).text for number in PATRONS.values()] == list(PATRONS.values())
    assert len(set(PATRONS.values())) == len(PATRONS)
    read = {card.name: read_library_card(card.barcode, RULE).text for card in LIBRARY_CARDS if card.name != "misread"}
    assert read == {name: PATRONS[name] for name in read}
    assert PATRONS.keys() - read.keys() == {"owing-little", "replacement", "somebody"}


def test_one_library_card_is_misread() -> None:
    [misread] = [card for card in LIBRARY_CARDS if card.name == "misread"]
    with pytest.raises(Refused) as caught:
        read_library_card(misread.barcode, RULE)
    assert caught.value.code is Code.NUMBER_CHECK_DIGIT


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_no_item_passes_for_a_library_card(item: Copy) -> None:
    assert len(item.number) == 10
    with pytest.raises(Refused) as caught:
        read_library_card(item.number, RULE)
    assert caught.value.code is Code.NUMBER_PREFIX


def test_there_are_some_forty_items_each_with_a_number_of_its_own() -> None:
    assert len(ITEMS) >= 40
    assert len({item.number for item in ITEMS.values()}) == len(ITEMS)
    known = {f"A{item.number}A": item.title for item in ITEMS.values()}
    assert [known.get(item.barcode, "") for item in ALL_ITEMS] == [item.title for item in ALL_ITEMS]


def test_the_counter_can_enter_the_library_system_by_its_settings() -> None:
    with serving(demo_server()) as server:
        ils = demo_ils(server)
        server.latency = 0
        assert (ils.system, ils.host, ils.port) == (Ils.KOHA, "127.0.0.1", server.port)
        with Wire(server.port) as wire:
            assert wire.ask(f"9300CN{ils.user}|CO{ils.password}|CP{ils.location}|") == "941"
            linked = [wire.ask(patron(PATRONS[name])) for name in ("own", "child", "other")]
            assert [values(reply, "BL") for reply in linked] == [["Y"]] * 3
            assert all("Y" not in reply[2:16] and values(reply, ils.expiry_field) for reply in linked)
            [free, *_] = SAMPLE_ITEMS["free"]
            assert wire.ask(checkout(PATRONS["own"], free.barcode[1:-1])).startswith("121")


def test_without_a_library_system_the_demo_has_none() -> None:
    assert demo_settings().ils.system is Ils.NONE
