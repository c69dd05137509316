"""Invalid library cards: the staff window shows why and what to do, the patron's window no reason, and nobody is served.

At lending with either card, and in a registration, where it is reported before anybody is asked for a PIN.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from kiosk.demo.ils import EVERGREEN, ITEMS, PATRONS, PLAIN, Borrower, Circulation, Dialect
from kiosk.demo.ils.server import now_in_japan
from kiosk.domain.circulation import Stop
from kiosk.domain.errors import Code
from kiosk.domain.model import Language, LibraryCardNumber
from kiosk.domain.states import AwaitingLibraryCard, AwaitingMyNumberCard, LendingRefused, PatronShown
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.text import plain, refusal, refusal_to_patron, say
from tests.support.counter.headless import watched
from tests.support.counter.with_library import DEMO, LendingCounter, Open, said

TODAY = now_in_japan().date()
ENDED = TODAY - timedelta(days=20)
REASONS = [plain(say(f"staff.stop.{stop}")) for stop in Stop]


@dataclass(frozen=True)
class NoGood:
    patron: str
    code: Code
    words: tuple[str, ...] = ()
    """What staff read beside, on this very card."""
    dialect: Dialect = DEMO

    def __str__(self) -> str:
        return f"{self.patron} in {self.dialect.name}"


NO_GOOD = [
    NoGood("expired", Code.LIBRARY_CARD_EXPIRED, (f"{ENDED.year}年{ENDED.month}月{ENDED.day}日までのカードです。",)),
    NoGood("stopped", Code.LIBRARY_CARD_STOPPED, ("Patron has long overdue items",)),
    NoGood("lost", Code.LIBRARY_CARD_STOPPED, (say("staff.stop.card-lost"), "Borrower's card reported lost.")),
    NoGood("owing", Code.LIBRARY_CARD_STOPPED, ("Patron owes 1500.00",)),
    NoGood("unknown", Code.LIBRARY_CARD_UNKNOWN),
    NoGood("replaced", Code.LIBRARY_CARD_DIFFERS),
    NoGood("expired", Code.LIBRARY_CARD_EXPIRED, (), EVERGREEN),
    NoGood("stopped", Code.LIBRARY_CARD_STOPPED, (say("staff.stop.too-many-overdue"),), EVERGREEN),
    NoGood("lost", Code.LIBRARY_CARD_STOPPED, (say("staff.stop.card-lost"),), EVERGREEN),
    NoGood("unknown", Code.LIBRARY_CARD_UNKNOWN, (), EVERGREEN),
    NoGood("stopped", Code.LIBRARY_CARD_STOPPED, (say("staff.stop.too-many-overdue"),), PLAIN),
    NoGood("unknown", Code.LIBRARY_CARD_UNKNOWN, (), PLAIN),
]


def each(first: int) -> pytest.MarkDecorator:
    """In the quick run one of three, from this one on; the long run has them all."""
    cards = [pytest.param(card, marks=() if place % 3 == first else pytest.mark.trial) for place, card in enumerate(NO_GOOD)]
    return pytest.mark.parametrize("card", cards, ids=str)


def next_step(card: NoGood, *, linked: bool) -> str:
    """No reason that is told is asked for, nor a number to be compared that nobody has entered."""
    step = f"refusal.{card.code}.staff-next"
    if card.code is Code.LIBRARY_CARD_STOPPED:
        step += "-told"
    elif linked and card.code is not Code.LIBRARY_CARD_EXPIRED:
        step += "-linked"
    return say(step)


def check_told(desk: LendingCounter, card: NoGood, *, linked: bool = False) -> None:
    """Cause and next step on staff's window, with what the library's system has told."""
    for sentence in (next_step(card, linked=linked), *card.words):
        assert desk.sees(sentence), sentence
    # With a reason it begins otherwise, and says it.
    assert desk.sees(refusal(card.code, "staff") if not card.words else card.words[0])


def check_untold(desk: LendingCounter, card: NoGood) -> None:
    """Nothing of the reason nor of the number stands on the patron's window."""
    number = LibraryCardNumber(PATRONS[card.patron])
    secrets = {*card.words, *REASONS, number.text, number.grouped, number.masked, PATRONS["replacement"], "延滞", "紛失", "弁償"}
    shown = "\n".join(said(desk.patron))
    assert [secret for secret in secrets if plain(secret) in shown] == []


@each(0)
def test_a_tap_with_such_a_card_behind_it_is_refused(open_desk: Open, card: NoGood) -> None:
    desk = open_desk(dialect=card.dialect)
    desk.link(card.patron)
    desk.lay()
    assert desk.opened.until_at(LendingRefused).problem.code is card.code
    assert desk.sees(say(f"refusal.{card.code}.title"))
    check_told(desk, card, linked=True)
    for told in refusal_to_patron(card.code, Language.JAPANESE):
        assert desk.sees(told, "patron")
    check_untold(desk, card)
    # An item scanned now is no loan.
    desk.scan("stars")
    desk.opened.until(lambda counter: isinstance(counter.flow, LendingRefused) and counter.flow.wrong is not None)
    assert desk.executed("11") == {}
    desk.end()


@each(1)
def test_such_a_library_card_is_refused_when_it_is_scanned(open_desk: Open, card: NoGood) -> None:
    desk = open_desk(dialect=card.dialect)
    desk.scan_text(PATRONS[card.patron])
    assert desk.opened.until_at(LendingRefused).problem.code is card.code
    check_told(desk, card)
    check_untold(desk, card)
    # Once it has been seen to in the library's own system, it is scanned again where it was refused.
    number = PATRONS[card.patron]
    desk.server.change(lambda library: library.borrowers.update({number: made_good(number, library)}))
    desk.scan_text(number)
    desk.opened.until_at(PatronShown)
    assert desk.sees(LibraryCardNumber(number).grouped)
    assert desk.sees(say("staff.patron.valid"))
    desk.end()


def made_good(number: str, library: Circulation) -> Borrower:
    """The card renewed, released, paid for, or made in the first place."""
    known = library.borrowers.get(number, Borrower(number, "新潟", "太郎"))
    return replace(known, until=TODAY + timedelta(days=700), stop=None, owes=0)


@each(2)
def test_in_a_registration_it_is_told_before_the_pin_is_asked_for(open_desk: Open, deck: Deck, card: NoGood) -> None:
    desk = open_desk(dialect=card.dialect)
    holders = watched(deck.card("fine"))
    desk.press("staff.home.registration-start")
    desk.press("staff.applicant.self")
    desk.press("staff.action.next", step=say("staff.step.library-card"))
    desk.scan_text(PATRONS[card.patron])
    desk.opened.until(lambda counter: isinstance(counter.flow, AwaitingLibraryCard) and counter.flow.problem is not None)
    check_told(desk, card)
    check_untold(desk, card)
    # A card laid now is not even looked at.
    desk.opened.lay(holders)
    desk.opened.settle()
    assert isinstance(desk.opened.flow, AwaitingLibraryCard)
    assert holders.sent == []
    desk.opened.lift()
    # It goes on where it stood, with the card made or mended meanwhile.
    assert desk.focused == say("staff.number.field")
    desk.scan_text(PATRONS["other"])
    desk.opened.until_at(AwaitingMyNumberCard)
    desk.opened.end()


def test_a_patron_who_may_not_borrow_yet_may_still_register(open_desk: Open) -> None:
    """Where only loans are denied the library card itself is good: staff are told, the registration goes on."""
    desk = open_desk(dialect=EVERGREEN)
    desk.press("staff.home.registration-start")
    desk.press("staff.applicant.self")
    desk.press("staff.action.next", step=say("staff.step.library-card"))
    desk.scan_text(PATRONS["owing"])
    desk.opened.until_at(AwaitingMyNumberCard)
    desk.see("staff.stopped.text")
    assert desk.sees(say("staff.stop.fines"))
    assert not any(reason in "\n".join(said(desk.patron)) for reason in REASONS)
    desk.opened.end()


def test_of_an_expired_card_staff_read_where_it_is_renewed(open_desk: Open) -> None:
    desk = open_desk()
    desk.link("expired")
    desk.lay()
    desk.opened.until_at(LendingRefused)
    assert desk.sees(say("staff.guide.library-1"))
    assert desk.sees(say("patron.refusal.library-card-expired-next"), "patron")
    assert "登録カウンター" in plain(say("patron.refusal.library-card-expired-next"))
    assert ITEMS["stars"].number not in desk.has_on_loan("expired")
    desk.end()
