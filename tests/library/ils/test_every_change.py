"""What holds for every request that changes something, however its reply is laid out."""

from __future__ import annotations

import pytest

from kiosk.domain.circulation import Item, Outcome
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import Service
from kiosk.library.ils.changes import CHANGES
from kiosk.library.sip2 import LAYOUTS
from tests.support.ils.scripted_server import BOOK, DATE, NUMBER, PATRON, TAKES_ALL, TITLE, Answer, Station, answering, client_of

ON_LOAN = f"18040201{DATE}AB{BOOK}|AJ{TITLE}|AH20261207    235900|"


def replied(service: Service, verdict: str) -> str:
    """The reply to a service's request, all of whose other parts are blank."""
    layout = LAYOUTS[LAYOUTS[CHANGES[service].kind].reply or ""]
    fixed = "".join(verdict if part.name == layout.verdict else DATE if part.is_date else " " * part.width for part in layout.fixed)
    return f"{layout.kind}{fixed}AOKENRITSU|AA{NUMBER.text}|AB{BOOK}|AJ{TITLE}|"


def outcome(service: Service, verdict: str) -> Outcome:
    kind = CHANGES[service].kind
    answers: dict[str, Answer] = {"99": TAKES_ALL, "63": PATRON, "17": ON_LOAN, kind: replied(service, verdict)}
    with Station(answering(answers)) as station, client_of(station.port, answer_seconds=0.5) as client:
        client.patron(NUMBER)
        answer = client.serve(service, NUMBER, Item(BOOK))
        assert station.kinds().count(kind) == 1
    assert answer.item.number == BOOK
    return answer.outcome


def test_every_service_done_item_by_item_has_its_request() -> None:
    assert CHANGES.keys() == ITEM_SERVICES.keys()


@pytest.mark.parametrize("service", CHANGES)
@pytest.mark.parametrize("verdict", ["1", "Y"])
def test_a_yes_is_read(service: Service, verdict: str) -> None:
    # A hold that is not listed afterwards is in doubt.
    expected = Outcome.REFUSED if CHANGES[service].is_verified else Outcome.DONE
    assert outcome(service, verdict) is expected


@pytest.mark.parametrize("service", CHANGES)
@pytest.mark.parametrize("verdict", ["0", "N"])
def test_a_no_is_read(service: Service, verdict: str) -> None:
    assert outcome(service, verdict) is Outcome.REFUSED


@pytest.mark.parametrize("service", CHANGES)
@pytest.mark.parametrize("verdict", ["?", " "])
def test_an_answer_that_says_neither_is_looked_behind(service: Service, verdict: str) -> None:
    assert outcome(service, verdict) is not Outcome.DONE
