"""A card that is no longer needed and still present: its owner is told at once, in their language, until it is removed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.domain.effects import Play, StartTimer
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    CardLeftSeen,
    CardPlaced,
    Event,
    HelpChosen,
    HolderConfirmed,
    HomeChosen,
    LanguageChosen,
    LeavePressed,
    LibraryCardEntered,
    ReaderChanged,
    RegistrationChosen,
    StatusChosen,
    UnlinkingChosen,
)
from kiosk.domain.model import Insertion, Language, ReaderCondition, Sound
from kiosk.domain.patron_view import PatronView, patron_view
from kiosk.domain.session_end import as_the_patron_reads
from kiosk.domain.states import AwaitingMyNumberCard, Counter, PageName, PatronShown
from tests.support.domain.scripted_counter import NUMBER, OTHER_READER, READER, Card, ScriptedCounter, link

INVITING = {PageName.WAITING, PageName.PLACE, PageName.PLACE_AGAIN, PageName.CLOSED}


def ready(desk: ScriptedCounter, *readers: str) -> ScriptedCounter:
    return desk.tell(ReaderChanged(ReaderCondition.READY, readers or (READER,)))


def served() -> ScriptedCounter:
    desk = ScriptedCounter(links=[link(Card())])
    desk.lay(Card())
    return desk.tell(HolderConfirmed())


def at_the_pad() -> ScriptedCounter:
    desk = ScriptedCounter()
    desk.to_pad(Card())
    return desk


def registered() -> ScriptedCounter:
    return at_the_pad().press_pin()


def linked_already() -> ScriptedCounter:
    desk = ScriptedCounter(links=[link(Card())]).to_card()
    desk.lay(Card())
    return desk


def not_linked() -> ScriptedCounter:
    desk = ScriptedCounter()
    desk.lay(Card())
    return desk


def view(counter: Counter) -> PatronView:
    return patron_view(as_the_patron_reads(counter), None)


def reads(desk: ScriptedCounter) -> tuple[PageName, Language]:
    return view(desk.counter).page, as_the_patron_reads(desk.counter).language


@pytest.mark.parametrize("session", [served, at_the_pad, registered, linked_already, not_linked])
def test_whoever_has_left_a_card_is_told_at_once_in_their_language_until_it_is_lifted(session: Callable[[], ScriptedCounter]) -> None:
    desk = ready(session().tell(LanguageChosen(Language.ENGLISH))).tell(LeavePressed())
    for still in (HomeChosen(), StatusChosen(), HelpChosen(), HomeChosen()):
        assert reads(desk) == (PageName.CARD_LEFT, Language.ENGLISH)
        desk.leave_lying().tell(still).leave_alone()
    assert desk.counter.card_left == 3
    desk.lift(desk.counter.cards[0])
    assert reads(desk) == (PageName.WAITING, Language.JAPANESE)


def test_what_is_read_there_is_in_the_language_chosen_there() -> None:
    desk = served().tell(LeavePressed(), LanguageChosen(Language.EASY_JAPANESE))
    assert reads(desk) == (PageName.CARD_LEFT, Language.EASY_JAPANESE)


def test_the_next_patron_begins_in_japanese_though_an_english_card_lies_there() -> None:
    desk = served().tell(LanguageChosen(Language.ENGLISH), LeavePressed())
    desk.lay(Card("z"), OTHER_READER)
    assert desk.counter.language is Language.JAPANESE


def test_staff_who_have_seen_it_are_reminded_and_the_patron_is_told_meanwhile() -> None:
    desk = registered().tell(LeavePressed()).leave_lying().leave_lying().leave_lying()
    for _ in range(2):
        desk.tell(CardLeftSeen())
        assert (desk.counter.card_left, view(desk.counter).page) == (2, PageName.CARD_LEFT)
        [seconds] = [timer.seconds for timer in desk.of(StartTimer) if timer.ticket == desk.counter.card_left_ticket]
        assert 30 <= seconds <= 120
        sounds = desk.of(Play).count(Play(Sound.CARD_LEFT))
        assert desk.leave_lying().counter.card_left == 3
        assert desk.of(Play).count(Play(Sound.CARD_LEFT)) == sounds + 1
    desk.lift(desk.counter.cards[0])
    assert (desk.counter.card_left, desk.counter.card_left_ticket) == (0, 0)


@pytest.mark.parametrize("session", [registered, linked_already])
def test_it_is_told_on_the_last_page_of_a_registration_as_well(session: Callable[[], ScriptedCounter]) -> None:
    desk = session()
    assert not view(desk.counter).take_card, "the page says it"
    assert desk.leave_lying().counter.card_left == 1
    assert view(desk.counter).take_card
    assert view(desk.leave_lying().leave_lying().tell(CardLeftSeen()).counter).take_card


def test_nobody_is_asked_to_lay_a_card_in_a_registration_where_one_lies() -> None:
    desk = ready(not_linked().tell(LeavePressed())).to_card()
    desk.at(AwaitingMyNumberCard)
    assert view(desk.counter).page is PageName.AWAY
    desk.lift(desk.counter.cards[0])
    assert view(desk.counter).page is PageName.PLACE


def test_where_another_reader_is_free_the_next_card_is_asked_for_there() -> None:
    desk = ready(not_linked().tell(LeavePressed()), READER, OTHER_READER).to_card()
    assert (view(desk.counter).page, view(desk.counter).take_card) == (PageName.PLACE, False)


def asks_to_take(counter: Counter) -> bool:
    return view(counter).take_card or view(counter).page is PageName.CARD_LEFT


NEXT_COMES: dict[str, Event] = {
    "a library card": LibraryCardEntered(NUMBER.text),
    "a registration": RegistrationChosen(),
    "an unlinking": UnlinkingChosen(),
    "a card": CardPlaced(Insertion(9, OTHER_READER)),
}


@pytest.mark.parametrize("event", NEXT_COMES.values(), ids=NEXT_COMES)
@pytest.mark.parametrize("session", [served, at_the_pad, registered, linked_already, not_linked])
def test_of_a_card_left_by_the_patron_before_staff_are_told_at_once_and_the_next_patron_never(
    session: Callable[[], ScriptedCounter], event: Event
) -> None:
    desk = ready(session().tell(LeavePressed()), READER, OTHER_READER)
    former = desk.counter.cards[0]
    assert asks_to_take(desk.counter)
    if isinstance(event, CardPlaced):
        desk.lying[event.insertion] = Card("z")
    desk.tell(event)
    assert not desk.counter.flow.about.rests
    for _ in range(3):
        assert not asks_to_take(desk.counter)
        assert (desk.counter.former, desk.counter.card_left) == (frozenset({former}), 3)
        desk.leave_lying()
    ready(desk)
    desk.tell(LeavePressed())
    if isinstance(event, CardPlaced):
        assert asks_to_take(desk.counter), "their own"
        desk.lift(event.insertion)
    assert view(desk.counter).page is PageName.AWAY, "the card of somebody who has gone lies on the only reader"
    desk.lift(former)
    assert (desk.counter.former, desk.counter.card_left, view(desk.counter).page) == (frozenset(), 0, PageName.WAITING)


def test_whoever_lays_another_card_after_a_refusal_or_is_registered_next_is_asked_to_take_their_own() -> None:
    desk = ready(not_linked(), READER, OTHER_READER)
    desk.lay(Card("z"), OTHER_READER)
    assert not desk.counter.former
    called = not_linked().tell(LibraryCardEntered(NUMBER.text), RegistrationChosen())
    assert not called.counter.former
    assert asks_to_take(called.counter)


def test_a_card_of_somebody_who_has_gone_speaks_no_language_to_whoever_comes() -> None:
    desk = ready(served().tell(LanguageChosen(Language.ENGLISH), LeavePressed(), RegistrationChosen(), LeavePressed()))
    assert reads(desk) == (PageName.AWAY, Language.JAPANESE)


def test_a_library_card_instead_leaves_the_other_card_to_be_taken() -> None:
    desk = not_linked().tell(LibraryCardEntered(NUMBER.text))
    desk.at(PatronShown)
    assert view(desk.counter).take_card
    assert desk.leave_lying().counter.card_left == 1


@pytest.mark.parametrize("found", [True, False])
def test_a_card_that_stays_on_the_only_reader_never_goes_with_an_invitation(found: bool) -> None:
    desk = ready(ScriptedCounter())
    card = Insertion(1, READER)
    desk.lying[card] = Card("s", refused=Code.NOT_MY_NUMBER_CARD)
    desk.tell(CardPlaced(card, found=found), LeavePressed())
    for _ in range(5):
        assert view(desk.counter).page not in INVITING
        desk.leave_lying().tell(CardLeftSeen())
    assert (view(desk.counter).page is PageName.CARD_LEFT) is not found
    desk.lift(card)
    assert view(desk.counter).page is PageName.WAITING
