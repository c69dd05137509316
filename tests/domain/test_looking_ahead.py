"""Link and patron are looked up while the card is still being read, and nothing of it is shown before the card is accepted."""

from __future__ import annotations

import pytest

from kiosk.domain.circulation import LoanList, Standing, Stop
from kiosk.domain.effects import Act, FindLinks, HandOver, LookUpPatron, ReadCard, RecordAct, ReleaseCard
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    CardFailed,
    CardKnown,
    CardRead,
    CardSlow,
    DayBegan,
    Event,
    HolderConfirmed,
    HomeChosen,
    LeavePressed,
    LibraryCardEntered,
    LinksFound,
    PatronFound,
    PatronRefused,
    RegistrationChosen,
    StoreFailed,
)
from kiosk.domain.model import CardReading, Insertion, Patron, Revocation, Service
from kiosk.domain.states import (
    AskingPin,
    ConfirmingHolder,
    CounterRules,
    FindingLink,
    HandoverWhen,
    LendingRefused,
    LookingUpPatron,
    PatronShown,
    Problem,
    Reading,
    ReadingTries,
    Waiting,
    When,
)
from tests.support.domain.scripted_counter import NUMBER, OTHER_NUMBER, OTHER_READER, TODAY, Card, ScriptedCounter, link, token
from tests.support.domain.scripted_library import Library

QUICK = CounterRules(confirm_holder=When.NEVER)
CARD, OTHER = Card("a"), Card("b")
AHEAD = (FindLinks, LookUpPatron)


def reading(rules: CounterRules = QUICK, card: Card = CARD, library: Library | None = None) -> tuple[ScriptedCounter, Insertion]:
    """A card is being read whose first block has come; nothing that was asked is answered yet."""
    desk = ScriptedCounter(rules, links=[link(CARD), link(OTHER, OTHER_NUMBER)], library=library or Library(), answering=False)
    insertion = desk.lay(card)
    desk.begin_to_read(insertion)
    return desk, insertion


def questions(desk: ScriptedCounter) -> list[type]:
    return [type(effect) for effect in desk.asked if isinstance(effect, AHEAD)]


def answer_ahead(desk: ScriptedCounter, count: int) -> None:
    for kind in AHEAD[:count]:
        desk.answer(kind)


@pytest.mark.parametrize("answers", [0, 1, 2])
def test_whatever_has_been_answered_ahead_is_asked_for_once_and_shown_once_the_card_is_accepted(answers: int) -> None:
    desk, insertion = reading()
    answer_ahead(desk, answers)
    desk.at(Reading)
    desk.answer(ReadCard)
    desk.at((FindingLink, LookingUpPatron, PatronShown)[answers])
    desk.answer_all()
    assert desk.at(PatronShown).patron == Patron(NUMBER, checked=True, standing=Standing(loans=0, loans_left=10, on_loan=LoanList.whole()))
    assert questions(desk) == [FindLinks, LookUpPatron]
    assert desk.of(ReleaseCard) == [ReleaseCard(insertion)]
    assert [record.act for record in desk.of(RecordAct)] == [Act.USE]


@pytest.mark.parametrize("answers", [0, 1, 2])
def test_looking_ahead_leads_where_looking_afterwards_does(answers: int) -> None:
    """Whatever is answered first, the patron shown is the same to the last field but tickets."""
    desk, _ = reading()
    answer_ahead(desk, answers)
    desk.answer(ReadCard).answer_all()
    straight = ScriptedCounter(QUICK, links=[link(CARD)], library=Library())
    straight.lay(CARD)
    assert desk.flow == straight.flow


@pytest.mark.parametrize("answers", [1, 2])
def test_nothing_is_shown_heard_written_or_let_go_before_the_card_is_accepted(answers: int) -> None:
    desk, _ = reading(CounterRules(handover=HandoverWhen.ON_TAP, confirm_holder=When.NEVER))
    before = len(desk.asked)
    answer_ahead(desk, answers)
    assert {type(effect).__name__ for effect in desk.asked[before:]} <= {"LookUpPatron", "StartTimer"}
    flow = desk.at(Reading)
    assert flow.early is not None
    assert not desk.of(RecordAct)


def test_the_holder_is_confirmed_before_anything_is_shown_here_too() -> None:
    desk, _ = reading(CounterRules(handover=HandoverWhen.ON_TAP))
    answer_ahead(desk, 2)
    desk.answer(ReadCard).at(ConfirmingHolder)
    assert not desk.of(HandOver)
    assert not desk.of(RecordAct)
    desk.tell(HolderConfirmed()).answer(FindLinks).at(PatronShown)
    assert len(desk.of(HandOver)) == 1


@pytest.mark.parametrize("answers", [0, 1, 2])
@pytest.mark.parametrize("code", [Code.NOT_MY_NUMBER_CARD, Code.CARD_EXPIRED, Code.CARD_STOPPED, Code.CARD_REMOVED])
def test_a_card_that_is_refused_takes_with_it_what_was_looked_up(code: Code, answers: int) -> None:
    desk, insertion = reading(card=Card("a", refused=code))
    answer_ahead(desk, answers)
    desk.answer(ReadCard)
    assert desk.at(LendingRefused).problem.code is code
    assert NUMBER.text not in repr(desk.flow)
    assert desk.of(RecordAct) == [RecordAct(Act.REFUSAL, None, code)]
    assert ReleaseCard(insertion) in desk.asked
    refused = desk.counter
    while desk.open:
        assert desk.answer().counter == refused, "late"


@pytest.mark.parametrize("answers", [0, 1, 2])
def test_a_certificate_that_turns_out_to_be_another_is_looked_up_anew(answers: int) -> None:
    desk, insertion = reading()
    answer_ahead(desk, answers)
    read = desk.of(ReadCard)[0]
    desk.open.remove(read)
    desk.tell(CardRead(read.ticket, insertion, CardReading(OTHER.token, Revocation.GOOD)))
    assert desk.at(FindingLink).reading.token == OTHER.token
    assert desk.of(FindLinks)[-1].tokens == (OTHER.token,)
    desk.answer_all()
    assert desk.at(PatronShown).patron.number == OTHER_NUMBER


@pytest.mark.parametrize("answers", [0, 1])
def test_a_card_without_a_link_is_refused_once_it_is_accepted(answers: int) -> None:
    desk, insertion = reading(card=Card("c"))
    answer_ahead(desk, answers)
    desk.at(Reading)
    desk.answer(ReadCard).answer_all()
    refused = desk.at(LendingRefused)
    assert refused.problem.code is Code.NOT_LINKED
    assert refused.insertion == insertion, "it may be registered where it lies"
    assert questions(desk) == [FindLinks]
    assert desk.of(RecordAct) == [RecordAct(Act.REFUSAL, None, Code.NOT_LINKED, Revocation.GOOD)]


@pytest.mark.parametrize("answers", [0, 1])
@pytest.mark.parametrize("when", [When.ALWAYS, When.FIRST_OF_DAY])
def test_where_a_pin_is_due_no_patron_is_looked_up_ahead(when: When, answers: int) -> None:
    desk, insertion = reading(CounterRules(confirm_holder=When.NEVER, lending_pin=when))
    answer_ahead(desk, answers)
    assert desk.of(LookUpPatron) == []
    desk.answer(ReadCard)
    while not isinstance(desk.flow, AskingPin):
        desk.answer()
    assert not desk.of(LookUpPatron)
    assert ReleaseCard(insertion) not in desk.asked, "it still has to verify"
    desk.answering = True
    desk.press_pin().at(PatronShown)
    assert questions(desk) == [FindLinks, FindLinks, LookUpPatron], "while the PIN is entered the card may be stopped elsewhere"


def test_where_the_pin_of_the_day_has_been_given_the_patron_is_looked_up_ahead() -> None:
    desk, insertion = reading(CounterRules(confirm_holder=When.NEVER, lending_pin=When.FIRST_OF_DAY))
    desk.answering = True
    desk.answer().press_pin().tell(LeavePressed()).lift(insertion)
    desk.answering = False
    desk.begin_to_read(desk.lay(CARD)).answer(FindLinks).answer(LookUpPatron).answer(ReadCard)
    desk.at(PatronShown)


def test_a_pin_that_midnight_makes_due_again_is_asked_for_whatever_was_looked_up() -> None:
    desk, insertion = reading(CounterRules(confirm_holder=When.NEVER, lending_pin=When.FIRST_OF_DAY))
    desk.answering = True
    desk.answer().press_pin().tell(LeavePressed()).lift(insertion)
    desk.answering = False
    insertion = desk.lay(CARD)
    desk.begin_to_read(insertion).answer(FindLinks).answer(LookUpPatron).tell(DayBegan(TODAY.replace(day=24)))
    before = len(desk.of(ReleaseCard))
    desk.answer(ReadCard).at(ReadingTries)
    assert len(desk.of(ReleaseCard)) == before


# --- what the library's system says ahead ----------------------------------------------------------------------------------

NO = {
    "expired": (Code.LIBRARY_CARD_EXPIRED, (("until", "2026-03-31"),)),
    "stopped": (Code.LIBRARY_CARD_STOPPED, (("stops", f"{Stop.CARD_LOST} {Stop.FINES}"), ("said", "Please see the staff"))),
    "unknown": (Code.LIBRARY_CARD_UNKNOWN, ()),
    "differs": (Code.LIBRARY_CARD_DIFFERS, ()),
}


@pytest.mark.parametrize("answers", [0, 1, 2])
@pytest.mark.parametrize(("code", "params"), NO.values(), ids=NO)
def test_a_library_card_that_is_no_good_is_refused_with_everything_that_was_said(
    code: Code, params: tuple[tuple[str, str], ...], answers: int
) -> None:
    desk, insertion = reading()
    desk.patron_refused, desk.patron_params = code, params
    answer_ahead(desk, answers)
    desk.at(Reading)
    desk.answer(ReadCard).answer_all()
    assert desk.at(LendingRefused).problem == Problem(code, params)
    assert desk.at(LendingRefused).insertion is None
    assert desk.of(RecordAct) == [RecordAct(Act.REFUSAL, NUMBER, code, Revocation.GOOD)]
    assert ReleaseCard(insertion) in desk.asked


@pytest.mark.parametrize("answers", [0, 1, 2])
@pytest.mark.parametrize("code", [Code.ILS_UNREACHABLE, Code.ILS_LOGIN_REFUSED, Code.ILS_NOT_TRUSTED])
def test_a_librarys_system_in_trouble_leaves_the_patron_unchecked_and_served(code: Code, answers: int) -> None:
    desk, _ = reading(library=Library(down=code))
    answer_ahead(desk, answers)
    desk.answer(ReadCard).answer_all()
    flow = desk.at(PatronShown)
    assert flow.patron == Patron(NUMBER, checked=False)
    assert flow.service is None
    assert [record.act for record in desk.of(RecordAct)] == [Act.USE]


def test_a_patron_with_stops_is_shown_with_them() -> None:
    desk, _ = reading(library=Library(Standing(stops=frozenset({Stop.FINES}))))
    answer_ahead(desk, 2)
    flow = desk.answer(ReadCard).at(PatronShown)
    assert flow.patron.standing.stops == {Stop.FINES}
    assert flow.service is not Service.LOAN


def test_a_store_in_trouble_ahead_is_asked_again_and_then_said() -> None:
    desk, _ = reading()
    desk.store_fails = Code.STORE_DAMAGED
    desk.answer(FindLinks)
    assert desk.at(Reading).early is None
    desk.answer(ReadCard).at(FindingLink)
    assert desk.answer_all().at(LendingRefused).problem.code is Code.STORE_DAMAGED
    desk, _ = reading()
    desk.store_fails = Code.STORE_LOCKED
    desk.answer(FindLinks).answer(ReadCard)
    desk.store_fails = None
    desk.answer_all().at(PatronShown)


def test_a_store_in_trouble_with_the_link_under_way_is_said() -> None:
    desk, _ = reading()
    desk.answer(ReadCard).at(FindingLink)
    desk.store_fails = Code.STORE_DAMAGED
    assert desk.answer_all().at(LendingRefused).problem.code is Code.STORE_DAMAGED


# --- cards that move -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [0, 1, 2])
def test_a_card_lifted_at_the_beep_is_shown_all_the_same(answers: int) -> None:
    desk, insertion = reading()
    desk.answer(ReadCard).lift(insertion)
    answer_ahead(desk, answers)
    assert desk.answer_all().at(PatronShown).patron.number == NUMBER


@pytest.mark.parametrize("answers", [0, 1, 2])
def test_a_card_lifted_before_it_is_read_shows_nothing(answers: int) -> None:
    desk, insertion = reading(card=Card("a", refused=Code.CARD_REMOVED))
    answer_ahead(desk, answers)
    desk.lift(insertion).at(Reading)
    desk.answer(ReadCard).answer_all()
    assert desk.at(LendingRefused).problem.code is Code.CARD_REMOVED
    assert NUMBER.text not in repr(desk.flow)


@pytest.mark.parametrize("answers", [0, 1, 2])
@pytest.mark.parametrize("is_read", [True, False])
def test_a_card_swapped_for_another_meanwhile_gives_way_to_it(is_read: bool, answers: int) -> None:
    desk, insertion = reading(card=Card("a", refused=None if is_read else Code.CARD_REMOVED))
    answer_ahead(desk, answers)
    desk.lift(insertion)
    second = desk.lay(OTHER)
    desk.answer(ReadCard)
    while getattr(desk.flow, "insertion", None) == insertion:
        desk.answer()
    assert desk.at(Reading) == Reading(desk.of(ReadCard)[-1].ticket, second)
    desk.answer_all()
    assert desk.at(PatronShown).patron.number == OTHER_NUMBER
    assert [record.number for record in desk.of(RecordAct)] == [OTHER_NUMBER]


def test_a_card_on_the_other_reader_waits_for_its_turn_and_is_read_where_it_lies() -> None:
    desk, _ = reading()
    answer_ahead(desk, 2)
    desk.lay(OTHER, OTHER_READER)
    desk.answering = True
    desk.answer()
    assert desk.at(PatronShown).patron.number == NUMBER
    desk.tell(LeavePressed())
    assert desk.at(PatronShown).patron.number == OTHER_NUMBER


def test_what_the_first_block_tells_of_another_card_or_question_means_nothing() -> None:
    desk, insertion = reading()
    before, read, elsewhere = desk.counter, desk.of(ReadCard)[0], Insertion(9, OTHER_READER)
    for event in (CardKnown(read.ticket, elsewhere, (OTHER.token,)), CardKnown(before.last_ticket, insertion, (OTHER.token,))):
        assert desk.tell(event).counter == before


def test_a_first_block_told_of_twice_is_believed_the_second_time() -> None:
    desk, insertion = reading()
    late = desk.open[-1]
    desk.begin_to_read(insertion, "b")
    flow = desk.at(Reading)
    assert flow.early is not None
    assert flow.early.tokens == (token("b"),)
    before = desk.counter
    assert desk.tell(desk.answer_to(late)).counter == before


def test_a_first_block_that_comes_when_no_card_is_read_means_nothing() -> None:
    desk = ScriptedCounter(QUICK, links=[link(CARD)], library=Library())
    insertion = desk.lay(CARD)
    shown = desk.at(PatronShown)
    assert desk.begin_to_read(insertion).flow == shown
    desk.tell(LeavePressed())
    waiting = desk.counter
    assert desk.begin_to_read(insertion).counter == waiting


# --- time ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [0, 1, 2])
def test_a_reading_that_nobody_waits_for_any_more_is_ended_and_its_answers_come_too_late(answers: int) -> None:
    desk, insertion = reading()
    answer_ahead(desk, answers)
    desk.leave_alone()
    assert desk.counter.idle_warning
    desk.leave_alone().at(Waiting)
    assert ReleaseCard(insertion) in desk.asked
    ended = desk.counter
    while desk.open:
        assert desk.answer().counter == ended


@pytest.mark.parametrize("answers", [0, 1, 2])
@pytest.mark.parametrize("leave", [LeavePressed(), HomeChosen(), RegistrationChosen()])
def test_a_slow_card_can_be_left_whatever_was_looked_up(leave: Event, answers: int) -> None:
    desk, insertion = reading()
    answer_ahead(desk, answers)
    desk.tell(CardSlow(insertion))
    assert desk.at(Reading).early is not None
    desk.tell(leave)
    left = desk.counter
    assert not isinstance(left.flow, Reading)
    while desk.open:
        assert desk.answer().counter == left


def test_a_library_system_that_is_slower_than_the_card_can_be_left() -> None:
    desk, _ = reading()
    desk.answer(FindLinks).answer(ReadCard).at(LookingUpPatron)
    desk.tell(LeavePressed()).at(Waiting)
    left = desk.counter
    assert desk.answer(LookUpPatron).counter == left


def test_a_former_cards_answers_never_reach_the_next_one() -> None:
    desk, insertion = reading()
    answer_ahead(desk, 1)
    [patron] = [question for question in desk.open if isinstance(question, LookUpPatron)]
    desk.tell(CardFailed(desk.of(ReadCard)[0].ticket, insertion, Code.CARD_REMOVED)).lift(insertion)
    desk.open.clear()
    desk.begin_to_read(desk.lay(OTHER))
    now = desk.counter
    for late in (
        PatronFound(patron.ticket, Patron(NUMBER, checked=True)),
        PatronRefused(patron.ticket, Code.LIBRARY_CARD_EXPIRED),
        LinksFound(patron.ticket, (link(CARD),), None),
        StoreFailed(patron.ticket, Code.STORE_DAMAGED),
    ):
        assert desk.tell(late).counter == now


def test_a_library_card_shown_meanwhile_is_not_mixed_up_with_the_card_being_read() -> None:
    desk, _ = reading()
    desk.tell(LibraryCardEntered(OTHER_NUMBER.text))
    assert (desk.at(LookingUpPatron).number, desk.at(LookingUpPatron).insertion) == (OTHER_NUMBER, None)
    desk.answer(LookUpPatron)
    assert desk.at(PatronShown).patron.number == OTHER_NUMBER
    shown = desk.counter
    assert desk.answer_all().counter == shown
