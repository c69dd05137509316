"""The end of a patron's session: nothing is lost while something is unanswered, the slip comes first, the next card is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.domain.circulation import Item, Reason, Told
from kiosk.domain.consequences import Open, has_consequences, why_open
from kiosk.domain.effects import DescribeItem, ListLoans, PrintSlip, ReadCard, RecordAct, ServeItem, StartTimer
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    CardPlaced,
    Event,
    HomeChosen,
    ItemEntered,
    LanguageChosen,
    LeavePressed,
    LeavingConfirmed,
    LibraryCardEntered,
    RegistrationChosen,
    RenewalChosen,
    ServiceChosen,
    SlipChosen,
    UnlinkingChosen,
)
from kiosk.domain.model import Language, Service
from kiosk.domain.slip import Slip, SlipKind, SlipLine
from kiosk.domain.states import (
    ChoosingApplicant,
    CounterRules,
    LendingRefused,
    PatronShown,
    Reading,
    Stayed,
    Waiting,
    When,
)
from tests.support.domain.scripted_counter import NUMBER, OTHER_NUMBER, OTHER_READER, Card, ScriptedCounter, link
from tests.support.domain.scripted_library import DUE, RENEWED_DUE, Library, title

QUICK = CounterRules(confirm_holder=When.NEVER, prints_slips=True)
ON_LIFT = CounterRules(confirm_holder=When.NEVER, prints_slips=True, end_on_lift=True)
A, B, C = "1103447109", "1100892031", "1098221670"
FIRST, SECOND = Card("a"), Card("b")


def served(library: Library | None = None, rules: CounterRules = QUICK) -> ScriptedCounter:
    """The first of two patrons is shown, whose card lies on the reader; the library's system waits to be told to answer."""
    desk = ScriptedCounter(rules, links=[link(FIRST), link(SECOND, OTHER_NUMBER)], library=library or Library())
    desk.lay(FIRST)
    desk.at(PatronShown)
    desk.answering = False
    return desk


def with_slip(kind: SlipKind, library: Library | None = None) -> ScriptedCounter:
    return served(library, CounterRules(confirm_holder=When.NEVER, prints_slips=True, slip=kind))


def scan(desk: ScriptedCounter, *items: str) -> ScriptedCounter:
    return desk.tell(*(ItemEntered(item) for item in items))


def lay_the_next(desk: ScriptedCounter) -> None:
    """On the other reader, while the first card may still lie."""
    desk.lay(SECOND, OTHER_READER)


def press(*events: Event) -> Callable[[ScriptedCounter], object]:
    return lambda desk: desk.tell(*events)


def lift(desk: ScriptedCounter) -> None:
    desk.lift(desk.counter.cards[0])


ENDS = {
    "F12": press(LeavePressed()),
    "home": press(HomeChosen(), LeavingConfirmed()),
    "F2": press(RegistrationChosen(), LeavingConfirmed()),
    "F3": press(UnlinkingChosen(), LeavingConfirmed()),
    "next card": lay_the_next,
    "lifting": lift,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_session_left_while_something_is_unanswered_ends_when_it_is_answered(end: Callable[[ScriptedCounter], object]) -> None:
    library = Library()
    desk = scan(served(library, ON_LIFT), A, B)
    end(desk)
    assert desk.at(PatronShown).leaving
    assert desk.at(PatronShown).patron.number == NUMBER
    desk.answer(ServeItem)
    assert desk.at(PatronShown).patron.number == NUMBER
    desk.answer(ServeItem)
    assert not isinstance(desk.flow, PatronShown)
    assert library.on_loan == [A, B]


@pytest.mark.parametrize("reason", [Reason.RESERVED, Reason.LOST_ANSWER])
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_session_left_stays_when_something_is_refused_or_unknown(end: Callable[[ScriptedCounter], object], reason: Reason) -> None:
    desk = scan(served(Library(says={A: reason}), ON_LIFT), A, B)
    end(desk)
    desk.answer_all()
    flow = desk.at(PatronShown)
    assert not flow.leaving
    assert [entry.reason for entry in flow.dealings.entries] == [None, reason]


def test_the_next_patrons_card_is_read_where_it_lies_when_all_is_answered() -> None:
    desk = scan(served(), A)
    lay_the_next(desk)
    assert len(desk.of(ReadCard)) == 1
    desk.answer(ServeItem)
    assert desk.at(Reading).insertion == desk.counter.cards[-1]
    desk.answer_all()
    assert desk.at(PatronShown).patron.number == OTHER_NUMBER
    assert desk.counter.spent == {desk.counter.cards[0]}


@pytest.mark.parametrize("then", [ENDS["F12"], ENDS["home"], lambda desk: desk.leave_alone().leave_alone()])
def test_the_next_patrons_card_is_read_where_it_lies_once_a_refusal_has_been_seen_to(then: Callable[[ScriptedCounter], object]) -> None:
    desk = scan(served(Library(says={A: Reason.RESERVED})), A)
    lay_the_next(desk)
    desk.answer(ServeItem)
    assert desk.at(PatronShown).patron.number == NUMBER
    then(desk)
    assert desk.at(Reading).insertion == desk.counter.cards[-1]
    idle = next(timer for timer in reversed(desk.of(StartTimer)) if timer.ticket == desk.counter.idle_ticket)
    assert idle.seconds == desk.counter.rules.idle_seconds, "the next patron has all the time again"
    assert not desk.counter.idle_warning
    desk.answer_all()
    assert desk.at(PatronShown).patron.number == OTHER_NUMBER


def test_the_next_patron_on_the_same_reader_is_read_too() -> None:
    desk = scan(served(), A)
    lift(desk)
    desk.lay(SECOND)
    assert desk.at(PatronShown).patron.number == NUMBER
    desk.answer_all()
    assert desk.at(PatronShown).patron.number == OTHER_NUMBER


def test_a_next_card_taken_away_again_is_not_read() -> None:
    desk = scan(served(), A)
    lay_the_next(desk)
    desk.lift(desk.counter.cards[-1]).answer(ServeItem)
    desk.at(Waiting)
    assert len(desk.of(ReadCard)) == 1


def test_a_card_that_is_told_of_twice_ends_nothing() -> None:
    desk = scan(served(), A)
    desk.tell(CardPlaced(desk.counter.cards[0])).answer(ServeItem)
    assert desk.at(PatronShown).patron.number == NUMBER


def test_idle_time_never_ends_what_is_unanswered() -> None:
    desk = scan(served(), A)
    for _ in range(3):
        assert not desk.leave_alone().counter.idle_warning
    assert desk.seconds() == desk.counter.rules.idle_seconds
    desk.answer(ServeItem).leave_alone()
    assert desk.counter.idle_warning
    desk.leave_alone().at(Waiting)


def test_scanning_on_calls_the_leaving_off() -> None:
    desk = scan(served().tell(ItemEntered(A), LeavePressed()), B)
    assert not desk.at(PatronShown).leaving
    desk.answer(ServeItem).answer(ServeItem)
    assert [entry.item.number for entry in desk.at(PatronShown).dealings.entries] == [B, A]


def test_choosing_a_service_calls_the_leaving_off() -> None:
    desk = scan(served(), A).tell(LeavePressed(), ServiceChosen(Service.HOLD)).answer(ServeItem)
    assert desk.at(PatronShown).service is Service.HOLD


def test_a_double_trigger_does_not_call_the_leaving_off() -> None:
    desk = scan(scan(served(), A).tell(LeavePressed()), A)
    desk.answer(ServeItem).at(Waiting)


def test_what_is_no_items_number_is_not_walked_away_from() -> None:
    desk = scan(scan(served(), A).tell(LeavePressed()), "")
    assert desk.answer(ServeItem).at(PatronShown).wrong is not None


def test_nothing_of_a_patron_remains_when_the_session_has_ended() -> None:
    desk = scan(served(Library(on_loan=[C])), A).answer(ServeItem).tell(ServiceChosen(Service.RENEWAL))
    desk.tell(LanguageChosen(Language.ENGLISH), LeavePressed()).at(Waiting)
    assert not {NUMBER.text, A, C} & set(repr(desk.counter).split("'"))
    assert desk.counter.language is Language.JAPANESE


def test_lifting_means_nothing_unless_the_library_says_so() -> None:
    desk = served()
    lift(desk)
    desk.at(PatronShown)


def test_lifting_another_card_ends_nothing() -> None:
    desk = scan(served(rules=ON_LIFT), A)
    lay_the_next(desk)
    desk.tell(ItemEntered(B)).lift(desk.counter.cards[-1])
    assert not desk.at(PatronShown).leaving


# --- slips ----------------------------------------------------------------------------------------------------------------


DUES = {Service.LOAN: DUE, Service.RENEWAL: RENEWED_DUE, Service.HOLD: None}


def line(number: str, service: Service = Service.LOAN) -> SlipLine:
    return SlipLine(Item(number, title(number), DUES[service]), service, position=2 if service is Service.HOLD else None)


def printed(desk: ScriptedCounter) -> list[Slip]:
    return [effect.slip for effect in desk.of(PrintSlip)]


def test_todays_slip_has_what_was_done_as_it_is_to_be_brought_back() -> None:
    desk = with_slip(SlipKind.TODAY, Library(on_loan=[C], says={"13": Reason.RESERVED, "14": Reason.LOST_ANSWER}))
    desk.answering = True
    scan(desk, "13", "14").tell(ServiceChosen(Service.RENEWAL), RenewalChosen(C), ServiceChosen(Service.HOLD))
    scan(desk, B).tell(ServiceChosen(Service.LOAN))
    scan(desk, A).tell(LeavePressed())
    assert printed(desk) == [Slip(SlipKind.TODAY, NUMBER, (line(A), line(C, Service.RENEWAL), line(B, Service.HOLD)))]


def test_todays_slip_waits_for_what_is_unanswered_and_is_printed_once() -> None:
    desk = scan(with_slip(SlipKind.TODAY), A).tell(LeavePressed())
    assert not printed(desk)
    desk.answer(ServeItem).tell(LeavePressed()).at(Waiting)
    assert printed(desk) == [Slip(SlipKind.TODAY, NUMBER, (line(A),))]


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_every_end_of_a_session_prints_its_slip(end: Callable[[ScriptedCounter], object]) -> None:
    desk = served(rules=CounterRules(confirm_holder=When.NEVER, prints_slips=True, slip=SlipKind.TODAY, end_on_lift=True))
    end(scan(desk, A).answer(ServeItem))
    assert printed(desk) == [Slip(SlipKind.TODAY, NUMBER, (line(A),))]


def test_a_session_left_alone_prints_its_slip_too() -> None:
    desk = scan(with_slip(SlipKind.TODAY), A).answer(ServeItem).leave_alone()
    assert not printed(desk)
    desk.leave_alone().at(Waiting)
    assert printed(desk) == [Slip(SlipKind.TODAY, NUMBER, (line(A),))]


@pytest.mark.parametrize("kind", [SlipKind.NONE, SlipKind.TODAY])
def test_nothing_is_printed_when_none_is_wanted_or_nothing_was_done(kind: SlipKind) -> None:
    desk = with_slip(kind, Library(on_loan=[C], says={B: Reason.RESERVED}))
    scan(desk, *([A] if kind is SlipKind.NONE else []), B).answer_all()
    desk.tell(LeavePressed()).at(Waiting)
    assert not printed(desk)
    assert not desk.of(ListLoans)


def test_a_slip_of_all_prints_nothing_where_nothing_is_on_loan() -> None:
    desk = with_slip(SlipKind.ALL).tell(LeavePressed()).answer_all()
    desk.at(Waiting)
    assert not printed(desk)


def test_the_slip_of_all_waits_for_the_list_and_every_title() -> None:
    desk = with_slip(SlipKind.ALL, Library(on_loan=[B, C]))
    scan(desk, A).answer(ServeItem).tell(LeavePressed())
    for kind in (ListLoans, DescribeItem, DescribeItem):
        assert desk.at(PatronShown).leaving
        assert not printed(desk)
        desk.answer(kind)
    assert printed(desk) == [Slip(SlipKind.ALL, NUMBER, (line(B), line(C), line(A)))]
    desk.at(Waiting)
    assert [effect.item for effect in desk.of(DescribeItem)] == [B, C], "what has just been lent is known"


def test_the_slip_of_all_waits_for_what_is_unanswered_first() -> None:
    desk = scan(with_slip(SlipKind.ALL, Library(on_loan=[B])), A).tell(LeavePressed())
    desk.answer(ServeItem)
    assert desk.of(ListLoans)
    desk.answer_all()
    assert printed(desk) == [Slip(SlipKind.ALL, NUMBER, (line(B), line(A)))]


def test_the_slip_of_all_is_printed_at_once_when_all_is_known() -> None:
    desk = with_slip(SlipKind.ALL, Library(on_loan=[B])).tell(ServiceChosen(Service.RENEWAL)).answer_all()
    desk.tell(LeavePressed()).at(Waiting)
    assert printed(desk) == [Slip(SlipKind.ALL, NUMBER, (line(B),))]
    assert len(desk.of(ListLoans)) == 1


def test_titles_that_are_being_fetched_already_are_only_waited_for() -> None:
    desk = with_slip(SlipKind.ALL, Library(on_loan=[B, C])).tell(ServiceChosen(Service.RENEWAL)).answer(ListLoans)
    desk.tell(LeavePressed()).answer_all().at(Waiting)
    assert printed(desk) == [Slip(SlipKind.ALL, NUMBER, (line(B), line(C)))]
    assert len(desk.of(ListLoans)) == 1


@pytest.mark.parametrize("meanwhile", [lay_the_next, lift], ids=["next card", "lifting"])
def test_a_card_that_comes_or_goes_does_not_cut_the_slip_short(meanwhile: Callable[[ScriptedCounter], object]) -> None:
    rules = CounterRules(confirm_holder=When.NEVER, prints_slips=True, slip=SlipKind.ALL, end_on_lift=True)
    desk = served(Library(on_loan=[B, C]), rules).tell(LeavePressed()).answer(ListLoans)
    meanwhile(desk)
    assert not printed(desk)
    desk.answer(DescribeItem).answer(DescribeItem)
    assert printed(desk) == [Slip(SlipKind.ALL, NUMBER, (line(B), line(C)))]


def test_the_next_card_is_read_when_the_slip_of_all_has_been_printed() -> None:
    desk = with_slip(SlipKind.ALL, Library(on_loan=[B]))
    lay_the_next(desk)
    desk.answer_all()
    assert printed(desk) == [Slip(SlipKind.ALL, NUMBER, (line(B),))]
    assert desk.at(PatronShown).patron.number == OTHER_NUMBER


@pytest.mark.parametrize("again", [press(LeavePressed()), press(HomeChosen(), LeavingConfirmed())], ids=["F12", "home"])
def test_asking_to_leave_again_does_not_wait_for_the_slip(again: Callable[[ScriptedCounter], object]) -> None:
    desk = scan(with_slip(SlipKind.ALL, Library(on_loan=[B])), A).answer(ServeItem).tell(LeavePressed())
    again(desk)
    assert not isinstance(desk.flow, PatronShown)
    assert printed(desk) == [Slip(SlipKind.TODAY, NUMBER, (line(A),), told=Told.NOTHING, counted=2)], "what there is"
    assert desk.answer_all().of(PrintSlip) == desk.of(PrintSlip)


def test_a_slip_that_nobody_waits_for_any_more_does_not_hold_the_patron_on_the_screen() -> None:
    desk = with_slip(SlipKind.ALL, Library(on_loan=[B])).leave_alone().leave_alone()
    assert desk.at(PatronShown).leaving
    assert not desk.counter.idle_warning
    assert desk.seconds() == desk.counter.rules.idle_seconds
    desk.leave_alone().leave_alone().at(Waiting)


def test_a_librarys_system_dead_by_then_lets_everybody_leave_and_the_slip_says_so() -> None:
    library = Library(on_loan=[B])
    desk = scan(with_slip(SlipKind.ALL, library), A).answer(ServeItem)
    library.down = Code.ILS_UNREACHABLE
    lay_the_next(desk)
    desk.answer(ListLoans)
    assert desk.at(Reading).insertion == desk.counter.cards[-1]
    assert printed(desk) == [Slip(SlipKind.TODAY, NUMBER, (line(A),), told=Told.NOTHING, counted=2)]


@pytest.mark.parametrize("is_back", [True, False])
def test_loans_that_could_not_be_listed_before_are_asked_for_anew_on_leaving(is_back: bool) -> None:
    library = Library(on_loan=[B])
    desk = with_slip(SlipKind.ALL, library)
    library.down = Code.ILS_UNREACHABLE
    desk.tell(ServiceChosen(Service.RENEWAL)).answer_all()
    library.down = None if is_back else Code.ILS_LOGIN_REFUSED
    desk.tell(LeavePressed()).answer_all().at(Waiting)
    not_listed = Slip(SlipKind.TODAY, NUMBER, told=Told.NOTHING, counted=1)
    assert printed(desk) == [Slip(SlipKind.ALL, NUMBER, (line(B),)) if is_back else not_listed]


def test_titles_that_cannot_be_had_leave_their_numbers_on_the_slip() -> None:
    library = Library(on_loan=[B, C])
    desk = with_slip(SlipKind.ALL, library).tell(LeavePressed()).answer(ListLoans).answer(DescribeItem)
    library.down = Code.ILS_UNREACHABLE
    desk.answer_all().at(Waiting)
    assert printed(desk) == [Slip(SlipKind.ALL, NUMBER, (line(B), SlipLine(Item(C), Service.LOAN)))]


def test_a_patron_who_could_not_be_checked_is_not_waited_for() -> None:
    desk = with_slip(SlipKind.ALL, Library(down=Code.ILS_UNREACHABLE)).tell(LeavePressed())
    desk.at(Waiting)
    assert not desk.of(ListLoans)


def test_what_was_lent_all_the_same_to_a_patron_who_could_not_be_checked_is_on_the_slip() -> None:
    library = Library(on_loan=[B], down=Code.ILS_UNREACHABLE)
    desk = with_slip(SlipKind.ALL, library).tell(ServiceChosen(Service.LOAN))
    library.down = None
    scan(desk, A).answer(ServeItem).tell(LeavePressed()).answer_all().at(Waiting)
    assert printed(desk) == [Slip(SlipKind.ALL, NUMBER, (line(B), line(A)))]


@pytest.mark.parametrize("kind", [SlipKind.NONE, SlipKind.TODAY, SlipKind.ALL])
def test_staff_choose_the_slip_of_one_session(kind: SlipKind) -> None:
    desk = scan(with_slip(SlipKind.TODAY, Library(on_loan=[B])), A).tell(SlipChosen(kind), LeavePressed()).answer_all()
    assert [slip.kind for slip in printed(desk)] == ([] if kind is SlipKind.NONE else [kind])
    desk.answering = True
    desk.tell(LibraryCardEntered(NUMBER.text))
    assert desk.at(PatronShown).slip is SlipKind.TODAY


def test_no_slip_is_chosen_where_none_is_printed_nor_the_one_of_a_registration() -> None:
    desk = served(rules=CounterRules(confirm_holder=When.NEVER)).tell(SlipChosen(SlipKind.TODAY))
    assert desk.at(PatronShown).slip is SlipKind.NONE
    assert served().tell(SlipChosen(SlipKind.RECORDED)).at(PatronShown).slip is SlipKind.NONE


def test_choosing_no_slip_frees_a_session_that_waits_for_it() -> None:
    desk = with_slip(SlipKind.ALL, Library(on_loan=[B])).tell(LeavePressed(), SlipChosen(SlipKind.NONE))
    desk.at(Waiting)


def test_a_slip_is_printed_in_the_language_the_patron_has_chosen() -> None:
    desk = scan(with_slip(SlipKind.TODAY), A).answer(ServeItem).tell(LanguageChosen(Language.ENGLISH), LeavePressed())
    assert printed(desk)[0].language is Language.ENGLISH


def test_a_page_of_the_rail_opens_once_the_slip_is_on_its_way() -> None:
    desk = with_slip(SlipKind.ALL, Library(on_loan=[B])).tell(RegistrationChosen())
    assert desk.at(PatronShown).leaving
    desk.answer_all().at(ChoosingApplicant)
    assert len(printed(desk)) == 1


# --- the library card beside a refused card --------------------------------------------------------------------------------


def test_a_card_refused_before_the_library_card_was_shown_is_not_read_again_after_it() -> None:
    desk = ScriptedCounter(QUICK, library=Library())
    desk.lay(Card())
    desk.at(LendingRefused)
    desk.tell(LibraryCardEntered(NUMBER.text)).at(PatronShown)
    desk.tell(LeavePressed()).at(Waiting)
    assert len(desk.of(ReadCard)) == 1
    assert len(desk.of(RecordAct)) == 1
    assert desk.counter.spent == frozenset(desk.counter.cards)


def test_a_card_laid_while_the_library_card_is_looked_up_is_read_after_it() -> None:
    desk = ScriptedCounter(QUICK, links=[link(SECOND, OTHER_NUMBER)], library=Library(), answering=False)
    desk.tell(LibraryCardEntered(NUMBER.text))
    desk.lay(SECOND)
    desk.answering = True
    desk.answer()
    assert desk.at(PatronShown).patron.number == NUMBER
    desk.tell(LeavePressed())
    assert desk.at(PatronShown).patron.number == OTHER_NUMBER


# --- a session that was to end and goes on says why


@pytest.mark.parametrize("end", [ENDS["F12"], ENDS["home"], lay_the_next], ids=["F12", "home", "next card"])
@pytest.mark.parametrize(("reason", "stayed"), [(Reason.RESERVED, Stayed.REFUSED), (Reason.LOST_ANSWER, Stayed.UNSURE)])
def test_why_a_session_stays_is_said(end: Callable[[ScriptedCounter], object], reason: Reason, stayed: Stayed) -> None:
    desk = scan(served(Library(says={A: reason}), ON_LIFT), A)
    assert desk.at(PatronShown).stayed is None
    end(desk)
    desk.answer_all()
    assert desk.at(PatronShown).stayed is stayed


@pytest.mark.parametrize("event", [ItemEntered(B), ServiceChosen(Service.HOLD), LeavePressed()])
def test_staff_who_go_on_have_read_why(event: Event) -> None:
    desk = scan(served(Library(says={A: Reason.RESERVED})), A).tell(LeavePressed())
    desk.answer_all().tell(event)
    assert isinstance(desk.flow, Waiting) or desk.at(PatronShown).stayed is None


def test_a_refusal_that_stops_nobody_from_leaving_says_nothing() -> None:
    assert scan(served(Library(says={A: Reason.RESERVED})), A).answer_all().at(PatronShown).stayed is None


def test_a_library_card_among_the_items_is_a_reason() -> None:
    library = Library(cards={OTHER_NUMBER.text}, says={OTHER_NUMBER.text: Reason.ITEM_UNKNOWN, A: Reason.RESERVED})
    desk = scan(served(library), OTHER_NUMBER.text).answer(ServeItem).tell(LeavePressed())
    desk.answer_all()
    assert isinstance(desk.flow, Waiting) or desk.at(PatronShown).stayed is Stayed.NEXT_CARD


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (None, None),
        (Reason.RESERVED, Open.NOT_DONE),
        (Reason.NOT_FOR_LOAN, Open.NOT_DONE),
        (Reason.ALREADY_LENT, None),
        (Reason.LOST_ANSWER, Open.DOUBT),
    ],
)
def test_a_tapped_key_leaves_nobody_with_an_item_that_was_not_lent(reason: Reason | None, why: Open | None) -> None:
    desk = scan(served(Library(says={} if reason is None else {A: reason})), A).answer_all()
    assert why_open(desk.counter) is why
    assert has_consequences(desk.counter, LeavePressed()) is (why is not None)
    if why is Open.NOT_DONE:
        scan(desk, B).answer_all()
        assert why_open(desk.counter) is why, "however much is lent behind it"
        desk.tell(LeavePressed()).at(Waiting)
