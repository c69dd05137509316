"""Behaviour common to all flows: cards, rail, idleness, a card left behind, the single display, the day."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from kiosk.domain.effects import Play, ReadCard, ReleaseCard, RetryLibrary, SaveLink, StartTimer, VerifyPin
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    ApplicantChosen,
    Broke,
    BrokeSeen,
    CardFailed,
    CardLeftSeen,
    CardPlaced,
    CardRead,
    CardSlow,
    DayBegan,
    EndedSeen,
    Event,
    GoOnPressed,
    HelpChosen,
    HolderConfirmed,
    HolderProved,
    HomeChosen,
    IlsChanged,
    LanguageChosen,
    LeavePressed,
    LeavingConfirmed,
    LibraryCardEntered,
    LibraryRetryPressed,
    LinkAgreed,
    LinkSaved,
    PadConfirmed,
    PadTyped,
    PinRejected,
    ReaderChanged,
    RegistrationChosen,
    ServiceAnswered,
    ServiceSilent,
    StatusChosen,
    StraySeen,
    TimeUp,
    Touched,
    TriesRead,
    UnlinkingChosen,
)
from kiosk.domain.events.about import By, SignOfLife
from kiosk.domain.machine import step
from kiosk.domain.model import CardReading, IlsCondition, Insertion, Language, ReaderCondition, Revocation, Sound, Ticket
from kiosk.domain.states import (
    AskingPin,
    CheckingPin,
    CounterRules,
    LendingRefused,
    OutOfOrder,
    PatronShown,
    Reading,
    Registered,
    SavingLink,
    Waiting,
    When,
)
from tests.support.domain.scripted_counter import NUMBER, OTHER_READER, READER, TODAY, Card, ScriptedCounter, link, token

STAFF_CODE = "0417"
ONE_DISPLAY = CounterRules(single_display=True, staff_code=STAFF_CODE, confirm_holder=When.NEVER)


# --- sessions that every test below is run in


def at_choosing() -> ScriptedCounter:
    return ScriptedCounter().tell(RegistrationChosen())


def at_library_card() -> ScriptedCounter:
    return ScriptedCounter().to_library_card()


def at_card() -> ScriptedCounter:
    return ScriptedCounter().to_card()


def at_confirmation() -> ScriptedCounter:
    desk = ScriptedCounter().to_card()
    desk.lay(Card())
    return desk


def at_replacement() -> ScriptedCounter:
    desk = ScriptedCounter(links=[link(Card("b"))]).to_card()
    desk.lay(Card())
    return desk


def at_last_try() -> ScriptedCounter:
    desk = ScriptedCounter().to_card()
    desk.lay(Card(tries=1))
    return desk.tell(LinkAgreed())


def at_pad() -> ScriptedCounter:
    desk = ScriptedCounter()
    desk.to_pad(Card())
    return desk


def registered() -> ScriptedCounter:
    return at_pad().press_pin()


def registration_refused() -> ScriptedCounter:
    return ScriptedCounter().tell(RegistrationChosen(), ApplicantChosen(None))


def at_holder() -> ScriptedCounter:
    desk = ScriptedCounter(links=[link(Card())])
    desk.lay(Card())
    return desk


def at_patron() -> ScriptedCounter:
    return at_holder().tell(HolderConfirmed())


def lending_refused() -> ScriptedCounter:
    desk = ScriptedCounter()
    desk.lay(Card())
    return desk


def unlinking() -> ScriptedCounter:
    return ScriptedCounter().tell(UnlinkingChosen())


SESSIONS: list[Callable[[], ScriptedCounter]] = [
    at_choosing,
    at_library_card,
    at_card,
    at_confirmation,
    at_replacement,
    at_last_try,
    at_pad,
    registered,
    registration_refused,
    at_holder,
    at_patron,
    lending_refused,
    unlinking,
]
NOT_INTERRUPTED_BY_THE_RAIL = (at_confirmation, at_last_try, at_pad)


# --- idleness


@pytest.mark.parametrize("session", SESSIONS)
def test_a_session_left_alone_warns_and_then_clears(session: Callable[[], ScriptedCounter]) -> None:
    desk = session().tell(LanguageChosen(Language.ENGLISH)).leave_alone()
    assert desk.counter.idle_warning
    assert desk.seconds() == 30
    desk.leave_alone().at(Waiting)
    assert (desk.counter.language, desk.counter.idle_warning) == (Language.JAPANESE, False)
    assert NUMBER.text not in repr(desk.counter)


@pytest.mark.parametrize("sign", [GoOnPressed(), Touched(), LanguageChosen(Language.ENGLISH)])
def test_a_sign_of_life_gives_the_whole_time_again(sign: Event) -> None:
    desk = at_pad().leave_alone()
    old = desk.counter.idle_ticket
    desk.tell(sign)
    assert not desk.counter.idle_warning
    assert desk.seconds() == 60
    desk.tell(TimeUp(old)).at(AskingPin)
    assert not desk.counter.idle_warning


@pytest.mark.parametrize(
    "event",
    [ServiceSilent(), ServiceAnswered(), ReaderChanged(ReaderCondition.MISSING), IlsChanged(IlsCondition.UNREACHABLE), DayBegan(TODAY)],
)
def test_what_a_device_says_is_no_sign_of_life(event: Event) -> None:
    desk = at_pad().tell(ServiceSilent()) if event == ServiceAnswered() else at_pad()
    desk.leave_alone().tell(event)
    assert desk.counter.idle_warning
    desk.leave_alone().at(Waiting)


def test_only_what_people_say_is_a_sign_of_life_by_itself() -> None:
    always = {event for event in get_args(Event) if event.about.sign_of_life is SignOfLife.ALWAYS}
    read_beside_a_session = {CardLeftSeen, StraySeen, EndedSeen}
    assert always == {event for event in get_args(Event) if event.about.by is not By.NOBODY} - read_beside_a_session


def test_there_is_time_to_make_a_library_card() -> None:
    """Seed: お持ちでない方は、当日作成してから連携登録を行います。"""
    desk = at_library_card()
    assert desk.seconds() == 900
    desk.tell(LibraryCardEntered(NUMBER.text))
    assert desk.seconds() == 60


def test_nobody_is_hurried_on_a_resting_page() -> None:
    desk = ScriptedCounter().tell(StatusChosen(), Touched(), HelpChosen(), HomeChosen())
    assert not desk.of(StartTimer)


def test_a_language_left_behind_on_the_resting_page_is_put_back_without_a_question() -> None:
    desk = ScriptedCounter().tell(LanguageChosen(Language.ENGLISH)).leave_alone()
    assert desk.counter.language is Language.JAPANESE
    assert not desk.counter.idle_warning


def test_a_number_not_taken_is_put_away() -> None:
    desk = ScriptedCounter().tell(LibraryCardEntered("12")).leave_alone()
    assert desk.at(Waiting).problem is None


def test_a_finished_registration_closes_soon_after_the_card_has_left() -> None:
    desk = ScriptedCounter()
    insertion = desk.to_pad(Card())
    desk.press_pin()
    assert desk.seconds() != 8
    desk.lift(insertion)
    assert desk.seconds() == 8
    desk.leave_alone().at(Waiting)


def test_an_act_under_way_is_waited_for() -> None:
    desk = at_pad()
    desk.answering = False
    desk.press_pin().leave_alone().leave_alone().at(CheckingPin)
    assert not desk.counter.idle_warning


# --- the rail


@pytest.mark.parametrize("session", [session for session in SESSIONS if session not in NOT_INTERRUPTED_BY_THE_RAIL])
def test_home_leaves_any_session_and_forgets_it(session: Callable[[], ScriptedCounter]) -> None:
    desk = session().tell(LanguageChosen(Language.ENGLISH), HomeChosen(), LeavingConfirmed())
    desk.at(Waiting)
    assert desk.counter.language is Language.JAPANESE
    assert NUMBER.text not in repr(desk.counter)


@pytest.mark.parametrize("session", NOT_INTERRUPTED_BY_THE_RAIL)
@pytest.mark.parametrize("page", [HomeChosen(), RegistrationChosen(), UnlinkingChosen(), LeavingConfirmed()])
def test_a_patron_at_the_pin_is_not_interrupted_by_the_rail(session: Callable[[], ScriptedCounter], page: Event) -> None:
    desk = session()
    before = desk.flow
    assert desk.tell(page).flow == before
    desk.tell(LeavePressed()).at(Waiting)


@pytest.mark.parametrize("page", [StatusChosen(), HelpChosen(), HomeChosen()])
def test_a_card_is_read_from_any_resting_page(page: Event) -> None:
    desk = ScriptedCounter(answering=False).tell(page)
    desk.lay(Card())
    desk.at(Reading)


def test_a_registration_begun_on_the_resting_page_keeps_the_language_just_chosen() -> None:
    assert ScriptedCounter().tell(LanguageChosen(Language.ENGLISH), RegistrationChosen()).counter.language is Language.ENGLISH
    assert lending_refused().tell(LanguageChosen(Language.ENGLISH), RegistrationChosen()).counter.language is Language.ENGLISH
    assert registered().tell(LanguageChosen(Language.ENGLISH), RegistrationChosen()).counter.language is Language.JAPANESE


@pytest.mark.parametrize("session", [registered, registration_refused, lending_refused, at_patron, at_holder])
def test_the_next_card_is_read_where_nothing_is_under_way(session: Callable[[], ScriptedCounter]) -> None:
    desk = session()
    for insertion in desk.counter.cards:
        desk.lift(insertion)
    reads = len(desk.of(ReadCard))
    desk.lay(Card("z"))
    assert len(desk.of(ReadCard)) == reads + 1
    assert desk.at(LendingRefused).problem.code is Code.NOT_LINKED


# --- a card left behind


def test_a_card_left_is_said_twice_to_the_patron_and_then_to_staff() -> None:
    desk = at_patron().tell(LeavePressed())
    assert desk.seconds() == 5
    for said in (1, 2, 3):
        assert desk.leave_lying().counter.card_left == said
    assert desk.of(Play).count(Play(Sound.CARD_LEFT)) == 3


def test_lifting_the_card_ends_the_notice() -> None:
    desk = at_patron().tell(LeavePressed())
    ticket = desk.counter.card_left_ticket
    desk.leave_lying()
    [insertion] = desk.counter.cards
    desk.lift(insertion)
    assert desk.counter.card_left == 0
    desk.lay(Card("z"), OTHER_READER)
    assert desk.tell(TimeUp(ticket)).counter.card_left == 0


def test_a_card_in_its_session_is_not_a_card_left() -> None:
    desk = at_patron().tell(LeavePressed())
    ticket = desk.counter.card_left_ticket
    [first] = desk.counter.cards
    desk.lay(Card("z"), OTHER_READER)
    desk.lift(first)
    assert desk.tell(TimeUp(ticket)).counter.card_left == 0


def test_a_registered_card_left_on_the_reader_is_said() -> None:
    assert registered().leave_lying().counter.card_left == 1


# --- the card's power


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("lifted", [False, True])
def test_every_card_read_is_unpowered_by_the_end(session: Callable[[], ScriptedCounter], lifted: bool) -> None:
    desk = session()
    if lifted:
        for insertion in desk.counter.cards:
            desk.lift(insertion)
    desk.tell(LeavePressed()).at(Waiting)
    assert {read.insertion for read in desk.of(ReadCard)} <= {release.insertion for release in desk.of(ReleaseCard)}


def test_a_card_lifted_while_it_is_read_is_let_go_when_the_session_ends() -> None:
    desk = ScriptedCounter(answering=False)
    insertion = desk.lay(Card())
    desk.lift(insertion).tell(HomeChosen()).at(Waiting)
    assert ReleaseCard(insertion) in desk.asked


# --- late and foreign answers


@pytest.mark.parametrize("session", SESSIONS)
def test_answers_to_other_questions_change_nothing(session: Callable[[], ScriptedCounter]) -> None:
    desk = session()
    before = desk.counter
    here = next(iter(before.cards), Insertion(1, READER))
    late = Ticket(1)
    for event in (
        CardRead(late, here, CardReading(token("z"), Revocation.GOOD)),
        CardFailed(late, here, Code.CARD_REMOVED),
        TriesRead(late, here, 3),
        PinRejected(late, here, 2),
        HolderProved(late, here, token("z")),
        LinkSaved(late, link(Card()).operation, pending=False),
        CardSlow(Insertion(99, OTHER_READER)),
    ):
        assert step(before, event) == (before, ())


# --- our own failures


@pytest.mark.parametrize("session", SESSIONS)
def test_a_bug_wipes_the_session_and_says_an_incident(session: Callable[[], ScriptedCounter]) -> None:
    desk = session().tell(Broke("1123-AB12"))
    assert desk.at(OutOfOrder).incident == "1123-AB12"
    assert NUMBER.text not in repr(desk.counter)
    desk.tell(BrokeSeen()).at(Waiting)


def test_a_bug_during_verify_saves_nothing_afterwards() -> None:
    desk = at_pad()
    desk.answering = False
    desk.press_pin().tell(Broke("1123-AB12")).answer()
    desk.at(OutOfOrder)
    assert not desk.of(SaveLink)


# --- reader and day


def test_the_readers_condition_is_known_and_ends_no_session() -> None:
    desk = at_pad().tell(ReaderChanged(ReaderCondition.MISSING))
    assert desk.counter.reader is ReaderCondition.MISSING
    desk.at(AskingPin)
    assert desk.tell(ReaderChanged(ReaderCondition.READY, (READER,))).counter.reader is ReaderCondition.READY


def test_midnight_forgets_whom_staff_have_seen() -> None:
    rules = CounterRules(confirm_holder=When.FIRST_OF_DAY, lending_pin=When.FIRST_OF_DAY)
    desk = ScriptedCounter(rules, links=[link(Card())])
    desk.lay(Card())
    desk.press_pin().tell(HolderConfirmed()).at(PatronShown)
    assert desk.counter.seen_today == desk.counter.proved_today == frozenset({token("a")})
    desk.tell(DayBegan(TODAY.replace(day=24)))
    assert not desk.counter.seen_today | desk.counter.proved_today
    assert desk.counter.today == TODAY.replace(day=24)
    desk.at(PatronShown)


def test_a_link_being_saved_survives_everything_but_a_bug() -> None:
    desk = at_pad()
    desk.answering = False
    desk.press_pin().answer().at(SavingLink)
    [insertion] = desk.counter.cards
    desk.tell(LeavePressed(), HomeChosen(), PadTyped(4), PadConfirmed()).lift(insertion).leave_alone()
    desk.at(SavingLink)
    desk.answer().at(Registered)
    assert len(desk.of(VerifyPin)) == len(desk.of(SaveLink)) == 1


def test_a_placed_card_told_twice_is_read_once() -> None:
    desk = ScriptedCounter()
    insertion = desk.lay(Card())
    desk.tell(CardPlaced(insertion), CardPlaced(insertion))
    assert len(desk.of(ReadCard)) == 1


def test_the_library_system_is_tried_anew_when_somebody_asks_once_at_a_time() -> None:
    desk = ScriptedCounter()
    desk.tell(IlsChanged(IlsCondition.LOGIN_LOST), LibraryRetryPressed(), LibraryRetryPressed())
    assert desk.counter.ils is IlsCondition.STARTING
    assert len(desk.of(RetryLibrary)) == 1
    desk.tell(IlsChanged(IlsCondition.LOGIN_LOST), LibraryRetryPressed())
    assert len(desk.of(RetryLibrary)) == 2


def test_where_no_library_system_is_connected_there_is_nothing_to_try() -> None:
    desk = ScriptedCounter().tell(IlsChanged(IlsCondition.NONE), LibraryRetryPressed())
    assert desk.counter.ils is IlsCondition.NONE
    assert not desk.of(RetryLibrary)
