"""The result of a request whose answer was lost is looked up, never guessed, and the request is never sent again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kiosk.domain.circulation import Due, Item, ItemAnswer, Outcome, Reason
from kiosk.domain.model import LibraryCardNumber, Service
from tests.support.ils.scripted_server import (
    BOOK,
    DATE,
    LENT,
    NUMBER,
    STATUS,
    TITLE,
    Answer,
    Station,
    answering,
    client_of,
    hang_up,
    in_turn,
)

DUE = Due(date(2026, 12, 7), "20261207    235900")
DONE, REFUSED, UNKNOWN = Outcome.DONE, Outcome.REFUSED, Outcome.UNKNOWN
REASONS = {DONE: None, REFUSED: Reason.NOT_THERE_YET, UNKNOWN: Reason.LOST_ANSWER}


def patron(loans: str, listed: str = "") -> str:
    return f"64              000{DATE}00000000{loans}000000000000AOKENRITSU|AAD0123456789|AE花子 山田|BLY|{listed}"


def item(status: str, due: str = "") -> str:
    return f"18{status}0201{DATE}AB{BOOK}|AJ{TITLE}|" + (f"AH{due}|" if due else "")


def lost(service: Service, answers: dict[str, Answer], due: Due | None = None, **limits: Any) -> tuple[ItemAnswer, list[str]]:
    """The outcome of a request after which the server hangs up, and what was asked afterwards."""
    with Station(answering({"11": hang_up, "29": hang_up, "15": hang_up, **answers})) as station:
        with client_of(station.port, **limits) as client:
            client.patron(NUMBER) if "63" in answers else client.keep_alive()
            answer = client.serve(service, NUMBER, Item(BOOK, due=due), sure=True)
        kinds = station.kinds()
        changed = next(place for place, kind in enumerate(kinds) if kind in ("11", "29", "15"))
        return answer, [kind for kind in kinds[changed + 1 :] if kind not in ("93", "99")]


# --- loans ----------------------------------------------------------------------------------------------------------------


def test_a_loan_is_done_when_it_is_among_the_patrons_loans() -> None:
    answer, asked = lost(Service.LOAN, {"63": in_turn(patron("0000"), patron("0001", f"AU{BOOK}|")), "17": item("04", DUE.text)})
    assert answer == ItemAnswer(Item(BOOK, TITLE, DUE), DONE)
    assert asked == ["63", "17"]


def test_a_loan_is_not_done_when_the_whole_list_lacks_it() -> None:
    answer, asked = lost(Service.LOAN, {"63": patron("0002", "AU1100000000025|AU1100000000033|")})
    assert (answer.outcome, answer.reason) == (REFUSED, Reason.NOT_THERE_YET)
    # looked at twice: the server might have been about it
    assert asked == ["63", "63"]


def test_a_loan_that_is_carried_out_while_it_is_looked_for() -> None:
    after = in_turn(patron("0000"), patron("0000"), patron("0001", f"AU{BOOK}|"))
    answer, asked = lost(Service.LOAN, {"63": after, "17": item("04", DUE.text)})
    assert answer.outcome is DONE
    assert asked == ["63", "63", "17"]


TITLES = "AU吾輩は猫である|"
BY_STATUS = [
    ("titles, one more, on loan", patron("0000"), patron("0001", TITLES), item("04", DUE.text), DONE),
    ("titles, as many, on loan to somebody", patron("0001", TITLES), patron("0001", TITLES), item("04"), REFUSED),
    ("titles, on its shelf", patron("0001", TITLES), patron("0001", TITLES), item("03"), REFUSED),
    ("titles, on the hold shelf", patron("0001", TITLES), patron("0001", TITLES), item("08"), REFUSED),
    ("titles, two more", patron("0000"), patron("0002", TITLES), item("04"), UNKNOWN),
    ("titles, nothing is counted", patron("    "), patron("    ", TITLES), item("04"), UNKNOWN),
    ("the list has not all, one more", patron("0004"), patron("0005", "AU1100000000033|"), item("04", DUE.text), DONE),
    ("the list has not all, on its shelf", patron("0005"), patron("0005", "AU1100000000033|"), item("03"), REFUSED),
    ("no list, no count, on loan", patron("    "), patron("    "), item("04"), UNKNOWN),
    ("a status that may be anything", patron("0001", TITLES), patron("0001", TITLES), item("01"), UNKNOWN),
]


@pytest.mark.parametrize(("before", "after", "status", "outcome"), [case[1:] for case in BY_STATUS], ids=[case[0] for case in BY_STATUS])
def test_a_loan_by_the_state_of_the_item_where_the_list_does_not_tell(before: str, after: str, status: str, outcome: Outcome) -> None:
    answer, asked = lost(Service.LOAN, {"63": in_turn(before, after), "17": status})
    assert answer.outcome is outcome
    assert answer.reason is REASONS[outcome]
    assert asked[:2] == ["63", "17"]


def test_what_this_session_has_lent_counts_as_lent_before() -> None:
    other = "1100000000025"
    with Station(
        answering(
            {
                "11": in_turn(LENT.replace(BOOK, other), hang_up),
                "63": in_turn(patron("0000"), patron("0001", TITLES)),
                "17": item("04"),
            }
        )
    ) as station:
        with client_of(station.port) as client:
            client.patron(NUMBER)
            assert client.serve(Service.LOAN, NUMBER, Item(other)).outcome is DONE
            # the one loan that is counted is the other one
            assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is REFUSED


def test_a_loan_without_63_and_17_is_unknown() -> None:
    status = STATUS.replace("YYYYYYYYYYYNYYYY", "YYYYYYYNYYNNYYYY")
    answer, asked = lost(Service.LOAN, {"99": status})
    assert (answer.outcome, answer.reason) == (UNKNOWN, Reason.LOST_ANSWER)
    assert asked == []


def test_a_loan_is_unknown_when_another_patron_answers_to_the_number() -> None:
    other = patron("0001", f"AU{BOOK}|").replace("D0123456789", "D0000000077")
    answer, _ = lost(Service.LOAN, {"63": in_turn(patron("0000"), other)})
    assert (answer.outcome, answer.reason) == (UNKNOWN, Reason.LOST_ANSWER)


# --- renewals -------------------------------------------------------------------------------------------------------------

RENEWALS = [
    ("later", DUE, item("04", "20261221    235900"), DONE),
    ("later, in another form", DUE, item("04", "2026-12-21 23:59:00"), DONE),
    ("later on the same day", DUE, item("04", "20261207    235959"), DONE),
    ("the same", DUE, item("04", DUE.text), REFUSED),
    ("the same in another form", DUE, item("04", "2026-12-07"), REFUSED),
    ("earlier", DUE, item("04", "20261201    235900"), UNKNOWN),
    ("not told", DUE, item("04"), UNKNOWN),
    ("asked for before, since it could not be read", Due(None, "soon"), item("04", DUE.text), REFUSED),
    ("no date, the same words", Due(None, "soon"), item("04", "soon"), REFUSED),
    ("not on loan any more", DUE, item("03"), REFUSED),
]


@pytest.mark.parametrize(("before", "after", "outcome"), [case[1:] for case in RENEWALS], ids=[case[0] for case in RENEWALS])
def test_a_renewal_by_its_due_date(before: Due, after: str, outcome: Outcome) -> None:
    answer, asked = lost(Service.RENEWAL, {"17": after}, due=before)
    assert answer.outcome is outcome
    assert asked == (["17", "17"] if outcome is REFUSED else ["17"])
    if outcome is DONE:
        assert answer.item.due is not None
        assert answer.item.due.text in after


def test_the_due_date_is_asked_for_first_where_it_is_not_known() -> None:
    answer, _ = lost(Service.RENEWAL, {"17": in_turn(item("04", DUE.text), item("04", "20261221    235900"))})
    assert (answer.outcome, answer.item.due) == (DONE, Due(date(2026, 12, 21), "20261221    235900"))


def test_a_renewal_without_17_is_unknown() -> None:
    answer, asked = lost(Service.RENEWAL, {"99": STATUS.replace("YYYYYYYYYYYNYYYY", "YYYYYYYYYYNNYYYY")}, due=DUE)
    assert (answer.outcome, asked) == (UNKNOWN, [])


def test_a_renewal_that_was_not_understood_and_cannot_be_looked_behind_is_unknown() -> None:
    """A 96 has no number: it may be the late answer to something else, and the renewal done."""
    answer, _ = lost(Service.RENEWAL, {"29": b"96\r", "17": in_turn(item("04"), item("04", DUE.text))})
    assert answer.outcome is UNKNOWN


# --- holds ----------------------------------------------------------------------------------------------------------------


HOLDS = [
    ("one more", "0001....0000", "0002....0000", DONE),
    ("one more that cannot be had yet", "0001....0000", "0001....0001", DONE),
    ("only one kind is counted", "    ....0003", "    ....0004", DONE),
    ("as many", "0001....0002", "0001....0002", REFUSED),
    ("fewer", "0001....0002", "0000....0002", REFUSED),
    ("not counted", "    ....    ", "    ....    ", UNKNOWN),
    ("not counted before", "    ....    ", "0001....0000", UNKNOWN),
]


@pytest.mark.parametrize(("before", "after", "outcome"), [case[1:] for case in HOLDS], ids=[case[0] for case in HOLDS])
def test_a_hold_by_the_number_of_holds(before: str, after: str, outcome: Outcome) -> None:
    then, now = (patron("0000").replace("0" * 24, counts.replace("....", "0000" * 4)) for counts in (before, after))
    # Before, two lists are asked for where some may wait: those that can be had, and those that cannot yet.
    lists = 1 if before.endswith("0000") else 2
    answer, asked = lost(Service.HOLD, {"63": in_turn(*[then] * (1 + lists), now)})
    assert answer.outcome is outcome
    assert answer.reason is REASONS[outcome]
    assert asked[0] == "63"


# --- how long, and what afterwards ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "settled"), [(hang_up, [0.5]), (None, [1.5]), (b"96\r", [0.5])], ids=["closed", "silent", "not understood"]
)
def test_a_silent_server_is_given_longer_than_one_that_has_gone(how: Answer, settled: list[float]) -> None:
    pauses: list[float] = []
    lost(Service.LOAN, {"11": how, "63": patron("0000")}, answer_seconds=0.1, connect_seconds=5, settle_seconds=0.5, pause=pauses.append)
    assert pauses == settled


def test_who_asks_for_the_same_again_gets_to_know_what_became_of_it() -> None:
    # Nothing was done when it was looked at twice, and then the server did it after all.
    replies = in_turn(*[patron("0000")] * 3, patron("0001", f"AU{BOOK}|"))
    with Station(answering({"11": hang_up, "63": replies, "17": item("04", DUE.text)})) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is REFUSED
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert answer == ItemAnswer(Item(BOOK, TITLE, DUE), DONE)
        assert station.kinds().count("11") == 1


def test_who_asks_for_the_same_again_after_nothing_was_done_is_served() -> None:
    with Station(answering({"11": in_turn(hang_up, LENT, LENT), "63": patron("0000")})) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is REFUSED
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is DONE
        before = station.kinds().count("63")
        # once it is settled there is no doubt left
        assert client.serve(Service.LOAN, NUMBER, Item(BOOK)).outcome is DONE
        assert station.kinds().count("63") == before
        assert station.kinds().count("11") == 3


def test_a_doubt_about_one_patron_is_none_about_another() -> None:
    other = LibraryCardNumber("D0000000077")
    lent_to_other = LENT.replace(NUMBER.text, other.text)
    with Station(answering({"11": in_turn(hang_up, lent_to_other), "63": patron("0000")})) as station, client_of(station.port) as client:
        client.serve(Service.LOAN, NUMBER, Item(BOOK))
        asked = len(station.received)
        assert client.serve(Service.LOAN, other, Item(BOOK)).outcome is DONE
        assert station.kinds()[asked:] == ["11"]


def test_a_server_that_is_gone_is_not_waited_for_twice() -> None:
    station = Station(answering({"11": hang_up}))
    with station, client_of(station.port, connect_seconds=0.2) as client:
        client.keep_alive()
        # nobody listens any more once the line is cut
        station.stop_listening()
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert (answer.outcome, answer.reason) == (UNKNOWN, Reason.LOST_ANSWER)
        # the next one fails at once, and nothing was sent
        answer = client.serve(Service.LOAN, NUMBER, Item("1100000000025"))
        assert (answer.outcome, answer.reason) == (REFUSED, Reason.NOT_REACHED)
