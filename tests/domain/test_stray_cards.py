"""Cards that nobody placed: tried once and silently, reported to staff once, never in anybody's way."""

from __future__ import annotations

import pytest

from kiosk.domain.effects import Play, ReadCard, RecordAct, ReleaseCard, StartTimer
from kiosk.domain.errors import Code
from kiosk.domain.events import CardFailed, CardLifted, CardPlaced, CardSlow, LeavePressed, LibraryCardEntered, StraySeen
from kiosk.domain.model import Insertion, Sound
from kiosk.domain.states import (
    AwaitingMyNumberCard,
    ConfirmingHolder,
    ConfirmingLink,
    LendingRefused,
    PatronShown,
    Problem,
    Reading,
    ReadingMyNumberCard,
    Waiting,
)
from tests.support.domain.scripted_counter import NUMBER, OTHER_READER, READER, Card, ScriptedCounter, link
from tests.support.windows.patron_message import message_of

SIM = Card("s", refused=Code.NOT_MY_NUMBER_CARD)
EMBEDDED = "Embedded reader 01 00"


def find(desk: ScriptedCounter, card: Card, reader: str = EMBEDDED) -> Insertion:
    """The reader is seen for the first time, with this card on it."""
    insertion = Insertion(len(desk.lying) + 1, reader)
    desk.lying[insertion] = card
    desk.tell(CardPlaced(insertion, found=True))
    return insertion


def told_to_the_patron(desk: ScriptedCounter) -> str:
    message = message_of(desk.counter)
    return f"{message.title}{message.lead}{message.care}"


NEVER_ACCEPTED = [
    Code.NOT_MY_NUMBER_CARD,
    Code.CARD_UNREADABLE,
    Code.CARD_EXPIRED,
    Code.ISSUER_UNKNOWN,
    Code.CARD_IN_USE,
    Code.PHONE_NOT_ACCEPTED,
]


@pytest.mark.parametrize("code", NEVER_ACCEPTED)
def test_a_card_that_lay_there_first_is_told_to_staff_once_and_never_to_the_patron(code: Code) -> None:
    desk = ScriptedCounter(answering=False)
    resting = told_to_the_patron(desk)
    insertion = find(desk, Card("s", refused=code))
    assert told_to_the_patron(desk) == resting
    desk.answering = True
    desk.answer().at(Waiting)
    assert told_to_the_patron(desk) == resting
    assert desk.counter.stray_notice is not None
    assert (desk.counter.stray_notice.insertion, desk.counter.stray_notice.problem.code) == (insertion, code)
    assert not [effect for effect in desk.asked if isinstance(effect, Play | RecordAct)]
    desk.tell(StraySeen())
    again(desk, insertion, code)


def again(desk: ScriptedCounter, insertion: Insertion, code: Code) -> None:
    # The service is restarted, the reader unplugged: it is there again and nobody is told again.
    for _ in range(3):
        desk.tell(CardLifted(insertion))
        insertion = find(desk, Card("s", refused=code))
    assert desk.counter.stray_notice is None
    assert len(desk.of(ReadCard)) == 4
    desk.at(Waiting)


def test_it_is_in_no_sessions_way() -> None:
    card = Card()
    desk = ScriptedCounter(links=[link(card)])
    find(desk, SIM)
    for _ in range(3):
        laid = desk.lay(card, READER)
        desk.at(ConfirmingHolder)
        desk.tell(LeavePressed()).at(Waiting)
        desk.lift(laid)
        assert desk.counter.card_left_ticket == 0
    desk.tell(LibraryCardEntered(NUMBER.text)).at(PatronShown)
    desk.tell(LeavePressed())
    assert desk.counter.card_left_ticket == 0
    assert [read.insertion.reader for read in desk.of(ReadCard)] == [EMBEDDED, READER, READER, READER]


@pytest.mark.parametrize("first", ["stray", "patron"])
def test_a_patrons_card_is_read_though_the_other_is_being_tried(first: str) -> None:
    desk = ScriptedCounter(answering=False)
    if first == "patron":
        desk.lay(Card(), READER)
        find(desk, SIM)
        assert desk.at(Reading).insertion.reader == READER
        return
    stray = find(desk, SIM)
    laid = desk.lay(Card(), READER)
    assert desk.at(Reading).insertion == laid
    assert desk.asked.index(ReleaseCard(stray)) < desk.asked.index(desk.of(ReadCard)[-1])


def test_a_registration_waits_on_with_the_reason_it_had() -> None:
    desk = ScriptedCounter().to_card()
    desk.lift(desk.lay(Card("x", refused=Code.NOT_MY_NUMBER_CARD)))
    before = desk.flow
    assert desk.at(AwaitingMyNumberCard).problem == Problem(Code.NOT_MY_NUMBER_CARD)
    said = told_to_the_patron(desk)
    desk.answering = False
    find(desk, Card("s", refused=Code.CARD_UNREADABLE))
    assert desk.at(ReadingMyNumberCard).insertion.reader == EMBEDDED
    assert told_to_the_patron(desk) == said
    desk.answering = True
    assert desk.answer().flow == before
    desk.lay(Card(), READER)
    desk.at(ConfirmingLink)


def test_a_stray_card_that_does_not_answer_is_given_up() -> None:
    desk = ScriptedCounter(answering=False)
    stray = find(desk, SIM)
    desk.tell(CardSlow(stray)).at(Waiting)
    assert desk.counter.stray_notice is not None
    assert desk.counter.stray_notice.problem.code is Code.CARD_SILENT
    now = desk.counter
    assert desk.answer().counter == now


def test_it_ends_nothing_when_a_reader_is_plugged_in_meanwhile() -> None:
    card = Card()
    desk = ScriptedCounter(links=[link(card)])
    desk.lay(card)
    shown = desk.at(ConfirmingHolder)
    find(desk, SIM)
    assert desk.flow == shown
    assert len(desk.of(ReadCard)) == 1


def test_a_patrons_card_that_lay_there_first_is_a_patrons_card() -> None:
    """Laid before the counter was switched on, or on a reader put into another socket."""
    card = Card()
    desk = ScriptedCounter(links=[link(card)])
    find(desk, card)
    desk.at(ConfirmingHolder)
    desk.tell(LeavePressed())
    assert desk.counter.card_left_ticket != 0


def test_lifted_and_laid_it_is_anybodys_card() -> None:
    desk = ScriptedCounter()
    desk.lift(find(desk, SIM)).lay(SIM, EMBEDDED)
    assert desk.at(LendingRefused).problem.code is Code.NOT_MY_NUMBER_CARD


def test_a_refused_card_that_nobody_takes_is_let_be_in_the_end() -> None:
    card = Card()
    desk = ScriptedCounter(links=[link(card)])
    left = desk.lay(SIM, OTHER_READER)
    desk.tell(LeavePressed()).leave_lying().leave_lying().leave_lying()
    assert desk.counter.stray_notice is not None
    assert desk.counter.stray_notice.insertion == left
    assert desk.counter.card_left == 0
    desk.tell(StraySeen())
    timers = len(desk.of(StartTimer))
    laid = desk.lay(card, READER)
    desk.tell(LeavePressed()).lift(laid).at(Waiting)
    assert desk.counter.card_left_ticket == 0
    assert len(desk.of(StartTimer)) > timers
    desk.lift(left).lay(SIM, OTHER_READER)
    assert desk.at(LendingRefused).problem.code is Code.NOT_MY_NUMBER_CARD


def test_a_card_with_a_patron_behind_it_goes_on_being_left_behind() -> None:
    card = Card()
    desk = ScriptedCounter(links=[link(card)])
    desk.lay(card)
    desk.tell(LeavePressed()).leave_lying().leave_lying().leave_lying()
    assert desk.counter.card_left == 3
    assert desk.counter.stray_notice is None
    assert Play(Sound.CARD_LEFT) in desk.asked


def test_what_the_card_says_too_late_means_nothing() -> None:
    desk = ScriptedCounter(answering=False)
    stray = find(desk, SIM)
    ticket = desk.at(Reading).ticket
    desk.tell(LeavePressed()).at(Waiting)
    assert ReleaseCard(stray) in desk.asked
    now = desk.counter
    assert desk.tell(CardFailed(ticket, stray, Code.NOT_MY_NUMBER_CARD)).counter == now
