"""A hold that is there is not placed again, in whichever session it was placed; where the server cannot tell, nothing is claimed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.demo.ils import EVERGREEN, ITEMS, KOHA, PATRONS, PLAIN, Flavour, LibraryServer, opening, serving
from kiosk.domain.circulation import Item, ItemAnswer, Outcome, Reason
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.library.ils import IlsClient
from tests.library.ils.scripted import BOOK, DATE, NUMBER, STATUS, TITLE, TODAY, Answer, Line, Station, answering, client_of, seal

HELD = f"161N{DATE}AOKENRITSU|AAD0123456789|AB{BOOK}|AJ{TITLE}|BR1|"
ITEM = f"18040201{DATE}AB{BOOK}|AJ{TITLE}|"
RESERVED = (Outcome.REFUSED, Reason.ALREADY_RESERVED)


def patron(holds: str, waiting: str, listed: str = "") -> str:
    return f"64              000{DATE}{holds}{'0000' * 4}{waiting}AOKENRITSU|AAD0123456789|AE花子 山田|BLY|{listed}"


def in_columns(**lists: str) -> Callable[[bytes, Line], object]:
    """A 64 by the column of the summary that was asked for."""

    def say(request: bytes, line: Line) -> None:
        summary = request[2 + 3 + 18 : 2 + 3 + 18 + 10]
        line.say(seal({b"Y         ": lists["held"], b"     Y    ": lists["waiting"]}[summary], request))

    return say


def reserved(answers: dict[str, Answer]) -> tuple[ItemAnswer, list[str]]:
    with Station(answering({"15": HELD, "17": ITEM, **answers})) as station, client_of(station.port) as client:
        return client.serve(Service.HOLD, NUMBER, Item(BOOK)), station.kinds()[2:]


def test_a_hold_that_is_listed_is_not_placed_again() -> None:
    answer, asked = reserved({"63": patron("0001", "0000", f"AS{BOOK}|")})
    assert (answer.outcome, answer.reason) == RESERVED
    assert answer.item.title == TITLE
    assert "15" not in asked


def test_a_hold_that_cannot_be_had_yet_stands_in_a_list_of_its_own() -> None:
    first, second = patron("0001", "0001", "AS1100000000033|"), patron("0001", "0001", f"CD{BOOK}|")
    answer, asked = reserved({"63": in_columns(held=first, waiting=second)})
    assert (answer.outcome, answer.reason) == RESERVED
    assert asked == ["63", "63", "17"]


def test_who_has_no_holds_that_wait_is_asked_about_once() -> None:
    before, after = patron("0001", "0000", "AS1100000000033|"), patron("0002", "0000")
    replies = [before, after]
    answer, asked = reserved({"63": lambda request, line: line.say(seal(replies.pop(0), request))})
    assert answer.outcome is Outcome.DONE
    assert asked == ["63", "15", "63"]


@pytest.mark.parametrize("listed", ["CD吾輩は猫である|", "CD1100000000033|", ""], ids=["titles", "another copy", "no list"])
def test_where_the_lists_do_not_tell_the_server_is_asked(listed: str) -> None:
    replies = [patron("0000", "0001"), patron("0000", "0001", listed), patron("0000", "0002", listed)]
    answer, asked = reserved({"63": lambda request, line: line.say(seal(replies.pop(0), request))})
    assert (answer.outcome, answer.reason) == (Outcome.DONE, None)
    assert asked.count("15") == 1


@pytest.mark.parametrize("no", ["BX", "96"])
def test_a_server_without_63_is_asked_to_place_it(no: str) -> None:
    answers: dict[str, Answer] = {"99": STATUS.replace("BXYYYYYYYYYYY", "BXYYYYYYYNYYY")} if no == "BX" else {"63": b"96\r"}
    answer, asked = reserved(answers)
    assert (answer.outcome, asked.count("15")) == (Outcome.DONE, 1)


def test_a_hold_is_there_where_it_is_listed_although_nothing_is_counted() -> None:
    blank = patron("    ", "    ")
    replies = [blank, blank, patron("    ", "    ", f"AS{BOOK}|")]
    answer, _ = reserved({"15": lambda request, line: line.close(), "63": lambda request, line: line.say(seal(replies.pop(0), request))})
    assert answer.outcome is Outcome.DONE


@pytest.mark.parametrize(("flavour", "lists_numbers"), [(KOHA, True), (PLAIN, True), (EVERGREEN, False)], ids=lambda one: str(one))
def test_the_same_hold_in_two_sessions(flavour: Flavour, lists_numbers: bool) -> None:
    """At one counter, and at another that knows nothing of the first."""
    item = Item(ITEMS["on-loan"].number)
    number = LibraryCardNumber(PATRONS["other"])
    with serving(LibraryServer(opening(TODAY), flavour)) as server:

        def session(client: IlsClient) -> tuple[Outcome, Reason | None]:
            client.patron(LibraryCardNumber(PATRONS["soon"]))
            client.patron(number)
            answer = client.serve(Service.HOLD, number, item)
            return answer.outcome, answer.reason

        with client_of(server.port, login="none", institution="CHUO") as client:
            assert session(client) == (Outcome.DONE, None)
            assert session(client) == RESERVED
        with client_of(server.port, login="none", institution="CHUO") as client:
            assert session(client) == RESERVED
        executed = sum(count for what, count in server.snapshot().executed.items() if what.kind == "15")
        # Where only titles are listed, the server is asked each time, and refuses it itself.
        assert executed == (1 if lists_numbers else 3)
        assert server.snapshot().holds_of(number.text) >= {item.number}
