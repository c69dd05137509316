"""Queries to the library system, on a dedicated thread: its timeouts must not delay saving a registration."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.circulation import ItemAnswer, Outcome, Reason
from kiosk.domain.effects import DescribeItem, LibraryQuestion, ListLoans, LookAgain, LookUpPatron, RecogniseLibraryCard, ServeItem
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.domain.events import (
    Broke,
    Event,
    IlsChanged,
    ItemAnswered,
    ItemDescribed,
    LibraryCardRecognised,
    LibraryFailed,
    LoansListed,
    LookedAgain,
    PatronFound,
    PatronRefused,
)
from kiosk.domain.model import IlsCondition, Patron
from kiosk.effects.ports import LibrarySystem
from kiosk.effects.worker import Worker


class LibraryThread:
    """Queue of library queries; no method but `stop` blocks. Without a library system every library card is accepted unchecked."""

    def __init__(self, library: LibrarySystem | None, post: Callable[[Event], None]) -> None:
        self._library, self._post = library, post
        self._worker = Worker("library", post)
        self._told: IlsCondition | None = None
        self._beating = False

    def ask(self, question: LibraryQuestion) -> None:
        library = self._library
        if library is None:
            self._post(_unasked(question))
        else:
            self._worker.do(lambda: self._told_of(library, lambda: _answer(library, question)), lambda error: _failure(question, error))

    def keep_alive(self) -> None:
        """Keep the connection open, or reconnect. No second call is enqueued while one is pending."""
        library = self._library
        if library is None or self._beating:
            return
        self._beating = True

        def beat() -> None:
            self._beating = False
            library.keep_alive()

        # Not silent, unlike other checks: staff using this connection could not know that it is no longer kept alive.
        self._worker.look(lambda: self._told_of(library, beat), lambda incident: Broke(incident.number) if incident.is_new else None)

    def retry(self) -> None:
        """Reconnect after the work already queued, and post the resulting condition even if it is unchanged."""
        library = self._library
        if library is None:
            return

        def retried() -> IlsChanged:
            self._told = library.reconnect()
            return IlsChanged(self._told)

        self._worker.do(retried, lambda error: None)

    def drop(self) -> None:
        """Drop all queued queries; close the connection once the current one is done."""
        self._worker.drop()
        if self._library is not None:
            self._worker.do(self._library.close, lambda error: None)

    def stop(self, limit: float) -> None:
        self._worker.stop(limit)

    def _told_of(self, library: LibrarySystem, work: Callable[[], Event | None]) -> Event | None:
        """Run `work`; post IlsChanged if the connection's condition differs from the last one posted."""
        try:
            return work()
        finally:
            if library.condition is not self._told:
                self._told = library.condition
                self._post(IlsChanged(library.condition))


def _answer(library: LibrarySystem, question: LibraryQuestion) -> Event:
    match question:
        case LookUpPatron(ticket, number):
            return PatronFound(ticket, library.patron(number))
        case ServeItem(ticket, service, number, item, sure):
            return ItemAnswered(ticket, library.serve(service, number, item, sure=sure))
        case ListLoans(ticket, number):
            return LoansListed(ticket, library.loans(number))
        case DescribeItem(ticket, wanted):
            return ItemDescribed(ticket, library.item(wanted))
        case LookAgain(ticket, service, number, item):
            return LookedAgain(ticket, library.look_again(service, number, item))
        case RecogniseLibraryCard(ticket, number):
            return LibraryCardRecognised(ticket, library.knows(number))


def _failure(question: LibraryQuestion, error: KioskError) -> Event:
    if isinstance(question, LookUpPatron):
        return PatronRefused(question.ticket, error.code, tuple(error.params.items()))
    if isinstance(question, LookAgain):
        return LookedAgain(question.ticket, ItemAnswer(question.item, Outcome.UNKNOWN, Reason.LOST_ANSWER))
    if isinstance(question, RecogniseLibraryCard):
        return LibraryCardRecognised(question.ticket, known=None)
    return LibraryFailed(question.ticket, error.code)


def _unasked(question: LibraryQuestion) -> Event:
    if isinstance(question, LookUpPatron):
        return PatronFound(question.ticket, Patron(question.number))
    return _failure(question, Unavailable(Code.ILS_UNREACHABLE))
