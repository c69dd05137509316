"""The next patron's library card scanned where an item was expected: their items are never lent to the current patron."""

from __future__ import annotations

import pytest

from kiosk.domain.circulation import Reason, Standing, Stop
from kiosk.domain.effects import Play, PrintSlip, ReadCard, RecogniseLibraryCard, ServeItem
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    IlsChanged,
    ItemEntered,
    LeavePressed,
    LibraryCardEntered,
    NextPatronCalled,
    NextPatronDenied,
    ServiceChosen,
    SlipChosen,
)
from kiosk.domain.model import IlsCondition, LibraryCardNumber, Service, Shown, Sound
from kiosk.domain.rules import BarcodeRule
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import CounterRules, NextCard, PatronShown, Progress, Reading, Waiting, When
from tests.support.domain.scripted_counter import Card, ScriptedCounter, link
from tests.support.domain.scripted_library import Library

NEXT, A, B, C = "D0000000077", "1103447109", "1100892031", "1098221670"
RULES = CounterRules(confirm_holder=When.NEVER, barcode=BarcodeRule(prefix="D"), prints_slips=True)


def served(says: Reason = Reason.ITEM_UNKNOWN, **library: object) -> ScriptedCounter:
    """A desk at which a patron is lent to, and another's card is known."""
    behind = Library(says={NEXT: says, B: Reason.ITEM_UNKNOWN}, cards={NEXT}, **library)  # type: ignore[arg-type]
    desk = ScriptedCounter(RULES, library=behind).tell(LibraryCardEntered("D0123456789"))
    desk.at(PatronShown)
    return desk


def scan(desk: ScriptedCounter, *texts: str) -> ScriptedCounter:
    return desk.tell(*(ItemEntered(text) for text in texts))


def lines(desk: ScriptedCounter) -> list[tuple[str, Progress, Reason | None]]:
    return [(entry.item.number, entry.progress, entry.reason) for entry in desk.at(PatronShown).dealings.entries]


def asked(desk: ScriptedCounter) -> list[str]:
    return [effect.item.number for effect in desk.of(ServeItem)]


@pytest.mark.parametrize("says", [Reason.ITEM_UNKNOWN, Reason.OTHER, Reason.LOST_ANSWER])
@pytest.mark.parametrize("service", [Service.LOAN, Service.HOLD])
def test_a_library_card_among_the_items_is_asked_about(service: Service, says: Reason) -> None:
    desk = scan(served(says).tell(ServiceChosen(service)), NEXT)
    assert desk.at(PatronShown).next_card == NextCard(LibraryCardNumber(NEXT))
    assert desk.of(Play)[-1] == Play(Sound.REFUSED)


def test_what_is_read_after_it_is_not_lent_to_the_patron_before() -> None:
    desk = scan(served(), A)
    desk.answering = False
    scan(desk, NEXT, C)
    desk.answer(ServeItem)
    scan(desk, "1103447117")
    assert asked(desk) == [A, NEXT], "nothing is asked for until it is known whose card it is"
    desk.answer_all()
    assert lines(desk)[1] == (C, Progress.REFUSED, Reason.HELD_BACK)
    desk.answering = True
    scan(desk, B)
    assert lines(desk)[0] == (B, Progress.REFUSED, Reason.HELD_BACK)
    assert asked(desk) == [A, NEXT]
    assert desk.of(Play)[-1] == Play(Sound.REFUSED)


@pytest.mark.parametrize("how", ["the button", "read once more"])
def test_it_is_their_turn(how: str) -> None:
    desk = scan(served().tell(SlipChosen(SlipKind.TODAY)), A, NEXT)
    desk.tell(NextPatronCalled() if how == "the button" else ItemEntered(NEXT.lower()))
    flow = desk.at(PatronShown)
    assert (flow.patron.number.text, flow.shown, flow.next_card) == (NEXT, Shown.LIBRARY_CARD, None)
    assert not flow.dealings.entries
    [printed] = desk.of(PrintSlip)
    assert [line.item.number for line in printed.slip.lines] == [A], "the slip of the patron before"
    assert scan(desk, C).of(ServeItem)[-1].number.text == NEXT


def test_their_turn_comes_after_the_slip_of_all_loans() -> None:
    desk = scan(served(on_loan=[C]).tell(SlipChosen(SlipKind.ALL)), A, NEXT)
    desk.answering = False
    desk.tell(NextPatronCalled())
    scan(desk, B)
    assert desk.at(PatronShown).patron.number.text == "D0123456789"
    assert lines(desk)[0] == (B, Progress.REFUSED, Reason.HELD_BACK)
    desk.answer_all()
    assert desk.at(PatronShown).patron.number.text == NEXT
    assert [line.item.number for line in desk.of(PrintSlip)[0].slip.lines] == [C, A]
    assert B not in asked(desk)


def test_it_is_not_their_turn() -> None:
    desk = scan(served(), NEXT, C)
    assert lines(desk)[-1] == (NEXT, Progress.REFUSED, Reason.NEXT_CARD)
    desk.tell(NextPatronDenied())
    assert desk.at(PatronShown).next_card is None
    scan(desk, C)
    assert lines(desk) == [(C, Progress.DONE, None), (NEXT, Progress.REFUSED, Reason.LIBRARY_CARD)]


def test_a_number_that_is_no_library_card_holds_nothing_up() -> None:
    library = Library(says={"D9999999999": Reason.ITEM_UNKNOWN})
    desk = ScriptedCounter(RULES, library=library).tell(LibraryCardEntered("D0123456789"))
    desk.answering = False
    scan(desk, "D9999999999", A).answer_all()
    assert [effect.number.text for effect in desk.of(RecogniseLibraryCard)] == ["D9999999999"]
    assert lines(desk) == [(A, Progress.DONE, None), ("D9999999999", Progress.REFUSED, Reason.ITEM_UNKNOWN)]
    assert desk.at(PatronShown).next_card is None


@pytest.mark.parametrize(("says", "is_card"), [(Reason.ITEM_UNKNOWN, True), (Reason.LOST_ANSWER, False)])
def test_a_number_that_nobody_can_be_asked_about_is_a_card_if_it_is_no_item(says: Reason, is_card: bool) -> None:
    desk = served(says)
    desk.answering = False
    scan(desk, NEXT).answer(ServeItem)
    assert desk.library is not None
    desk.library.down = Code.ILS_UNREACHABLE
    desk.answer(RecogniseLibraryCard)
    assert (desk.at(PatronShown).next_card is not None) is is_card


def test_what_cannot_be_a_library_card_is_not_asked_about() -> None:
    desk = scan(served(), B)
    assert not desk.of(RecogniseLibraryCard)
    assert lines(desk) == [(B, Progress.REFUSED, Reason.ITEM_UNKNOWN)]


def test_the_patrons_own_card_is_told_as_such() -> None:
    library = Library(says={"D0123456789": Reason.ITEM_UNKNOWN}, cards={"D0123456789"})
    desk = ScriptedCounter(RULES, library=library).tell(LibraryCardEntered("D0123456789"))
    scan(desk, "D0123456789", A)
    assert lines(desk) == [(A, Progress.DONE, None), ("D0123456789", Progress.REFUSED, Reason.LIBRARY_CARD)]
    assert not desk.of(RecogniseLibraryCard)


def test_the_session_may_be_left_with_the_question_open() -> None:
    assert isinstance(scan(served(), A, NEXT, C).tell(LeavePressed()).counter.flow, Waiting)


def test_leaving_before_it_is_known_waits_for_the_question() -> None:
    desk = served()
    desk.answering = False
    scan(desk, NEXT, A).answer(ServeItem)
    desk.tell(LeavePressed())
    desk.at(PatronShown)
    desk.answer(RecogniseLibraryCard)
    assert desk.at(PatronShown).next_card is not None, "an item was not lent: that is seen before anybody leaves"
    assert isinstance(desk.tell(LeavePressed()).counter.flow, Waiting)


def test_a_my_number_card_laid_meanwhile_is_read() -> None:
    desk = scan(served(), NEXT)
    desk.answering = False
    desk.lay(Card())
    assert isinstance(desk.counter.flow, Reading)


def test_the_card_that_lay_there_before_is_not_read_for_the_next_patron() -> None:
    card = Card()
    desk = ScriptedCounter(RULES, [link(card)], Library(says={NEXT: Reason.ITEM_UNKNOWN}, cards={NEXT}))
    desk.lay(card)
    scan(desk, NEXT).tell(NextPatronCalled())
    assert desk.at(PatronShown).patron.number.text == NEXT
    assert len(desk.of(ReadCard)) == 1


def test_a_blocked_patron_is_lent_nothing_whatever_is_read() -> None:
    desk = ScriptedCounter(RULES, library=Library(Standing(stops=frozenset({Stop.CHARGE_DENIED})), cards={NEXT}))
    desk.tell(LibraryCardEntered("D0123456789"), ServiceChosen(Service.LOAN))
    assert not asked(scan(desk, NEXT, A))


def test_a_library_card_read_while_the_line_was_down_is_asked_about_before_anything_is_lent() -> None:
    """Nobody could tell it from a book then; the books behind it must not be lent to the patron before."""
    desk = served()
    assert desk.library is not None
    desk.tell(IlsChanged(IlsCondition.UNREACHABLE))
    desk.library.says |= {NEXT: Reason.NOT_REACHED, C: Reason.NOT_REACHED}
    scan(desk, NEXT, C)
    assert [reason for _, _, reason in lines(desk)] == [Reason.NOT_REACHED, Reason.NOT_REACHED]
    desk.library.says |= {NEXT: Reason.ITEM_UNKNOWN}
    del desk.library.says[C]
    desk.tell(IlsChanged(IlsCondition.READY))
    before = asked(desk)
    scan(desk, A)
    assert desk.at(PatronShown).next_card == NextCard(LibraryCardNumber(NEXT))
    assert asked(desk) == before, "nothing is lent until staff have said whose turn it is"
    assert lines(desk)[0] == (A, Progress.REFUSED, Reason.HELD_BACK)


def test_a_book_read_while_the_line_was_down_is_asked_about_once() -> None:
    desk = ScriptedCounter(
        CounterRules(confirm_holder=When.NEVER, prints_slips=True), library=Library(says={C: Reason.NOT_REACHED}, cards={NEXT})
    )
    desk.tell(LibraryCardEntered("2104067853")).at(PatronShown)
    scan(desk, C)
    desk.tell(IlsChanged(IlsCondition.READY))
    scan(desk, A, B)
    assert [effect.number.text for effect in desk.of(RecogniseLibraryCard)].count(C) == 1
    assert asked(desk)[-2:] == [A, B]
