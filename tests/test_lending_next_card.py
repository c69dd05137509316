"""Staff scan the next patron's library card without ending the session: no items are lent on the wrong card."""

from __future__ import annotations

import pytest

from kiosk.demo.ils import ITEMS, KOHA, PATRONS, PLAIN, Dialect
from kiosk.domain.circulation import Reason
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.domain.states import LendingRefused, PatronShown, Waiting
from kiosk.text import plain, say
from tests.support.counter.with_library import LendingCounter, Open, numbers_of, why


def called_up(open_desk: Open, **more: object) -> LendingCounter:
    """One patron is shown."""
    desk = open_desk(**more)
    desk.scan_text(PATRONS["own"])
    desk.opened.until_at(PatronShown)
    return desk


def begun(open_desk: Open, **more: object) -> LendingCounter:
    """One patron has been lent a book, and another's library card is read, and a book with it."""
    desk = called_up(open_desk, **more)
    desk.scan("bamboo")
    desk.answered()
    desk.scan_text(PATRONS["other"])
    desk.scan("post")
    desk.see("staff.next-card.note")
    desk.answered()
    return desk


@pytest.mark.parametrize("dialect", [KOHA, PLAIN], ids=["koha", "plain"])
def test_nothing_is_lent_until_staff_say_whose_turn_it_is(open_desk: Open, dialect: Dialect) -> None:
    desk = begun(open_desk, dialect=dialect, latency=0.05)
    assert desk.sees(say("staff.next-card.title", number=LibraryCardNumber(PATRONS["other"]).grouped))
    held = [row for row in desk.rows() if LibraryCardNumber(ITEMS["post"].number).grouped in row or ITEMS["post"].title in row]
    assert all(sentence in held[0] for sentence in why(Service.LOAN, Reason.HELD_BACK))
    assert desk.focused == plain(say("staff.items.field"))
    assert desk.has_on_loan("other") == set()


@pytest.mark.parametrize("how", ["press", "key", "read again"])
def test_the_next_patron_is_called_up(open_desk: Open, how: str) -> None:
    desk = begun(open_desk)
    if how == "press":
        desk.press("staff.next-card.call")
    elif how == "key":
        desk.chord("Y")
    else:
        desk.scan_text(PATRONS["other"])
    desk.opened.until(lambda counter: isinstance(counter.flow, PatronShown) and counter.flow.patron.number.text == PATRONS["other"])
    desk.built()
    assert not desk.sees(ITEMS["bamboo"].title), "what the patron before has borrowed is gone"
    assert not desk.button("staff.next-card.call")
    desk.scan("post")
    desk.answered()
    assert desk.has_on_loan("other") == numbers_of("post")
    assert desk.executed("11")[ITEMS["post"].number] == 1
    desk.end()


def test_the_patron_before_is_served_on(open_desk: Open) -> None:
    desk = begun(open_desk)
    before = desk.has_on_loan("own")
    desk.press("staff.next-card.stay")
    desk.scan("post")
    desk.answered()
    assert desk.has_on_loan("own") == before | numbers_of("post")
    assert not desk.button("staff.next-card.call")
    desk.end()


def test_ending_the_session_ends_the_question(open_desk: Open) -> None:
    desk = begun(open_desk)
    desk.end()
    assert isinstance(desk.opened.flow, Waiting)
    assert not desk.sees(LibraryCardNumber(PATRONS["other"]).grouped)


def test_an_expired_card_is_somebodys_too(open_desk: Open) -> None:
    desk = called_up(open_desk)
    desk.scan_text(PATRONS["expired"])
    desk.see("staff.next-card.note")
    desk.press("staff.next-card.call")
    desk.opened.until_at(LendingRefused)
    desk.see("refusal.library-card-expired.title")
    desk.end()


def test_a_number_that_nobody_has_holds_nothing_up(open_desk: Open) -> None:
    desk = called_up(open_desk)
    desk.scan_text(PATRONS["unknown"])
    desk.scan("post")
    desk.opened.until(lambda _: ITEMS["post"].number in desk.has_on_loan("own"))
    desk.answered()
    assert not desk.button("staff.next-card.call")
    desk.end()
