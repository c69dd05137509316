"""The number is typed into another program's window: after a verified tap, or when a service handled there is chosen."""

from __future__ import annotations

import pytest

from kiosk.domain.codefacts import Family
from kiosk.domain.consequences import has_consequences
from kiosk.domain.effects import Act, HandOver, Play, RecordAct
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    HandedOver,
    HandoverAsked,
    HandoverFailed,
    HolderConfirmed,
    HolderDenied,
    IlsChanged,
    ItemEntered,
    LeavePressed,
    LibraryCardEntered,
    ServiceChosen,
)
from kiosk.domain.handed import Handed
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.machine import step
from kiosk.domain.model import IlsCondition, LocalService, Service, Sound
from kiosk.domain.states import ConfirmingHolder, CounterRules, Handing, HandoverWhen, LendingRefused, PatronShown, Problem, When
from tests.support.domain.scripted_counter import NUMBER, OTHER_NUMBER, Card, ScriptedCounter, link
from tests.support.domain.scripted_library import Library

CARD, OTHER = Card("a"), Card("b")
LOCAL = LocalService("視聴覚室")
ELSEWHERE = [*(service for service in Service if service not in ITEM_SERVICES), LOCAL]


def desk_with(
    handover: HandoverWhen, library: Library | None = None, confirm: When = When.NEVER, pin: When = When.NEVER
) -> ScriptedCounter:
    rules = CounterRules(confirm_holder=confirm, lending_pin=pin, handover=handover, local_services=(LOCAL,))
    return ScriptedCounter(rules, links=[link(CARD), link(OTHER, OTHER_NUMBER)], library=library)


def handed(desk: ScriptedCounter) -> list[str]:
    return [effect.number.text for effect in desk.of(HandOver)]


# --- on tap ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("library", [None, Library()], ids=["no library system", "library system"])
def test_a_verified_tap_hands_the_number_over_once(library: Library | None) -> None:
    desk = desk_with(HandoverWhen.ON_TAP, library)
    desk.lay(CARD)
    assert desk.at(PatronShown).handing is Handing.DONE
    desk.tell(*(ServiceChosen(service) for service in (*Service, LOCAL)))
    assert handed(desk) == [NUMBER.text]


def test_the_number_is_not_handed_over_before_the_holder_is_confirmed() -> None:
    desk = desk_with(HandoverWhen.ON_TAP, confirm=When.ALWAYS)
    desk.lay(CARD)
    desk.at(ConfirmingHolder)
    assert not handed(desk)
    desk.tell(HolderConfirmed()).at(PatronShown)
    assert handed(desk) == [NUMBER.text]


def test_the_number_is_not_handed_over_for_somebody_who_is_not_the_holder() -> None:
    desk = desk_with(HandoverWhen.ON_TAP, confirm=When.ALWAYS)
    desk.lay(CARD)
    desk.tell(HolderDenied()).at(LendingRefused)
    assert not handed(desk)


def test_the_number_is_not_handed_over_before_the_pin_where_one_is_due() -> None:
    desk = desk_with(HandoverWhen.ON_TAP, pin=When.ALWAYS)
    desk.lay(CARD)
    assert not handed(desk)
    desk.press_pin().at(PatronShown)
    assert handed(desk) == [NUMBER.text]


def test_the_number_is_handed_over_although_the_library_card_could_not_be_checked() -> None:
    desk = desk_with(HandoverWhen.ON_TAP, Library(down=Code.ILS_UNREACHABLE))
    desk.lay(CARD)
    assert not desk.at(PatronShown).patron.checked
    assert handed(desk) == [NUMBER.text]


@pytest.mark.parametrize("refused", [Code.LIBRARY_CARD_EXPIRED, Code.LIBRARY_CARD_STOPPED, Code.LIBRARY_CARD_DIFFERS])
def test_the_number_of_a_library_card_that_is_no_good_is_not_handed_over(refused: Code) -> None:
    desk = desk_with(HandoverWhen.ON_TAP, Library())
    desk.patron_refused = refused
    desk.lay(CARD)
    assert not handed(desk)


@pytest.mark.parametrize("library", [None, Library()], ids=["no library system", "library system"])
def test_a_library_card_scanned_or_typed_is_handed_over_only_when_staff_ask(library: Library | None) -> None:
    desk = desk_with(HandoverWhen.ON_TAP, library).tell(LibraryCardEntered(NUMBER.text))
    desk.tell(*(ServiceChosen(service) for service in (*Service, LOCAL)))
    assert not handed(desk)
    assert desk.at(PatronShown).handing is Handing.NOT
    assert handed(desk.tell(HandoverAsked())) == [NUMBER.text]


def test_each_patron_is_handed_over() -> None:
    desk = desk_with(HandoverWhen.ON_TAP)
    desk.lift(desk.lay(CARD))
    desk.lay(OTHER)
    assert handed(desk) == [NUMBER.text, OTHER_NUMBER.text]


# --- on choice ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", ELSEWHERE)
def test_a_service_done_elsewhere_hands_the_number_over_when_it_is_chosen(service: Service | LocalService) -> None:
    desk = desk_with(HandoverWhen.ON_CHOICE, Library())
    desk.lay(CARD)
    assert not handed(desk)
    desk.tell(ServiceChosen(service))
    assert handed(desk) == [NUMBER.text]
    assert desk.at(PatronShown).handing is Handing.DONE
    assert [record.act for record in desk.of(RecordAct)] == [Act.USE, Act.SERVICE]


@pytest.mark.parametrize("service", ITEM_SERVICES)
def test_a_service_done_here_hands_nothing_over(service: Service) -> None:
    desk = desk_with(HandoverWhen.ON_CHOICE, Library()).tell(LibraryCardEntered(NUMBER.text), ServiceChosen(service))
    assert not handed(desk)


@pytest.mark.parametrize("service", [*Service, LOCAL])
def test_without_a_library_system_every_service_is_done_elsewhere(service: Service | LocalService) -> None:
    desk = desk_with(HandoverWhen.ON_CHOICE).tell(LibraryCardEntered(NUMBER.text), ServiceChosen(service))
    assert handed(desk) == [NUMBER.text]
    [record] = desk.of(RecordAct)
    assert record.service == (service.value if isinstance(service, Service) else "local")
    shown = desk.flow
    assert desk.tell(ItemEntered("1103447109")).flow == shown, "there is nobody to ask"


def test_a_library_system_out_of_reach_is_connected_all_the_same() -> None:
    desk = desk_with(HandoverWhen.ON_CHOICE, Library(down=Code.ILS_UNREACHABLE))
    desk.lay(CARD)
    desk.tell(ServiceChosen(Service.LOAN))
    assert not handed(desk)


def test_a_choice_while_the_number_is_on_its_way_hands_it_over_no_second_time() -> None:
    desk = desk_with(HandoverWhen.ON_CHOICE)
    desk.lay(CARD)
    desk.answering = False
    desk.tell(ServiceChosen(Service.LOAN), ServiceChosen(Service.HOLD), HandoverAsked())
    assert handed(desk) == [NUMBER.text]
    assert len([record for record in desk.of(RecordAct) if record.act is Act.SERVICE]) == 2


# --- what became of it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [code for code in Code if code.about.family is Family.HANDOVER])
def test_a_number_that_did_not_arrive_is_said_and_asked_for_again_only_by_staff(code: Code) -> None:
    desk = desk_with(HandoverWhen.ON_TAP, Library())
    desk.window_fails = code
    desk.lay(CARD)
    flow = desk.at(PatronShown)
    assert (flow.handing, flow.handing_problem) == (Handing.FAILED, Problem(code))
    assert desk.of(Play)[-1] == Play(Sound.REFUSED)
    desk.tell(ServiceChosen(Service.LOAN), ItemEntered("1103447109"), ServiceChosen(Service.INTERNET_TERMINAL))
    assert handed(desk) == [NUMBER.text]
    desk.window_fails = None
    flow = desk.tell(HandoverAsked()).at(PatronShown)
    assert (flow.handing, flow.handing_problem) == (Handing.DONE, None)
    assert handed(desk) == [NUMBER.text] * 2


def test_what_is_told_of_a_failure_is_kept_for_its_sentence() -> None:
    desk = desk_with(HandoverWhen.ON_TAP)
    desk.answering = False
    desk.lay(CARD)
    while not desk.of(HandOver):
        desk.answer()
    desk.tell(HandoverFailed(desk.of(HandOver)[-1].ticket, Code.HANDOVER_CHANGED, (("typed", 5),)))
    assert desk.at(PatronShown).handing_problem == Problem(Code.HANDOVER_CHANGED, (("typed", 5),))


def test_a_number_in_a_field_that_cannot_be_checked_is_handed_over_and_said() -> None:
    desk = desk_with(HandoverWhen.ON_TAP)
    desk.answering = False
    desk.lay(CARD)
    while not desk.of(HandOver):
        desk.answer()
    desk.tell(HandedOver(desk.of(HandOver)[-1].ticket, Handed(checked=False, clipboard_lost=True)))
    flow = desk.at(PatronShown)
    assert (flow.handing, flow.handed, flow.clipboard_lost) == (Handing.UNCHECKED, True, True)
    desk.tell(HandoverAsked())
    assert not desk.at(PatronShown).clipboard_lost


def test_the_target_is_that_of_the_chosen_service() -> None:
    desk = desk_with(HandoverWhen.ON_CHOICE)
    desk.lay(CARD)
    desk.tell(ServiceChosen(Service.NDL_DIGITAL))
    assert [asked.service for asked in desk.of(HandOver)] == [Service.NDL_DIGITAL]


def test_while_the_number_is_on_its_way_that_is_shown_and_no_former_trouble() -> None:
    desk = desk_with(HandoverWhen.ON_TAP)
    desk.window_fails = Code.HANDOVER_NO_WINDOW
    desk.lay(CARD)
    desk.answering = False
    flow = desk.tell(HandoverAsked()).at(PatronShown)
    assert (flow.handing, flow.handing_problem) == (Handing.UNDER_WAY, None)


def test_nothing_is_handed_over_where_the_library_does_not_want_it() -> None:
    desk = desk_with(HandoverWhen.OFF)
    desk.lay(CARD)
    desk.tell(HandoverAsked(), *(ServiceChosen(service) for service in Service))
    assert not handed(desk)


def test_what_became_of_a_former_patrons_number_is_not_shown_at_the_next() -> None:
    desk = desk_with(HandoverWhen.ON_TAP)
    desk.answering = False
    insertion = desk.lay(CARD)
    while not desk.of(HandOver):
        desk.answer()
    [former] = desk.of(HandOver)
    desk.open.clear()
    desk.tell(LeavePressed()).lift(insertion).lay(OTHER)
    while len(desk.of(HandOver)) < 2:
        desk.answer()
    now = desk.counter
    for late in (HandedOver(former.ticket), HandoverFailed(former.ticket, Code.HANDOVER_CHANGED)):
        assert desk.tell(late).counter == now
    assert desk.at(PatronShown).handing is Handing.UNDER_WAY


def test_an_answer_that_comes_twice_changes_nothing_the_second_time() -> None:
    desk = desk_with(HandoverWhen.ON_TAP)
    desk.window_fails = Code.HANDOVER_NO_WINDOW
    desk.lay(CARD)
    now = desk.counter
    assert desk.tell(HandedOver(desk.of(HandOver)[0].ticket)).counter == now


@pytest.mark.parametrize("service", ITEM_SERVICES)
def test_while_the_library_system_is_down_the_number_goes_to_its_own_window_at_the_choice_of_any_service(service: Service) -> None:
    desk = desk_with(HandoverWhen.ON_CHOICE, Library())
    desk.lay(CARD)
    desk.at(PatronShown)
    desk.tell(ServiceChosen(service))
    assert handed(desk) == []
    desk.tell(IlsChanged(IlsCondition.UNREACHABLE), ServiceChosen(service))
    assert handed(desk) == [NUMBER.text]
    assert desk.at(PatronShown).service is service
    desk.tell(IlsChanged(IlsCondition.READY), ServiceChosen(service))
    assert handed(desk) == [NUMBER.text]


# --- by keyboard ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", [*Service, LOCAL], ids=str)
@pytest.mark.parametrize("handover", HandoverWhen)
@pytest.mark.parametrize("library", [None, Library(), Library(down=Code.ILS_UNREACHABLE)], ids=["none", "there", "down"])
def test_a_service_that_types_the_number_takes_more_than_a_tapped_key(
    service: Service | LocalService, handover: HandoverWhen, library: Library | None
) -> None:
    desk = desk_with(handover, library).tell(LibraryCardEntered(NUMBER.text))
    _, effects = step(desk.counter, ServiceChosen(service))
    assert has_consequences(desk.counter, ServiceChosen(service)) is any(isinstance(effect, HandOver) for effect in effects)
