"""The connection to the library system fails during lending: the windows show the facts, and nothing is done twice or lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from kiosk.config import Settings
from kiosk.demo.ils import DROPPED_AFTER, DROPPED_BEFORE, ITEMS, PATRONS, PLAIN, Circulation, Login, Mishap
from kiosk.demo.ils.server import now_in_japan
from kiosk.domain.circulation import Outcome, Reason
from kiosk.domain.errors import Code
from kiosk.domain.events import LibraryRetryPressed, TimeUp
from kiosk.domain.model import IlsCondition, LibraryCardNumber, Service
from kiosk.domain.states import ConfirmingHolder, PatronShown, Waiting
from kiosk.text import plain, say
from tests.support.counter.with_library import LendingCounter, Open, numbers_of, said, why

BACK_LIMIT = 20.0
"""Seconds within which a line that works again is found to."""


def check_row(desk: LendingCounter, item: str, service: Service, reason: Reason, outcome: Outcome = Outcome.REFUSED) -> None:
    """Whether its title is known or not."""
    number = ITEMS[item].number
    rows = [text for text in desk.rows() if ITEMS[item].title in text or LibraryCardNumber(number).grouped in text]
    assert len(rows) == 1
    for sentence in why(service, reason, outcome):
        assert sentence in rows[0]


def check_lent_once(desk: LendingCounter, item: str) -> None:
    """Scanned again it stands there as lent, and was lent once."""
    desk.scan(item)
    desk.answered()
    assert len(desk.rows()) == 1
    assert plain(say("staff.line.done-loan")) in desk.rows()[0]
    assert desk.executed("11") == dict.fromkeys(numbers_of(item), 1)


# --- down and up again ----------------------------------------------------------------------------------------------------


def test_the_library_system_stops_and_comes_back_in_the_middle_of_lending(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("other")
    desk.scan("stars")
    desk.answered()
    desk.server.stop()
    desk.scan("maps")
    desk.answered()
    check_row(desk, "maps", Service.LOAN, Reason.NOT_REACHED)
    assert desk.sees(say("staff.bar.ils-unreachable"))
    assert desk.sees(say("staff.items.offline"))
    # What was lent before still stands there, and so does the number.
    assert any(ITEMS["stars"].title in row for row in desk.rows())
    assert desk.sees(LibraryCardNumber(PATRONS["other"]).grouped)
    desk.server.start()
    desk.opened.until(lambda counter: counter.ils is IlsCondition.READY, BACK_LIMIT)
    assert desk.sees(say("staff.bar.ils-ready"))
    assert not desk.sees(say("staff.items.offline"))
    desk.scan("maps")
    desk.answered()
    assert desk.has_on_loan("other") == numbers_of("stars", "maps")
    assert desk.executed("11") == dict.fromkeys(numbers_of("stars", "maps"), 1)
    assert len(desk.rows()) == 2
    desk.end()


def test_while_it_is_down_a_tap_shows_the_number_and_says_that_it_is_not_checked(open_desk: Open) -> None:
    desk = open_desk()
    desk.server.stop()
    patron = desk.tap("expired").patron
    assert not patron.checked
    assert desk.sees(LibraryCardNumber(PATRONS["expired"]).grouped)
    assert desk.sees(say("staff.patron.unchecked-trouble"))
    assert desk.sees(say("staff.bar.ils-unreachable"))
    assert say("staff.patron.valid") not in said(desk.staff)
    # It is the system's trouble, and nothing is said against the card.
    assert desk.sees(say("patron.served.title"), "patron")
    desk.end()
    desk.server.start()
    desk.opened.until(lambda counter: counter.ils is IlsCondition.READY, BACK_LIMIT)
    desk.lay()
    desk.see("refusal.library-card-expired.title")
    desk.end()


def test_who_was_called_up_while_it_was_down_is_lent_to_when_it_is_back(open_desk: Open) -> None:
    desk = open_desk()
    desk.server.stop()
    desk.tap("other")
    assert desk.shown.service is None
    desk.server.start()
    desk.opened.until(lambda counter: counter.ils is IlsCondition.READY, BACK_LIMIT)
    desk.choose(Service.LOAN)
    desk.scan("stars", "shelf")
    desk.answered()
    assert desk.has_on_loan("other") == numbers_of("stars")
    check_row(desk, "shelf", Service.LOAN, Reason.RESERVED)
    desk.end()


def test_a_login_that_is_refused_once_is_not_said_to_be_wrong_and_comes_back_when_somebody_asks(open_desk: Open) -> None:
    desk = open_desk()
    right = desk.server.login
    desk.server.stop()
    desk.server.login = Login("kiosk", "another")
    desk.server.start()
    desk.tap("own")
    assert desk.sees(say("staff.bar.ils-login-lost"))
    assert desk.sees(say("staff.patron.unchecked-trouble"))
    desk.server.login = right
    desk.opened.say(LibraryRetryPressed())
    desk.opened.until(lambda counter: counter.ils is IlsCondition.READY)
    desk.end()


def test_asking_to_try_now_while_nothing_answers_says_so_again(open_desk: Open) -> None:
    desk = open_desk()
    desk.server.stop()
    desk.tap("own")
    assert desk.opened.counter.ils is IlsCondition.UNREACHABLE
    desk.opened.say(LibraryRetryPressed())
    desk.opened.until(lambda counter: counter.ils is IlsCondition.STARTING)
    desk.opened.until(lambda counter: counter.ils is IlsCondition.UNREACHABLE, BACK_LIMIT)
    desk.end()


def test_a_list_of_loans_that_did_not_come_comes_with_the_line(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("own")
    desk.server.stop()
    desk.choose(Service.RENEWAL)
    desk.see("staff.items.list-again")
    assert desk.sees(say(f"refusal.{Code.ILS_UNREACHABLE}.staff"))
    desk.server.start()
    desk.opened.until(lambda counter: counter.ils is IlsCondition.READY, BACK_LIMIT)
    desk.opened.until(lambda counter: isinstance(counter.flow, PatronShown) and counter.flow.dealings.loans is not None)
    desk.answered()
    assert len(desk.rows()) == 3
    desk.end()


# --- answers lost ---------------------------------------------------------------------------------------------------------

LOST = {"closed": DROPPED_AFTER, "closed in the middle": Mishap(sent=30), "late": Mishap(delay=2.5)}


@pytest.mark.parametrize("mishap", LOST.values(), ids=LOST)
def test_a_loan_whose_answer_was_lost_is_found_out_and_said_to_be_done(open_desk: Open, mishap: Mishap) -> None:
    desk = open_desk(answer_seconds=1)
    desk.tap("other")
    desk.line.happen("11", mishap)
    desk.scan("stars", "maps")
    desk.answered()
    assert all(plain(say("staff.line.done-loan")) in row for row in desk.rows())
    assert [ITEMS["maps"].title in desk.rows()[0], ITEMS["stars"].title in desk.rows()[1]] == [True, True]
    assert desk.executed("11") == dict.fromkeys(numbers_of("stars", "maps"), 1)
    desk.end()


def test_a_renewal_and_a_hold_whose_answers_were_lost_are_done_once(open_desk: Open) -> None:
    desk = open_desk(dialect=PLAIN)
    desk.tap("own")
    desk.line.happen("29", DROPPED_AFTER)
    desk.line.happen("15", DROPPED_AFTER)
    desk.choose(Service.RENEWAL)
    desk.answered()
    desk.scan("own-renewable")
    desk.answered()
    assert plain(say("staff.line.done-renewal")) in desk.row(ITEMS["own-renewable"].title)
    desk.choose(Service.HOLD)
    desk.scan("queue")
    desk.answered()
    assert plain(say("staff.line.done-hold")) in desk.rows()[0]
    assert set(desk.executed("29").values()) == set(desk.executed("15").values()) == {1}
    assert desk.server.snapshot().loans[ITEMS["own-renewable"].number].renewals == 1
    desk.end()


def test_a_request_that_did_not_arrive_is_said_not_to_be_done_and_scanned_again(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("other")
    desk.line.happen("11", DROPPED_BEFORE)
    desk.scan("stars")
    desk.answered()
    check_row(desk, "stars", Service.LOAN, Reason.NOT_THERE_YET)
    assert desk.has_on_loan("other") == set()
    check_lent_once(desk, "stars")
    desk.end()


def test_where_asking_tells_nothing_either_staff_are_sent_to_their_system(open_desk: Open) -> None:
    desk = open_desk(answer_seconds=1)
    desk.tap("other")
    desk.line.happen("11", DROPPED_AFTER)
    desk.line.happen("93", *[DROPPED_BEFORE] * 6)
    desk.scan("stars")
    desk.answered()
    check_row(desk, "stars", Service.LOAN, Reason.LOST_ANSWER, Outcome.UNKNOWN)
    assert plain(say("staff.line.unknown")) in desk.rows()[0]
    # Back again, the same item is looked for before anything is asked: it has been lent.
    desk.line.due.clear()
    desk.line.ahead += 60
    desk.opened.until(lambda counter: counter.ils is IlsCondition.READY, BACK_LIMIT)
    check_lent_once(desk, "stars")
    desk.end()


# --- the end, while something is unanswered -------------------------------------------------------------------------------


def test_f12_waits_for_the_answer(open_desk: Open) -> None:
    desk = open_desk(latency=0.4)
    desk.tap("other")
    desk.scan("stars", "maps")
    desk.hold(Qt.Key.Key_F12)
    desk.see("staff.patron.leaving")
    assert not desk.button("staff.action.end")
    assert desk.shown.leaving
    desk.opened.until_at(Waiting)
    assert desk.has_on_loan("other") == numbers_of("stars", "maps")
    assert not desk.sees(LibraryCardNumber(PATRONS["other"]).grouped)
    desk.opened.end()


def test_f12_does_not_leave_with_an_item_that_was_not_lent(open_desk: Open) -> None:
    desk = open_desk(latency=0.3)
    desk.tap("other")
    desk.scan("stars", "shelf")
    desk.hold(Qt.Key.Key_F12)
    desk.see("staff.patron.leaving")
    desk.answered()
    assert not desk.shown.leaving
    check_row(desk, "shelf", Service.LOAN, Reason.RESERVED)
    assert desk.button("staff.action.end")
    assert desk.focused == say("staff.items.field")
    desk.end()


def test_the_next_patrons_card_waits_for_the_answer_and_is_read_then(open_desk: Open) -> None:
    desk = open_desk(latency=0.3)
    desk.link("busy", "child")
    desk.tap("other")
    desk.scan("stars", "maps")
    desk.lay("child", slot=1)
    assert desk.sees(LibraryCardNumber(PATRONS["other"]).grouped)
    desk.opened.until_at(ConfirmingHolder)
    assert desk.has_on_loan("other") == numbers_of("stars", "maps")
    assert not desk.sees(LibraryCardNumber(PATRONS["other"]).grouped)
    assert not desk.sees(ITEMS["stars"].title)
    desk.press("staff.holder.yes")
    assert desk.opened.until_at(PatronShown).patron.number.text == PATRONS["busy"]
    assert desk.rows() == []
    desk.scan("cats")
    desk.answered()
    assert numbers_of("cats") <= desk.has_on_loan("busy")
    desk.end()


def test_the_next_patrons_card_does_not_hide_an_item_that_was_not_lent(open_desk: Open) -> None:
    desk = open_desk(latency=0.3)
    desk.link("busy", "child")
    desk.tap("other")
    desk.scan("shelf")
    desk.opened.lift()
    desk.lay("child")
    desk.answered()
    assert desk.shown.patron.number.text == PATRONS["other"]
    check_row(desk, "shelf", Service.LOAN, Reason.RESERVED)
    # Staff have seen it: the card that lies there is read without being laid again.
    desk.hold(Qt.Key.Key_F12)
    desk.opened.until_at(ConfirmingHolder)
    desk.press("staff.holder.yes")
    assert desk.opened.until_at(PatronShown).patron.number.text == PATRONS["busy"]
    desk.end()


def test_lifting_the_card_waits_for_the_answer_where_it_ends_the_session(open_desk: Open) -> None:
    def on_lift(settings: Settings) -> Settings:
        return replace(settings, lending=replace(settings.lending, end_on_lift=True))

    desk = open_desk(settings=on_lift)
    desk.tap("other")
    desk.line.happen("11", Mishap(delay=1.5))  # longer than a busy machine takes to lift a card
    desk.scan("stars")
    desk.opened.lift()
    assert isinstance(desk.opened.flow, PatronShown)
    desk.opened.until_at(Waiting)
    assert desk.has_on_loan("other") == numbers_of("stars")


# --- looked at again --------------------------------------------------------------------------------------------------------


def lend(desk: LendingCounter, patron: str, item: str) -> None:
    """The server carries out what it was sent, at last."""

    def act(library: Circulation) -> None:
        assert library.lend(PATRONS[patron], ITEMS[item].number, now_in_japan().date()).done

    desk.server.change(act)


def test_a_book_that_is_lent_late_is_told_before_the_patron_leaves(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("other")
    desk.line.happen("11", DROPPED_BEFORE)
    desk.scan("stars")
    desk.answered()
    [row] = desk.rows()
    assert "いまのところ貸し出されていません。" in row
    lend(desk, "other", "stars")
    desk.press("staff.action.end")
    desk.opened.until(lambda counter: isinstance(counter.flow, PatronShown) and not counter.flow.leaving)
    desk.built()
    [row] = desk.rows()
    assert plain(say("staff.line.done-loan")) in row
    assert ITEMS["stars"].title in row
    assert desk.executed("11") == {}
    desk.end()


def test_a_book_that_is_lent_after_the_session_is_told_and_nothing_of_it_is_kept(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("other")
    desk.line.happen("11", DROPPED_BEFORE)
    desk.scan("stars")
    desk.answered()
    desk.end()
    lend(desk, "other", "stars")
    [doubt] = desk.opened.counter.doubts
    desk.opened.say(TimeUp(doubt.due))
    desk.see("staff.banner.late-loan")
    desk.unfold_to("staff.banner.late-seen")
    assert desk.sees(ITEMS["stars"].title)
    assert desk.sees(LibraryCardNumber(ITEMS["stars"].number).grouped)
    assert not desk.sees(LibraryCardNumber(PATRONS["other"]).grouped)
    assert not desk.sees(ITEMS["stars"].title, "patron")
    assert PATRONS["other"] not in repr(desk.opened.counter)
    desk.press("staff.banner.late-seen")
    assert not desk.sees(ITEMS["stars"].title)


def test_a_patron_who_came_while_the_line_was_down_is_looked_up_when_staff_try_it(open_desk: Open) -> None:
    desk = open_desk()
    desk.server.stop()
    desk.tap("busy")
    desk.see("staff.patron.unchecked-trouble")
    desk.server.start()
    desk.press("staff.items.retry")
    desk.opened.until(lambda counter: isinstance(counter.flow, PatronShown) and counter.flow.patron.checked)
    assert desk.sees(f"{plain(say('staff.patron.loans'))} 5点")
    assert not desk.sees(say("staff.items.retry"))
    desk.end()
