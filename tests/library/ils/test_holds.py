"""An existing hold is not placed again, whichever session placed it; if the server cannot tell, nothing is claimed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.demo.ils import EVERGREEN, ITEMS, KOHA, PATRONS, PLAIN, Dialect, LibraryServer, opening, serving
from kiosk.domain.circulation import Item, ItemAnswer, Outcome, Reason
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.library.ils import IlsClient
from tests.support.ils.scripted_server import BOOK, DATE, NUMBER, STATUS, TITLE, TODAY, Answer, Line, Station, answering, client_of, seal
from tests.support.ils.scripted_server import field as field_of

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


def test_another_copy_on_the_list_is_another_hold() -> None:
    listed = "CD1100000000033|"
    replies = [patron("0000", "0001"), patron("0000", "0001", listed), patron("0000", "0002", listed)]
    answer, asked = reserved({"63": lambda request, line: line.say(seal(replies.pop(0), request))})
    assert (answer.outcome, answer.reason) == (Outcome.DONE, None)
    assert asked.count("15") == 1


# --- a list that is known to be a part ------------------------------------------------------------------------------------

PERHAPS = (Outcome.REFUSED, Reason.PERHAPS_RESERVED)
PARTS = {
    "titles": ("0001", "0000", f"AS{TITLE}|"),
    "other titles": ("0001", "0000", "AS雪国|"),
    "titles of what waits": ("0000", "0001", f"CD{TITLE}|"),
    "cut": ("0030", "0000", "".join(f"AS80{number:08}|" for number in range(20))),
    "cut of what waits": ("0000", "0030", "".join(f"CD80{number:08}|" for number in range(20))),
    "counted and not listed": ("0000", "0001", ""),
}


@pytest.mark.parametrize(("held", "waiting", "listed"), PARTS.values(), ids=PARTS)
def test_where_the_list_is_a_part_nothing_is_placed_before_staff_have_looked(held: str, waiting: str, listed: str) -> None:
    """As long as the server does not page."""
    placed: list[str] = []

    def hold(request: bytes, line: Line) -> None:
        placed.append(BOOK)
        line.say(seal(HELD, request))

    def listing(request: bytes, line: Line) -> None:
        one, other = (f"{int(count) + len(placed) * bool(int(count)):04}" for count in (held, waiting))
        line.say(seal(patron(one, other, listed), request))

    with Station(answering({"15": hold, "17": ITEM, "63": listing})) as station, client_of(station.port) as client:
        answers = [client.serve(Service.HOLD, NUMBER, Item(BOOK)) for _ in range(2)]
        assert [(answer.outcome, answer.reason) for answer in answers] == [PERHAPS] * 2
        assert (placed, answers[0].item.title) == ([], TITLE)
        sure = client.serve(Service.HOLD, NUMBER, Item(BOOK), sure=True)
        assert (sure.outcome, sure.reason) == (Outcome.DONE, None)
        assert placed == [BOOK]


@pytest.mark.parametrize("code", ["AS", "CD"])
@pytest.mark.parametrize("place", [1, 20, 21, 29, 30])
def test_a_hold_beyond_the_first_page_is_found(code: str, place: int) -> None:
    numbers = [f"80{number:08}" for number in range(30)]
    numbers[place - 1] = BOOK
    counts = ("0030", "0000") if code == "AS" else ("0000", "0030")
    column = b"Y         " if code == "AS" else b"     Y    "

    def page(request: bytes, line: Line) -> None:
        start, end = (int(field_of(request, which) or edge) for which, edge in (("BP", 1), ("BQ", 30)))
        asked = numbers[start - 1 : end][:20] if request[23:33] == column else []
        line.say(seal(patron(*counts, "".join(f"{code}{number}|" for number in asked)), request))

    answer, asked = reserved({"63": page})
    assert (answer.outcome, answer.reason) == RESERVED
    assert "15" not in asked


def test_a_hold_on_none_of_the_pages_is_placed() -> None:
    numbers = [f"80{number:08}" for number in range(30)]

    def page(request: bytes, line: Line) -> None:
        start = int(field_of(request, "BP") or 1)
        line.say(seal(patron(f"{len(numbers):04}", "0000", "".join(f"AS{one}|" for one in numbers[start - 1 : start + 19])), request))

    def hold(request: bytes, line: Line) -> None:
        numbers.append(BOOK)
        line.say(seal(HELD, request))

    answer, asked = reserved({"63": page, "15": hold})
    assert (answer.outcome, answer.reason, asked.count("15")) == (Outcome.DONE, None, 1)


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


@pytest.mark.parametrize(("dialect", "lists_numbers"), [(KOHA, True), (PLAIN, True), (EVERGREEN, False)], ids=lambda one: str(one))
def test_the_same_hold_in_two_sessions(dialect: Dialect, lists_numbers: bool) -> None:
    """At one counter, and at another that knows nothing of the first. Where only titles are listed, staff are asked each time."""
    first, again = ((Outcome.DONE, None), RESERVED) if lists_numbers else (PERHAPS, PERHAPS)
    item = Item(ITEMS["on-loan"].number)
    number = LibraryCardNumber(PATRONS["other"])
    with serving(LibraryServer(opening(TODAY), dialect)) as server:

        def session(client: IlsClient) -> tuple[Outcome, Reason | None]:
            client.patron(LibraryCardNumber(PATRONS["soon"]))
            client.patron(number)
            answer = client.serve(Service.HOLD, number, item)
            return answer.outcome, answer.reason

        with client_of(server.port, login="none", institution="CHUO") as client:
            assert session(client) == first
            assert session(client) == again
        with client_of(server.port, login="none", institution="CHUO") as client:
            assert session(client) == again
        assert sum(count for what, count in server.snapshot().executed.items() if what.kind == "15") == lists_numbers
        assert (item.number in server.snapshot().holds_of(number.text)) is lists_numbers
