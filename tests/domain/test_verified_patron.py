"""Of whom other programs are told: the patron whose My Number Card was verified, from the page with the number to the end of it."""

from __future__ import annotations

import pytest

from kiosk.domain.errors import Code
from kiosk.domain.events import HolderConfirmed, LeavePressed, LibraryCardEntered
from kiosk.domain.model import LibraryCardNumber
from kiosk.domain.states import ConfirmingHolder, CounterRules, LendingRefused, PatronShown, When
from kiosk.domain.verified_patron import verified_here
from tests.support.domain.scripted_counter import NUMBER, OTHER_NUMBER, Card, ScriptedCounter, link

CARD, OTHER = Card("a"), Card("b")


def desk_that_confirms(confirm: When) -> ScriptedCounter:
    return ScriptedCounter(CounterRules(confirm_holder=confirm), links=[link(CARD), link(OTHER, OTHER_NUMBER)])


def told(desk: ScriptedCounter) -> LibraryCardNumber | None:
    verified = verified_here(desk.counter)
    return None if verified is None else verified.number


def test_from_the_confirmation_of_the_holder_to_the_end() -> None:
    desk = desk_that_confirms(When.ALWAYS)
    assert told(desk) is None
    desk.lay(CARD)
    desk.at(ConfirmingHolder)
    assert told(desk) is None
    desk.tell(HolderConfirmed())
    desk.at(PatronShown)
    assert told(desk) == NUMBER
    desk.tell(LeavePressed())
    assert told(desk) is None


@pytest.mark.parametrize("card", [Card("c"), Card("a", refused=Code.CARD_EXPIRED)], ids=["not linked", "expired"])
def test_of_a_card_that_is_refused_nothing_is_told(card: Card) -> None:
    desk = desk_that_confirms(When.NEVER)
    desk.lay(card)
    desk.at(LendingRefused)
    assert told(desk) is None


def test_of_a_library_card_nothing_is_told() -> None:
    desk = desk_that_confirms(When.NEVER)
    desk.tell(LibraryCardEntered(NUMBER.text))
    desk.at(PatronShown)
    assert told(desk) is None


def test_the_same_patron_again_is_another_turn() -> None:
    desk, turns = desk_that_confirms(When.NEVER), []
    for _ in range(2):
        desk.lift(desk.lay(CARD))
        turns.append(verified_here(desk.counter))
        desk.tell(LeavePressed())
    first, second = turns
    assert first is not None
    assert second is not None
    assert (first.number, first == second) == (second.number, False)


def test_a_number_is_in_no_log() -> None:
    desk = desk_that_confirms(When.NEVER)
    desk.lay(CARD)
    assert NUMBER.text not in repr(verified_here(desk.counter))
