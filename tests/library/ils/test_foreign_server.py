"""A whole visit against a third-party server (pysip2's, with a small library behind it), which is strict and hangs up on invalid input."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import pysip2
import pytest

from kiosk.domain.circulation import Item, Outcome, Reason
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.model import IlsCondition, LibraryCardNumber, Service
from tests.support.ils.scripted_server import client_of
from tests.support.ports import free_port
from tests.support.wait import LIMIT

TAKEUCHI, NOBODY = LibraryCardNumber("D0000000077"), LibraryCardNumber("D0000000099")
BOOKS = {"1100000000017": "吾輩は猫である", "1100000000025": "竹取物語 芸"}
CAT, BAMBOO = BOOKS
AT = "20261123    185033"
DUE = "20261207    235900"


def library(encoding: str, **limits: Any) -> pysip2.SIP2Server:
    app = pysip2.SIP2Server(encoding=encoding, institution_id="KENRITSU", login_required=True, **limits)
    loans: dict[str, str] = {}
    holds: list[str] = []

    @app.route(pysip2.LOGIN)
    def login(request: Any, context: Any) -> Any:
        return pysip2.LoginResponse(ok="1" if request.login_password == "kioskpwd" else "0")

    @app.route(pysip2.PATRON_INFORMATION)
    def patron(request: Any, context: Any) -> Any:
        if request.patron_identifier != TAKEUCHI.text:
            return context.decline("")
        return pysip2.PatronInformationResponse(
            patron_status=" " * 14,
            language="014",
            transaction_date=AT,
            hold_items_count="0000",
            overdue_items_count="0000",
            charged_items_count=f"{len(loans):04}",
            fine_items_count="0000",
            recall_items_count="0000",
            unavailable_holds_count=f"{len(holds):04}",
            institution_id=request.institution_id,
            patron_identifier=request.patron_identifier,
            personal_name="竹内 芸子",
            charged_items=tuple(loans) if request.summary[2] == "Y" else (),
        )

    @app.route(pysip2.ITEM_INFORMATION)
    def item(request: Any, context: Any) -> Any:
        number = request.item_identifier
        return pysip2.ItemInformationResponse(
            circulation_status="01" if number not in BOOKS else "04" if number in loans else "03",
            security_marker="00",
            fee_type="01",
            transaction_date=AT,
            item_identifier=number,
            title_identifier=BOOKS.get(number, ""),
            due_date=loans.get(number),
        )

    @app.route(pysip2.CHECKOUT)
    def checkout(request: Any, context: Any) -> Any:
        number = request.item_identifier
        if number not in BOOKS or number in loans:
            return context.decline("")
        loans[number] = DUE
        return pysip2.CheckoutResponse(
            ok="1",
            renewal_ok="N",
            magnetic_media="U",
            desensitize="Y",
            transaction_date=AT,
            institution_id=request.institution_id,
            patron_identifier=request.patron_identifier,
            item_identifier=number,
            title_identifier=BOOKS[number],
            due_date=DUE,
        )

    @app.route(pysip2.HOLD)
    def hold(request: Any, context: Any) -> Any:
        holds.append(request.item_identifier)
        return pysip2.HoldResponse(
            ok="1",
            available="N",
            transaction_date=AT,
            queue_position="2",
            institution_id=request.institution_id,
            patron_identifier=request.patron_identifier,
            item_identifier=request.item_identifier,
        )

    return app


@contextmanager
def running(app: pysip2.SIP2Server) -> Iterator[int]:
    """Serve on a thread; the port."""
    ready, ended = threading.Event(), threading.Event()
    port = free_port()

    async def serve() -> None:
        # Not by its own `start`, which leaves its socket open.
        async with await app.listen(port=port) as listener, anyio.create_task_group() as group:
            group.start_soon(listener.serve, app._handle_connection)
            ready.set()
            await anyio.to_thread.run_sync(ended.wait)
            group.cancel_scope.cancel()

    thread = threading.Thread(target=lambda: anyio.run(serve), daemon=True)
    thread.start()
    assert ready.wait(LIMIT)
    try:
        yield port
    finally:
        ended.set()
        thread.join(LIMIT)


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
@pytest.mark.parametrize(("detection", "checksum"), [("auto", "strict"), ("required", "warn"), ("auto", "off")])
def test_a_visit(encoding: str, detection: str, checksum: str) -> None:
    with running(library(encoding, error_detection=detection)) as port, client_of(port, encoding=encoding, checksum=checksum) as client:
        assert client.sight(TAKEUCHI).name == "竹内 芸子"
        assert client.patron(TAKEUCHI).standing.loans == 0
        with pytest.raises(Refused, match=Code.LIBRARY_CARD_UNKNOWN.value):
            client.patron(NOBODY)
        lent = client.serve(Service.LOAN, TAKEUCHI, Item(CAT))
        assert (lent.outcome, lent.item.title) == (Outcome.DONE, "吾輩は猫である")
        again = client.serve(Service.LOAN, TAKEUCHI, Item(CAT))
        assert (again.outcome, again.reason) == (Outcome.REFUSED, Reason.ON_LOAN)
        unknown = client.serve(Service.LOAN, TAKEUCHI, Item("1100000000099"))
        assert (unknown.outcome, unknown.reason) == (Outcome.REFUSED, Reason.ITEM_UNKNOWN)
        # what it does not offer is not sent
        assert client.serve(Service.RENEWAL, TAKEUCHI, Item(CAT)).reason is Reason.NOT_SUPPORTED
        held = client.serve(Service.HOLD, TAKEUCHI, Item(BAMBOO))
        assert (held.outcome, held.position) == (Outcome.DONE, 2)
        assert client.item(BAMBOO).title == "竹取物語 芸"
        assert client.loans(TAKEUCHI).items == (CAT,)
        assert client.condition is IlsCondition.READY


def test_a_wrong_password() -> None:
    with running(library("utf-8")) as port, client_of(port, password="wrong") as client:
        with pytest.raises(Unavailable, match=Code.ILS_LOGIN_REFUSED.value):
            client.patron(TAKEUCHI)
