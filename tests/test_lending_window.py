"""Lending as staff do it: a card is tapped, items are scanned, loans renewed, items reserved; the windows show the results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from kiosk.config import Settings
from kiosk.demo.ils import EVERGREEN, ITEMS, PATRONS, PLAIN, Dialect, Mishap
from kiosk.demo.ils.server import now_in_japan
from kiosk.domain.circulation import Reason
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.domain.states import AwaitingMyNumberCard, ConfirmingHolder, LendingRefused, PatronShown, Progress
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.text import plain, say
from kiosk.ui.staff.serving.item_row import Row
from tests.support.counter.with_library import DEMO, LendingCounter, Open, numbers_of, why

TODAY = now_in_japan().date()


def due_in(days: int) -> str:
    day = TODAY + timedelta(days=days)
    return say("staff.line.spoken-day", month=day.month, day=day.day)


def title(item: str) -> str:
    return ITEMS[item].title


# --- the patron -----------------------------------------------------------------------------------------------------------


def test_a_tapped_card_shows_the_patron_with_figures(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("busy")
    assert desk.sees(LibraryCardNumber(PATRONS["busy"]).grouped)
    for name, figure in {"loans": "5点", "overdue": "1点", "holds-ready": "2点", "loans-left": "5点"}.items():
        assert desk.sees(f"{plain(say(f'staff.patron.{name}'))} {figure}"), name
    assert desk.sees(say("staff.patron.valid"))
    assert desk.focused == say("staff.items.field")
    # The patron's window says that they are served, and nothing of them.
    assert desk.sees(say("patron.served.title"), "patron")
    for secret in (LibraryCardNumber(PATRONS["busy"]).grouped, PATRONS["busy"], "花子", "𠮷野", "5点"):
        assert not desk.sees(secret, "patron")
    # Staff compare a photo with a face: the name is nobody's business either.
    assert not desk.sees("花子")
    desk.end()


def test_a_library_card_that_ends_soon_serves_today_and_staff_are_told(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("soon")
    assert desk.sees(say("staff.patron.card-ends-text"))
    desk.scan("stars")
    desk.answered()
    assert desk.has_on_loan("soon") == numbers_of("stars")


# --- lending --------------------------------------------------------------------------------------------------------------

SHELF = ("bamboo", "post", "crafts", "baker", "statistics", "cats", "design")


def test_items_are_scanned_one_right_after_the_other_while_the_library_takes_its_time(open_desk: Open) -> None:
    desk = open_desk(latency=0.3)
    desk.tap("other")
    # Time enough to look at them.
    desk.line.happen("11", Mishap(delay=2))
    desk.scan(*SHELF)
    desk.built()
    # All stand there at once, the newest on top: one is asked for, the others wait.
    waiting, asked = (plain(say(f"staff.line.{progress}")) for progress in (Progress.WAITING, Progress.ASKED))
    rows = desk.rows()
    assert len(rows) == len(SHELF)
    assert [waiting in row for row in rows] == [True] * (len(SHELF) - 1) + [False]
    assert asked in rows[-1]
    desk.answered()
    assert desk.rows() == [
        f"{title(item)}、{say('staff.line.done-loan')}、{say('staff.line.spoken-due', due=due_in(14))}" for item in SHELF[::-1]
    ]
    assert desk.has_on_loan("other") == numbers_of(*SHELF)
    assert set(desk.executed("11").values()) == {1}
    assert desk.sees(say("staff.items.done-loan", count=len(SHELF)))
    assert desk.sees(f"{plain(say('staff.patron.loans'))} {len(SHELF)}点")
    assert desk.sees(f"{plain(say('staff.patron.loans-left'))} {10 - len(SHELF)}点")
    assert desk.focused == say("staff.items.field")


REFUSED: dict[str, Reason] = {
    "on-loan": Reason.ON_LOAN,
    "queue": Reason.ON_LOAN,
    "shelf": Reason.RESERVED,
    "reference": Reason.NOT_FOR_LOAN,
    "missing": Reason.MISSING,
}


@pytest.mark.parametrize("dialect", [DEMO, EVERGREEN, PLAIN], ids=lambda dialect: dialect.name)
def test_what_is_not_lent_is_said_in_words_with_what_to_do(open_desk: Open, dialect: Dialect) -> None:
    desk = open_desk(dialect=dialect)
    desk.tap("own")
    desk.scan(*REFUSED)
    desk.scan_text("1103099999")
    desk.answered()
    for item, reason in REFUSED.items():
        text = desk.row(title(item))
        for sentence in why(Service.LOAN, reason):
            assert sentence in text, (item, sentence)
    unknown = desk.row("1103 0999 99")
    for sentence in why(Service.LOAN, Reason.ITEM_UNKNOWN):
        assert sentence in unknown
    assert desk.executed("11") == dict.fromkeys(numbers_of(*REFUSED) | {"1103099999"}, 1)
    assert desk.has_on_loan("own") == numbers_of("own-renewable", "own-renewed", "own-wanted")
    assert desk.sees(f"{plain(say('staff.patron.loans'))} 3点")


def test_what_the_patron_has_already_is_not_asked_for_and_its_due_date_is_told(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("own")
    desk.scan_and_wait("own-renewable", "stars")
    desk.scan_and_wait("stars")
    twice, lent, before = desk.rows()
    assert twice.startswith(f"{title('stars')}、{say('staff.line.already-lent')}、{say('staff.line.spoken-due', due=due_in(14))}")
    assert lent.startswith(f"{title('stars')}、{say('staff.line.done-loan')}")
    assert before.startswith(f"{title('own-renewable')}、{say('staff.line.already-lent')}、{say('staff.line.spoken-due', due=due_in(4))}")
    assert all(sentence in before for sentence in why(Service.LOAN, Reason.ALREADY_LENT))
    assert desk.executed("11") == dict.fromkeys(numbers_of("stars"), 1)


def test_the_library_systems_own_words_stand_beside(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("own")
    desk.scan("shelf")
    desk.answered()
    assert say("staff.line.said", said="Item is on hold for another patron") in desk.row(title("shelf"))


def test_one_too_many_is_said_and_the_rest_goes_on(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("busy")
    desk.scan(*SHELF)
    desk.answered()
    for item in SHELF[5:]:
        assert all(sentence in desk.row(title(item)) for sentence in why(Service.LOAN, Reason.TOO_MANY))
    assert desk.has_on_loan("busy") >= numbers_of(*SHELF[:5])
    assert len(desk.has_on_loan("busy")) == 10
    assert desk.sees(f"{plain(say('staff.patron.loans-left'))} 0点")


def test_what_is_no_items_number_is_said_under_the_field(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("own")
    before = desk.server.snapshot().requests
    # A PIN typed in the wrong place travels nowhere.
    desk.type_by_hand("1234")
    desk.see("refusal.item-number.staff")
    assert desk.sees(say("refusal.item-number.staff-next"))
    assert desk.server.snapshot().requests == before
    assert desk.focused == say("staff.items.field")
    desk.scan("stars")
    desk.answered()
    assert not desk.sees(say("refusal.item-number.staff"))
    assert numbers_of("stars") <= desk.has_on_loan("own")


def test_who_is_stopped_from_lending_only_is_shown_with_what_is_denied(open_desk: Open) -> None:
    """A server that denies loans alone: the patron is shown, nothing is lent, and nothing is asked for."""
    desk = open_desk(dialect=replace(EVERGREEN, expiry_field="PA"))
    desk.tap("owing")
    assert desk.sees(say("staff.patron.stopped"))
    assert desk.sees(say("staff.stop.fines"))
    desk.choose(Service.LOAN)
    desk.scan("stars")
    desk.answered()
    row, (cause, step) = desk.row("1103 0000 38"), why(Service.LOAN, Reason.PATRON_STOPPED)
    assert cause in row
    assert say("staff.stop.fines") in row
    assert step not in row, "the reason is known"
    assert desk.executed("11") == {}
    assert not desk.sees(say("staff.stop.fines"), "patron")


# --- renewing -------------------------------------------------------------------------------------------------------------


def test_one_loan_is_renewed_by_its_button(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("own")
    desk.choose(Service.RENEWAL)
    desk.opened.until(lambda _: len(desk.rows()) == 3 and title("own-wanted") in desk.rows()[2])
    number = ITEMS["own-renewable"].number
    desk.opened.press(desk.staff, f"{say('staff.line.renew')} {title('own-renewable')} {number[:4]} {number[4:8]} {number[8:]}")
    desk.answered()
    assert desk.row(title("own-renewable")).count(plain(say("staff.line.done-renewal"))) >= 1
    assert due_in(18) in desk.row(title("own-renewable"))
    assert desk.executed("29") == {number: 1}
    assert desk.server.snapshot().loans[number].due == TODAY + timedelta(days=18)


def test_all_loans_are_renewed_and_why_one_was_not_is_said(open_desk: Open) -> None:
    desk = open_desk(latency=0.05)
    desk.tap("own")
    desk.choose(Service.RENEWAL)
    desk.opened.until(lambda _: desk.button("staff.items.renew-all"))
    desk.chord("A")
    desk.answered()
    assert due_in(18) in desk.row(title("own-renewable"))
    for item, reason in {"own-renewed": Reason.NO_MORE_RENEWALS, "own-wanted": Reason.RESERVED}.items():
        text = desk.row(title(item))
        assert all(sentence in text for sentence in why(Service.RENEWAL, reason)), item
    assert desk.executed("29") == dict.fromkeys(numbers_of("own-renewable", "own-renewed", "own-wanted"), 1)
    # Once done, it is not asked for again by the same button; what was refused may be.
    desk.chord("A")
    desk.answered()
    assert desk.executed("29") == {
        **dict.fromkeys(numbers_of("own-renewed", "own-wanted"), 2),
        **dict.fromkeys(numbers_of("own-renewable"), 1),
    }


def test_a_loan_is_renewed_by_its_barcode_where_titles_are_listed_instead(open_desk: Open) -> None:
    desk = open_desk(dialect=EVERGREEN)
    desk.tap("own")
    desk.choose(Service.RENEWAL)
    desk.opened.until(lambda _: len(desk.rows()) == 3)
    desk.scan("own-renewable")
    desk.answered()
    assert desk.server.snapshot().loans[ITEMS["own-renewable"].number].renewals == 1


def test_who_has_nothing_on_loan_has_nothing_to_renew(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("other")
    desk.choose(Service.RENEWAL)
    desk.see("staff.items.empty-renewal")
    assert not desk.button("staff.items.renew-all")


# --- reserving ------------------------------------------------------------------------------------------------------------


def test_a_hold_is_placed_with_its_position(open_desk: Open) -> None:
    desk = open_desk(dialect=PLAIN)
    desk.tap("own")
    desk.choose(Service.HOLD)
    desk.scan("queue")
    desk.answered()
    assert plain(say("staff.line.position", position=4)) in desk.row(title("queue"))
    assert numbers_of("queue") <= desk.server.snapshot().holds_of(PATRONS["own"])
    desk.scan("queue")
    desk.answered()
    assert len(desk.executed("15")) == sum(desk.executed("15").values()) == 1
    assert any(plain(say("staff.line.already-reserved")) in row for row in desk.rows())


def test_a_hold_that_was_said_to_be_placed_and_was_not_is_told(open_desk: Open) -> None:
    """Koha says ok to a pickup place that does not exist."""

    def elsewhere(settings: Settings) -> Settings:
        return replace(settings, ils=replace(settings.ils, pickup="NOWHERE"))

    desk = open_desk(settings=elsewhere)
    desk.tap("own")
    desk.choose(Service.HOLD)
    desk.scan("queue")
    desk.answered()
    text = desk.row(title("queue"))
    assert all(sentence in text for sentence in why(Service.HOLD, Reason.NOT_SEEN_YET))
    assert desk.server.snapshot().holds_of(PATRONS["own"]) == frozenset()


# --- other ways -----------------------------------------------------------------------------------------------------------


def test_by_keyboard_alone(open_desk: Open) -> None:
    desk = open_desk()
    desk.link("own")
    desk.lay()
    desk.opened.until_at(ConfirmingHolder)
    desk.chord("Y")
    desk.opened.until_at(PatronShown)
    desk.type_by_hand(ITEMS["stars"].number)
    desk.answered()
    tab_to(desk, say("staff.patron.renewal"))
    desk.key(Qt.Key.Key_Return)
    desk.opened.until(lambda _: desk.button("staff.items.renew-all"))
    desk.chord("A")
    desk.answered()
    tab_to(desk, say("staff.patron.hold"))
    desk.key(Qt.Key.Key_Space)
    desk.opened.until(lambda _: desk.shown.service is Service.HOLD)
    assert desk.focused == say("staff.items.field")
    desk.type_by_hand(ITEMS["queue"].number)
    desk.answered()
    seen = desk.server.snapshot()
    assert numbers_of("stars") <= seen.loans_of(PATRONS["own"])
    assert seen.loans[ITEMS["own-renewable"].number].renewals == 1
    assert seen.holds_of(PATRONS["own"]) == numbers_of("queue")
    desk.end()


def tab_to(desk: LendingCounter, name: str) -> None:
    passed = []
    for _ in range(30):
        passed.append(desk.focused)
        if passed[-1] == name:
            return
        desk.key(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not reach “{name}”: {passed}")


# --- scans where no item is wanted ----------------------------------------------------------------------------------------


def at_home(desk: LendingCounter) -> None:
    """Where it would be a library card."""


def at_help(desk: LendingCounter) -> None:
    desk.press("staff.rail.help")


def at_status(desk: LendingCounter) -> None:
    desk.press("staff.rail.status")


def at_photo(desk: LendingCounter) -> None:
    desk.link("other")
    desk.lay()
    desk.opened.until_at(ConfirmingHolder)


def at_refusal(desk: LendingCounter) -> None:
    desk.lay()
    desk.opened.until_at(LendingRefused)


def at_applicant(desk: LendingCounter) -> None:
    desk.press("staff.home.registration-start")


def at_library_card(desk: LendingCounter) -> None:
    at_applicant(desk)
    desk.press("staff.applicant.self")
    desk.press("staff.action.next", step=say("staff.step.library-card"))


def at_my_number_card(desk: LendingCounter) -> None:
    at_library_card(desk)
    desk.scan_text(PATRONS["other"])
    desk.opened.until_at(AwaitingMyNumberCard)


def at_another_service(desk: LendingCounter) -> None:
    desk.tap("other")
    desk.choose(Service.INTERNET_TERMINAL)
    desk.see("staff.patron.enter")


WRONG, PREFIX = "staff.barcode.title", "refusal.number-prefix.staff"
PLACES = {
    at_home: PREFIX,
    at_help: WRONG,
    at_status: PREFIX,
    at_photo: WRONG,
    at_refusal: PREFIX,
    at_applicant: WRONG,
    at_library_card: PREFIX,
    at_my_number_card: "refusal.barcode-on-wrong-step.staff",
    at_another_service: WRONG,
}


@pytest.mark.parametrize(("place", "sentence"), PLACES.items(), ids=lambda each: each.__name__ if callable(each) else "")
def test_an_item_scanned_on_another_page_is_no_loan_and_that_is_said(
    open_desk: Open, place: Callable[[LendingCounter], None], sentence: str
) -> None:
    desk = open_desk()
    place(desk)
    flow, before = type(desk.opened.flow), desk.server.snapshot().requests
    desk.scan("stars")
    desk.opened.settle()
    assert desk.sees(say(sentence, prefix="21"))
    assert type(desk.opened.flow) is flow
    assert desk.server.snapshot().requests == before
    assert desk.server.snapshot().executed == {}
    desk.opened.end()


def test_an_item_scanned_while_the_card_is_still_read_is_not_lent(open_desk: Open, deck: Deck) -> None:
    """It may come before the patron stands there; whose it would be nobody knows."""
    desk = open_desk(latency=0.2)
    desk.link("other")
    desk.lay()
    desk.scan("stars", "maps")
    desk.opened.until_at(ConfirmingHolder)
    desk.press("staff.holder.yes")
    desk.opened.until_at(PatronShown)
    desk.opened.settle()
    assert desk.rows() == []
    desk.scan("cats")
    desk.answered()
    assert desk.has_on_loan("other") == numbers_of("cats")
    desk.end()


# --- as much as is told -----------------------------------------------------------------------------------------------------


def test_a_server_that_lists_titles_is_not_asked_for_titles_and_staff_are_told(open_desk: Open) -> None:
    desk = open_desk(dialect=replace(EVERGREEN, expiry_field="PA"))
    desk.tap("own")
    desk.choose(Service.RENEWAL)
    desk.answered()
    assert desk.sees(say("staff.items.titles"))
    assert sorted(row.split("、")[0] for row in desk.rows()) == sorted(map(title, ("own-renewable", "own-renewed", "own-wanted")))
    assert not any(row.button for row in desk.staff.findChildren(Row) if row.isVisible())
    # By its barcode one can be renewed all the same.
    desk.scan("own-renewable")
    desk.answered()
    assert desk.executed("29") == dict.fromkeys(numbers_of("own-renewable"), 1)
    assert desk.sees(say("staff.items.done-renewal", count=1))
    desk.end()


def test_a_list_that_is_cut_is_not_taken_for_all(open_desk: Open) -> None:
    desk = open_desk(dialect=replace(DEMO, longest_list=2, pages=False))
    desk.tap("busy")
    assert desk.sees(f"{plain(say('staff.patron.loans'))} 5点")
    desk.choose(Service.RENEWAL)
    desk.answered()
    assert desk.sees(say("staff.items.count-part", counted=5, count=2))
    assert desk.sees(say("staff.items.part"))
    assert len(desk.rows()) == 2
    desk.press("staff.items.renew-listed", count=2)
    desk.answered()
    assert sum(desk.executed("29").values()) == 2
    desk.end()


def test_a_list_that_is_denied_is_not_taken_for_nothing_on_loan(open_desk: Open) -> None:
    desk = open_desk(dialect=replace(DEMO, lists_loans=False))
    desk.tap("busy")
    desk.choose(Service.RENEWAL)
    desk.answered()
    assert desk.sees(say("staff.items.not-listed"))
    assert desk.sees(f"{plain(say('staff.patron.loans'))} 5点")
    assert not desk.sees(say("staff.items.empty-renewal"))
    desk.end()


def test_what_belongs_to_an_item_and_what_is_noted_of_a_patron_is_shown(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("bar")
    assert desk.sees("忘れ物(傘)をお預かりしています")
    desk.scan("piano")
    desk.answered()
    assert "楽譜1冊つき" in desk.row(title("piano"))
    for secret in ("忘れ物", "楽譜1冊つき"):
        assert not desk.sees(secret, "patron")
    desk.end()
