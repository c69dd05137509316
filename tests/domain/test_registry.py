"""The library's register of links: where it stops cards, only cards stop; and numbers are stopped that have no link here."""

from __future__ import annotations

from uuid import UUID

import pytest

from kiosk.domain.effects import Act, AskRegistry, CloseLink, FindLinks, ReadCard, RecordAct, ReleaseCard, SaveLink, StartTimer
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    BackPressed,
    CounterRetiring,
    HolderConfirmed,
    LeavePressed,
    LedgerLoading,
    LibraryCardEntered,
    RegistrationChosen,
    RegistryChanged,
    RegistryClockRead,
    RestartNeeded,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.model import RegistryCondition, UnlinkReason
from kiosk.domain.states import (
    AskingPin,
    AskingUnlinkNumber,
    ChoosingApplicant,
    ConfirmingStop,
    CounterRules,
    LendingRefused,
    PatronShown,
    RegistrationRefused,
    Unlinked,
    UnlinkingRefused,
    Waiting,
    When,
)
from tests.support.domain.scripted_counter import NUMBER, Card, ScriptedCounter, link
from tests.support.domain.with_registry import AT, no_answer_in_time, refused, unlinked, with_registry

STOPPING = [RegistryCondition.TOO_LONG_OFFLINE, RegistryCondition.SHUT_OUT]
AWAY = [RegistryCondition.UNREACHABLE, RegistryCondition.OUTDATED]
PASSING = [RegistryCondition.STARTING, RegistryCondition.CURRENT, *AWAY]
stopping = pytest.mark.parametrize("condition", STOPPING)


# --- the connection -----------------------------------------------------------------------------------------------------


def test_since_when_the_register_is_away_is_known() -> None:
    desk = with_registry(RegistryCondition.UNREACHABLE)
    assert (desk.counter.registry, desk.counter.registry_since) == (RegistryCondition.UNREACHABLE, AT)
    desk.tell(RegistryChanged(RegistryCondition.CURRENT))
    assert (desk.counter.registry, desk.counter.registry_since) == (RegistryCondition.CURRENT, None)


def test_the_register_is_nobody_at_the_counter() -> None:
    desk = ScriptedCounter()
    desk.to_pad(Card())
    timers = len(desk.of(StartTimer))
    desk.tell(RegistryChanged(RegistryCondition.UNREACHABLE, AT), refused(UUID(int=99)))
    assert len(desk.of(StartTimer)) == timers


def test_what_is_said_of_the_register_without_being_asked() -> None:
    assert [condition for condition in RegistryCondition if condition.is_trouble] == [*AWAY, *STOPPING]


@pytest.mark.parametrize("condition", PASSING)
def test_cards_are_taken_on_what_is_known_here_while_the_register_is_away(condition: RegistryCondition) -> None:
    card = Card()
    desk = with_registry(condition, linked=(card,))
    desk.lay(card)
    assert desk.at(PatronShown).patron.number == NUMBER


@pytest.mark.parametrize("condition", PASSING)
def test_a_card_unknown_here_may_be_linked_elsewhere_unless_the_register_is_heard(condition: RegistryCondition) -> None:
    desk = with_registry(condition)
    insertion = desk.lay(Card())
    shown = desk.at(LendingRefused)
    expected = Code.NOT_LINKED_YET if condition in AWAY else Code.NOT_LINKED
    assert (shown.problem.code, shown.insertion) == (expected, insertion)
    assert len(desk.of(AskRegistry)) == (condition not in AWAY)


@pytest.mark.parametrize("condition", [RegistryCondition.STARTING, RegistryCondition.CURRENT])
def test_a_card_that_is_linked_elsewhere_is_served_once_the_register_says_so(condition: RegistryCondition) -> None:
    card = Card()
    desk = with_registry(condition)
    desk.elsewhere = [link(card)]
    desk.lay(card)
    assert desk.at(PatronShown).patron.number == link(card).number
    assert [asked.token for asked in desk.of(AskRegistry)] == [card.token]


@pytest.mark.parametrize("condition", [RegistryCondition.STARTING, RegistryCondition.CURRENT])
def test_a_register_that_does_not_answer_in_time_leaves_it_open_whether_the_card_is_linked(condition: RegistryCondition) -> None:
    desk = with_registry(condition)
    desk.registry_answers = False
    desk.lay(Card())
    assert desk.at(LendingRefused).problem.code is Code.NOT_LINKED_YET


@pytest.mark.parametrize("condition", PASSING)
@pytest.mark.parametrize("ahead", [False, True])
def test_a_card_whose_link_was_ended_is_told_apart_from_one_that_never_had_any(condition: RegistryCondition, ahead: bool) -> None:
    card = Card()
    desk = with_registry(condition)
    desk.ended, desk.answering = [card.token], False
    insertion = desk.lay(card)
    if ahead:
        desk.begin_to_read(insertion)
        desk.answer(FindLinks)
    desk.answer(ReadCard).answer_all()
    shown = desk.at(LendingRefused)
    assert (shown.problem.code, shown.insertion) == (Code.LINK_ENDED, insertion)


def test_a_card_whose_link_was_ended_may_have_been_linked_again_elsewhere() -> None:
    card = Card()
    desk = with_registry()
    desk.ended, desk.elsewhere = [card.token], [link(card)]
    desk.lay(card)
    desk.at(PatronShown)


def test_a_card_that_is_linked_here_is_not_asked_about() -> None:
    card = Card()
    desk = with_registry(linked=(card,))
    desk.lay(card)
    desk.at(PatronShown)
    assert not desk.of(AskRegistry)


@stopping
def test_what_the_register_found_is_not_served_once_it_stops_cards(condition: RegistryCondition) -> None:
    card = Card()
    desk = with_registry()
    desk.elsewhere, desk.answering = [link(card)], False
    desk.lay(card)
    desk.answer(ReadCard).answer(FindLinks)
    desk.tell(RegistryChanged(condition)).answer(AskRegistry)
    assert desk.at(LendingRefused).problem.code == Code(condition.value)


@stopping
def test_a_tap_stops_with_the_reason_and_nothing_of_the_patron_is_looked_up(condition: RegistryCondition) -> None:
    card = Card()
    desk = with_registry(condition, linked=(card,))
    insertion = desk.lay(card)
    assert desk.at(LendingRefused).problem.code is Code(condition)
    assert not desk.of(FindLinks)
    assert [(act.act, act.code, act.number) for act in desk.of(RecordAct)] == [(Act.REFUSAL, Code(condition), None)]
    assert desk.of(ReleaseCard) == [ReleaseCard(insertion)]


@stopping
def test_a_card_known_early_is_not_looked_up_either(condition: RegistryCondition) -> None:
    card = Card()
    desk = with_registry(condition, linked=(card,))
    desk.answering = False
    insertion = desk.lay(card)
    desk.begin_to_read(insertion)
    assert not desk.of(FindLinks)


@stopping
def test_the_library_card_works_and_so_does_unlinking(condition: RegistryCondition) -> None:
    desk = with_registry(condition, linked=(Card(),)).tell(LibraryCardEntered(NUMBER.text))
    assert desk.at(PatronShown).patron.number == NUMBER
    unlinked(desk.tell(LeavePressed()))
    assert [close.number for close in desk.of(CloseLink)] == [NUMBER]


@stopping
def test_a_registration_is_not_begun_that_could_not_be_saved(condition: RegistryCondition) -> None:
    desk = with_registry(condition).tell(RegistrationChosen())
    assert desk.at(RegistrationRefused).problem.code is Code(condition)
    desk.tell(RegistryChanged(RegistryCondition.CURRENT), RegistrationChosen()).at(ChoosingApplicant)


@stopping
def test_a_registration_under_way_stops_when_the_card_is_read(condition: RegistryCondition) -> None:
    desk = with_registry().to_card().tell(RegistryChanged(condition, AT))
    insertion = desk.lay(Card())
    assert desk.at(RegistrationRefused).problem.code is Code(condition)
    assert desk.of(ReleaseCard) == [ReleaseCard(insertion)]


@stopping
def test_what_stops_while_the_pin_is_entered_is_not_saved(condition: RegistryCondition) -> None:
    desk = with_registry()
    insertion = desk.to_pad(Card())
    desk.tell(RegistryChanged(condition, AT)).press_pin()
    assert desk.at(RegistrationRefused).problem.code is Code(condition)
    assert not desk.of(SaveLink)
    assert ReleaseCard(insertion) in desk.of(ReleaseCard)


@stopping
def test_a_pin_for_lending_does_not_open_what_has_stopped_meanwhile(condition: RegistryCondition) -> None:
    card = Card()
    desk = with_registry(rules=CounterRules(lending_pin=When.ALWAYS), linked=(card,))
    desk.lay(card)
    desk.at(AskingPin)
    desk.tell(RegistryChanged(condition, AT)).press_pin()
    assert desk.at(LendingRefused).problem.code is Code(condition)
    assert not desk.tell(HolderConfirmed()).of(CloseLink)


# --- a number without a link --------------------------------------------------------------------------------------------


def asked_to_stop(condition: RegistryCondition = RegistryCondition.CURRENT) -> ScriptedCounter:
    desk = with_registry(condition)
    return desk.tell(UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.WISH), LibraryCardEntered(NUMBER.text))


@pytest.mark.parametrize("condition", [*PASSING, *STOPPING])
def test_a_number_without_a_link_here_is_stopped_everywhere_once_confirmed(condition: RegistryCondition) -> None:
    desk = asked_to_stop(condition)
    assert desk.at(ConfirmingStop).number == NUMBER
    assert not desk.of(CloseLink)
    desk.tell(UnlinkConfirmed())
    assert [(close.number, close.reason) for close in desk.of(CloseLink)] == [(NUMBER, UnlinkReason.WISH)]
    no_answer_in_time(desk)
    assert not desk.at(Unlinked).link_known


def test_a_link_that_is_known_is_not_called_a_stop() -> None:
    desk = with_registry(linked=(Card(),))
    unlinked(desk)
    assert desk.at(Unlinked).link_known


def test_stopping_can_be_left_and_taken_back() -> None:
    assert asked_to_stop().tell(BackPressed()).at(AskingUnlinkNumber).reason is UnlinkReason.WISH
    desk = asked_to_stop().tell(LeavePressed())
    desk.at(Waiting)
    assert not desk.of(CloseLink)


def test_a_counter_alone_has_nothing_to_stop() -> None:
    desk = ScriptedCounter().tell(UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.WISH), LibraryCardEntered(NUMBER.text))
    assert desk.at(UnlinkingRefused).problem.code is Code.NOTHING_TO_UNLINK


# --- what it tells beside -----------------------------------------------------------------------------------------------


def test_links_that_arrive_are_counted_until_all_are_here() -> None:
    desk = with_registry()
    assert desk.tell(LedgerLoading(500, 2000)).counter.registry_loading == (500, 2000)
    assert desk.tell(LedgerLoading(2000, 2000)).counter.registry_loading is None


def test_the_window_knows_of_another_clock_of_retiring_and_of_an_enrolment_beside_it() -> None:
    desk = with_registry().tell(RegistryClockRead(-86_400), CounterRetiring(), RestartNeeded())
    assert (desk.counter.registry_clock, desk.counter.registry_retiring, desk.counter.restart_needed) == (-86_400, True, True)
