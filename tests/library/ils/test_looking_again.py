"""Not found means not found as of now: it can be looked up again, and no later attempt makes it look more certain than it is."""

from __future__ import annotations

import pytest

from kiosk.domain.circulation import Item, Outcome, Reason
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.library.ils import IlsClient
from tests.support.ils.scripted_server import (
    BOOK,
    DATE,
    LENT,
    NUMBER,
    PATRON,
    TITLE,
    Answer,
    Clock,
    Line,
    Station,
    answering,
    client_of,
    hang_up,
    in_turn,
    seal,
)

OTHER = LibraryCardNumber("D0000000077")
SECOND_BOOK = "1100000000025"
NONE = PATRON.replace("AU1100000000033|", "").replace("000000000001", "000000000000")
THERE = PATRON.replace("1100000000033", BOOK)
ON_SHELF, ON_LOAN = (f"18{status}0201{DATE}AB{BOOK}|AJ{TITLE}|" for status in ("03", "04"))
NOT_YET = (Outcome.REFUSED, Reason.NOT_THERE_YET)
UNKNOWN = (Outcome.UNKNOWN, Reason.LOST_ANSWER)
DONE = (Outcome.DONE, None)


def holding(item: str) -> str:
    """A 64 with one hold and no loan."""
    return NONE.replace("0" * 24, "0001" + "0" * 20) + f"AS{item}|"


class Library:
    """Loses the answer to whatever changes something, and does it when the test says so."""

    def __init__(self) -> None:
        self.done = False
        self.away = False
        self.before, self.after = NONE, THERE

    def answers(self) -> dict[str, Answer]:
        return {"11": hang_up, "29": hang_up, "15": hang_up, "63": self._patron, "17": self._item, "93": self._login}

    def _login(self, request: bytes, line: Line) -> object:
        return self._say("941", request, line)

    def _patron(self, request: bytes, line: Line) -> object:
        asked = OTHER if OTHER.text.encode() in request else NUMBER
        return self._say((self.after if self.done else self.before).replace(NUMBER.text, asked.text), request, line)

    def _item(self, request: bytes, line: Line) -> object:
        return self._say(ON_LOAN if self.done else ON_SHELF, request, line)

    def _say(self, reply: str, request: bytes, line: Line) -> object:
        if self.away:
            return hang_up(request, line)
        line.say(seal(reply, request))
        return None


def serve(client: IlsClient, service: Service = Service.LOAN, item: str = BOOK) -> tuple[Outcome, Reason | None]:
    answer = client.serve(service, NUMBER, Item(item))
    return answer.outcome, answer.reason


def look(client: IlsClient, service: Service = Service.LOAN) -> tuple[Outcome, Reason | None]:
    answer = client.look_again(service, NUMBER, Item(BOOK))
    return answer.outcome, answer.reason


def test_a_loan_that_arrives_after_it_was_looked_for_is_found_by_looking_again() -> None:
    library = Library()
    with Station(answering(library.answers())) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert serve(client) == NOT_YET
        assert look(client) == NOT_YET
        library.done = True
        assert look(client) == DONE
        assert station.kinds().count("11") == 1


def test_looking_again_tells_title_and_due_date() -> None:
    library = Library()
    with Station(answering(library.answers())) as station, client_of(station.port) as client:
        serve(client)
        library.done = True
        assert client.look_again(Service.LOAN, NUMBER, Item(BOOK)).item.title == TITLE


def test_looking_again_works_after_the_session_too() -> None:
    library = Library()
    with Station(answering(library.answers())) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert serve(client) == NOT_YET
        client.patron(OTHER)
        library.done = True
        assert look(client) == DONE


def test_a_hold_that_stands_on_the_list_late_is_found_though_somebody_else_is_served() -> None:
    """That it is listed now and was not before tells it, whoever is served meanwhile."""
    library = Library()
    library.before, library.after = NONE, holding(BOOK)
    with Station(answering(library.answers())) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert serve(client, Service.HOLD) == NOT_YET
        client.patron(OTHER)
        library.done = True
        assert look(client, Service.HOLD) == DONE


def test_one_hold_more_of_a_patron_who_has_left_proves_nothing() -> None:
    """They may have placed another one since, at home."""
    library = Library()
    library.before, library.after = NONE, holding(SECOND_BOOK)
    with Station(answering(library.answers())) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert serve(client, Service.HOLD) == NOT_YET
        client.patron(OTHER)
        library.done = True
        assert look(client, Service.HOLD) == UNKNOWN


def test_what_was_counted_of_a_patron_who_has_left_proves_nothing() -> None:
    """Another counter may have lent them something since: one more loan is not this one."""
    library = Library()
    library.before, library.after = (PATRON.replace("1100000000033", "雪国").replace("000000000001", f"00000000000{n}") for n in (1, 2))
    with Station(answering({**library.answers(), "17": ON_LOAN})) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert serve(client) == NOT_YET
        client.patron(OTHER)
        library.done = True
        assert look(client) == UNKNOWN


def test_a_loan_that_is_lent_meanwhile_is_not_taken_for_the_one_in_doubt() -> None:
    titles = [PATRON.replace("1100000000033", "雪国").replace("000000000001", f"00000000000{n}") for n in (1, 2)]
    library = Library()
    library.before, library.after = titles

    def lend(request: bytes, line: Line) -> object:
        if SECOND_BOOK.encode() not in request:
            return hang_up(request, line)
        library.done = True
        line.say(seal(LENT.replace(BOOK, SECOND_BOOK), request))
        return None

    with Station(answering({**library.answers(), "11": lend, "17": ON_LOAN})) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert serve(client) == NOT_YET
        assert serve(client, item=SECOND_BOOK) == DONE
        # The one more is the second book, and the first is on loan to somebody.
        assert look(client) == NOT_YET


@pytest.mark.parametrize("service", [Service.LOAN, Service.RENEWAL, Service.HOLD])
def test_what_nothing_is_known_of_is_unknown_or_not_there(service: Service) -> None:
    library = Library()
    with Station(answering(library.answers())) as station, client_of(station.port) as client:
        assert look(client, service) == (NOT_YET if service in (Service.LOAN, Service.RENEWAL) else UNKNOWN)


def test_looking_while_the_server_is_away_tells_nothing() -> None:
    library = Library()
    with Station(answering(library.answers())) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert serve(client) == NOT_YET
        library.away = True
        assert look(client) == UNKNOWN


# --- a yes that nothing is seen of ------------------------------------------------------------------------------------------

HELD = f"161N{DATE}AOKENRITSU|AAD0123456789|AB{BOOK}|AJ{TITLE}|BR1|"
NOT_SEEN = (Outcome.REFUSED, Reason.NOT_SEEN_YET)
CANNOT_TELL = (Outcome.UNKNOWN, Reason.NOT_SEEN_YET)


def saying_yes() -> tuple[Library, dict[str, Answer]]:
    """Takes a hold, and lists it when the test says so."""
    library = Library()
    library.before, library.after = NONE, holding(BOOK)
    return library, {**library.answers(), "15": HELD}


def test_a_hold_that_is_listed_some_time_after_the_yes_is_found_by_looking_again() -> None:
    library, answers = saying_yes()
    with Station(answering(answers)) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert serve(client, Service.HOLD) == NOT_SEEN
        assert look(client, Service.HOLD) == NOT_SEEN
        client.patron(OTHER)
        # How many holds there were before counts no more.
        assert look(client, Service.HOLD) == CANNOT_TELL
        library.done = True
        assert look(client, Service.HOLD) == DONE


def test_what_the_server_has_said_yes_to_is_not_asked_for_again() -> None:
    """A list that lags behind would make two holds of one."""
    library, answers = saying_yes()
    with Station(answering(answers)) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert [serve(client, Service.HOLD) for _ in range(3)] == [NOT_SEEN] * 3
        client.patron(OTHER)
        client.patron(NUMBER)
        assert serve(client, Service.HOLD) == CANNOT_TELL
        library.done = True
        assert serve(client, Service.HOLD) == DONE
        assert station.kinds().count("15") == 1


def test_a_yes_that_could_not_be_looked_behind_is_not_asked_for_again_either() -> None:
    library, answers = saying_yes()

    def yes_and_gone(request: bytes, line: Line) -> object:
        line.say(seal(HELD, request))
        library.away = True
        return None

    with Station(answering({**answers, "15": yes_and_gone})) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert serve(client, Service.HOLD) == CANNOT_TELL
        library.away = False
        client.reconnect()
        assert serve(client, Service.HOLD) == NOT_SEEN
        assert station.kinds().count("15") == 1


# --- an attempt makes nothing better known --------------------------------------------------------------------------------


@pytest.mark.parametrize("service", [Service.LOAN, Service.RENEWAL, Service.HOLD])
def test_what_is_in_doubt_stays_so_when_it_is_read_again_while_the_server_is_away(service: Service) -> None:
    library = Library()

    def done_and_gone(request: bytes, line: Line) -> object:
        library.away = library.done = True
        return hang_up(request, line)

    lost: dict[str, Answer] = {"11": done_and_gone, "29": done_and_gone, "15": done_and_gone}
    with Station(answering({**library.answers(), **lost})) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert serve(client, service) == UNKNOWN
        assert serve(client, service) == UNKNOWN
        # another item was never asked for
        assert serve(client, service, SECOND_BOOK) == (Outcome.REFUSED, Reason.NOT_REACHED)


def test_what_is_in_doubt_is_not_denied_by_a_refusal_that_tells_nothing_of_it() -> None:
    """As after a loan whose answer was lost, where the list does not tell and the second request is refused for too many loans."""
    blank = PATRON.replace("AU1100000000033|", "").replace("000000000001000000000000", " " * 24)
    refused = f"120NUN{DATE}AOKENRITSU|AAD0123456789|AB{BOOK}|AJ{TITLE}|AH|AFTOO_MANY: 10 / 10|"
    answers: dict[str, Answer] = {"11": in_turn(hang_up, refused), "63": blank, "17": ON_LOAN}
    with Station(answering(answers)) as station, client_of(station.port) as client:
        client.patron(NUMBER)
        assert serve(client) == UNKNOWN
        answer = client.serve(Service.LOAN, NUMBER, Item(BOOK))
        assert (answer.outcome, answer.reason, answer.said) == (*UNKNOWN, "TOO_MANY: 10 / 10")


def test_a_doubt_is_not_kept_for_good() -> None:
    library, clock = Library(), Clock()
    library.before = library.after = PATRON.replace("AU1100000000033|", "").replace("000000000001000000000000", " " * 24)
    with Station(answering(library.answers())) as station, client_of(station.port, monotonic=clock) as client:
        client.patron(NUMBER)
        library.away = True
        serve(client)
        clock.now += 3599
        client.keep_alive()
        assert serve(client) == UNKNOWN
        clock.now += 3600
        client.keep_alive()
        assert serve(client) == (Outcome.REFUSED, Reason.NOT_REACHED)
