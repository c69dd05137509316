"""Lending, renewing and reserving: one request that changes something, sent once; its answer read, or what became of it found out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from kiosk.domain.circulation import Due, Item, ItemAnswer, LoanList, Outcome, Reason, Standing, Stop
from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.model import LibraryCardNumber, Patron, Service
from kiosk.library.ils.aftermath import Finding, hold_by_count, holds_in, loan_by_list, loan_by_status, renewal_by_date
from kiosk.library.ils.connection import Connection
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.items import item_in, position_in, reason_by_status
from kiosk.library.ils.loans import count_in
from kiosk.library.ils.matching import alike
from kiosk.library.ils.profile import Profile
from kiosk.library.ils.requests import Requests
from kiosk.library.ils.verdict import said_in
from kiosk.library.ils.wire import Broken, Trouble
from kiosk.library.ils.wordings import reason_in
from kiosk.library.sip2 import Message

_KINDS = {Service.LOAN: "11", Service.RENEWAL: "29", Service.HOLD: "15"}
_SILENCE = 3
"""So many times longer than after a broken line one waits to see whether a silent server does it yet."""
_EXTRA_SECONDS = 3.0
"""For what only makes an answer nicer, a title for example."""
_NOT_FOR_LOANS = frozenset({Stop.RENEWAL_DENIED, Stop.HOLD_DENIED})


@dataclass(frozen=True, slots=True)
class _Before:
    """How it stood before a request was sent, as far as that tells afterwards whether it was carried out."""

    due: Due | None = None
    loans: int | None = None
    holds: int | None = None


@dataclass(slots=True)
class _Dealings:
    """What is known of the patron who is being served: no more than is needed, and until the next one comes."""

    number: LibraryCardNumber | None = None
    standing: Standing = field(default_factory=Standing)
    doubts: dict[tuple[Service, str], _Before] = field(default_factory=dict)
    """Requests whose answers were lost: whoever makes the same again gets to know first what became of the former."""


class ItemDesk:
    def __init__(
        self,
        connection: Connection,
        requests: Requests,
        profile: Profile,
        *,
        answer_seconds: float,
        settle_seconds: float,
        pause: Callable[[float], None],
    ) -> None:
        """`settle_seconds`: how long after a broken line the server may still be carrying out what it was sent."""
        self._connection, self._requests, self._profile = connection, requests, profile
        self._extra_seconds = min(answer_seconds, _EXTRA_SECONDS)
        self._settle_seconds, self._pause = settle_seconds, pause
        self._dealings = _Dealings()
        self._item_failures = 0

    def begin(self, patron: Patron) -> None:
        """Serve this patron from now on; what was known of another one is forgotten."""
        if self._dealings.number != patron.number:
            self._dealings = _Dealings(patron.number)
        self._dealings.standing = replace(patron.standing, on_loan=LoanList(), said="")
        self._item_failures = 0

    def serve(self, service: Service, number: LibraryCardNumber, item: Item, until: Callable[[], Deadline]) -> ItemAnswer:
        """`until` gives the deadline of one question, counted from when it is called. Never raises KioskError."""
        if service not in _KINDS:
            return _refused(item, Reason.NOT_SUPPORTED)
        if not usable(item.number) or not usable(number.text):
            return _refused(item, Reason.ITEM_UNKNOWN)
        if self._dealings.number != number:
            self._dealings = _Dealings(number)
        before = _Before()
        try:
            by = until()
            self._connection.ready(by)
            if self._connection.denies(_KINDS[service]):
                return _refused(item, Reason.NOT_SUPPORTED)
            doubt = self._dealings.doubts.get((service, item.number))
            if doubt is not None:
                finding, found = self._look(service, number, item, doubt, by)
                if finding is Finding.DONE:
                    return self._done(service, found)
                by = until()
            before = self._before(service, number, item, by)
            reply = self._connection.change(self._request(service, number, item), by)
            if reply.fixed["ok"] not in "01YN":
                self._connection.drop()
                raise Broken(Trouble.NOISE, reply)
        except Unavailable:
            return _refused(item, Reason.NOT_REACHED)
        except Refused:
            return _refused(item, Reason.OTHER)
        except Broken as broken:
            return self._find_out(service, number, item, before, broken.trouble, until())
        # Where the form of an answer says yes to a renewal and its content no, the content counts: there is no new due date.
        is_empty = reply.kind == "30" and reply.fixed["renewal_ok"] == "N" and not (reply.first("AH") or "").strip()
        if reply.fixed["ok"] in "0N" or is_empty:
            return self._not_done(service, item, reply, until())
        return self._read(service, number, item, reply, before, until())

    # --- before -------------------------------------------------------------------------------------------------------

    def _request(self, service: Service, number: LibraryCardNumber, item: Item) -> Message:
        requests = self._requests
        ask = {Service.LOAN: requests.loan, Service.RENEWAL: requests.renewal, Service.HOLD: requests.hold}[service]
        return ask(number.text, item.number)

    def _before(self, service: Service, number: LibraryCardNumber, item: Item, by: Deadline) -> _Before:
        """Raises Unavailable, Refused."""
        if service is Service.LOAN:
            return _Before(loans=self._dealings.standing.loans)
        if service is Service.HOLD:
            return _Before(holds=self._holds(number, by))
        if item.due is not None:
            return _Before(due=item.due)
        described = self._described(item, by)
        return _Before(due=item_in(described, item).due if described is not None else None)

    def _holds(self, number: LibraryCardNumber, by: Deadline) -> int | None:
        patron = self._patron(number, by, with_loans=False)
        return None if patron is None else holds_in(patron)

    def _patron(self, number: LibraryCardNumber, by: Deadline, *, with_loans: bool) -> Message | None:
        """The 64; None from a server without. Raises Unavailable, and Refused where somebody else answers to this number."""
        if self._connection.denies("63"):
            return None
        reply = self._connection.read(self._requests.patron(number.text, with_loans=with_loans), by)
        if not alike(number.text, reply.first("AA") or ""):
            raise Refused(Code.LIBRARY_CARD_DIFFERS)
        return reply

    # --- after an answer ----------------------------------------------------------------------------------------------

    def _read(self, service: Service, number: LibraryCardNumber, item: Item, reply: Message, before: _Before, by: Deadline) -> ItemAnswer:
        """What a yes says; that of a hold is checked, since servers say yes to holds which they do not place."""
        told, said, position = item_in(reply, item), said_in(reply, self._profile), position_in(reply) if reply.kind == "16" else None
        if service is Service.HOLD:
            finding = self._looked_twice(service, number, item, before, self._settle_seconds, by)
            if finding is None:
                self._dealings.doubts[service, item.number] = before
                return ItemAnswer(told, Outcome.UNKNOWN, Reason.LOST_ANSWER, said)
            if finding[0] is Finding.NOT_DONE:
                return ItemAnswer(told, Outcome.REFUSED, Reason.NOT_PLACED, said)
        lacks = position is None if service is Service.HOLD else told.due is None
        if lacks or not told.title:
            described = self._described(item, by)
            if described is not None:
                fuller = item_in(described, told)
                told = replace(told, title=told.title or fuller.title, due=told.due or fuller.due)
                position = position or (position_in(described) if service is Service.HOLD else None)
        return self._done(service, told, said, position)

    def _done(self, service: Service, item: Item, said: str = "", position: int | None = None) -> ItemAnswer:
        dealings, standing = self._dealings, self._dealings.standing
        dealings.doubts.pop((service, item.number), None)
        if service is Service.LOAN:
            loans = None if standing.loans is None else standing.loans + 1
            left = None if standing.loans_left is None else max(standing.loans_left - 1, 0)
            dealings.standing = replace(standing, loans=loans, loans_left=left)
        elif service is Service.HOLD:
            # Counts from before this hold tell nothing of others any more.
            dealings.doubts = {key: before for key, before in dealings.doubts.items() if key[0] is not Service.HOLD}
        return ItemAnswer(item, Outcome.DONE, None, said, position)

    def _not_done(self, service: Service, item: Item, reply: Message, by: Deadline) -> ItemAnswer:
        """Why not: in the server's words if they are known, else from the state of the item, else from that of the patron."""
        self._dealings.doubts.pop((service, item.number), None)
        said = said_in(reply, self._profile)
        told = Item(item.number, (reply.first("AJ") or "").strip() or item.title, item.due)
        reason = reason_in(said, service, self._profile.wordings)
        if reason is None:
            described = self._described(item, by)
            if described is not None:
                reason = reason_by_status(service, described)
                told = replace(told, title=told.title or item_in(described, told).title)
        return ItemAnswer(told, Outcome.REFUSED, reason or self._reason_of_patron(service), said)

    def _reason_of_patron(self, service: Service) -> Reason:
        standing = self._dealings.standing
        if service is Service.LOAN and (standing.loans_left == 0 or Stop.TOO_MANY_CHARGED in standing.stops):
            return Reason.TOO_MANY
        stopped = {
            Service.LOAN: bool(standing.stops - _NOT_FOR_LOANS),
            Service.RENEWAL: Stop.RENEWAL_DENIED in standing.stops,
            Service.HOLD: Stop.HOLD_DENIED in standing.stops,
        }
        return Reason.PATRON_STOPPED if stopped[service] else Reason.OTHER

    def _described(self, item: Item, by: Deadline) -> Message | None:
        """The 18 of an item, where one is to be had soon. A server that fails at it twice running is not asked any more for this patron."""
        if self._connection.denies("17") or self._item_failures >= 2:
            return None
        try:
            reply = self._connection.read(self._requests.item(item.number), by.step(self._extra_seconds), optional=True)
        except Unavailable:
            self._item_failures += 1
            return None
        self._item_failures = 0
        return reply

    # --- after a lost answer ------------------------------------------------------------------------------------------

    def _find_out(
        self, service: Service, number: LibraryCardNumber, item: Item, before: _Before, trouble: Trouble, by: Deadline
    ) -> ItemAnswer:
        """Ask what became of it. What was not done yet is looked at again, since the server may still be about it.

        A 96 is no proof that nothing was done: it has no number, and may be the late answer to something else.
        """
        settle = self._settle_seconds * (_SILENCE if trouble is Trouble.SILENT else 1)
        found = self._looked_twice(service, number, item, before, settle, by)
        if found is not None and found[0] is Finding.DONE:
            return self._done(service, found[1])
        if trouble is Trouble.NOT_UNDERSTOOD and found is not None and found[0] is Finding.NOT_DONE:
            return _refused(item, Reason.OTHER)
        self._dealings.doubts[service, item.number] = before
        outcome = Outcome.REFUSED if found is not None and found[0] is Finding.NOT_DONE else Outcome.UNKNOWN
        return ItemAnswer(item, outcome, Reason.LOST_ANSWER)

    def _looked_twice(
        self, service: Service, number: LibraryCardNumber, item: Item, before: _Before, settle: float, by: Deadline
    ) -> tuple[Finding, Item] | None:
        """A second look after `settle` seconds if the first showed nothing done; None where looking failed."""
        try:
            found = self._look(service, number, item, before, by)
            if found[0] is Finding.NOT_DONE and settle and by.left > settle:
                self._pause(settle)
                found = self._look(service, number, item, before, by)
        except (Unavailable, Refused):
            return None
        return found

    def _look(self, service: Service, number: LibraryCardNumber, item: Item, before: _Before, by: Deadline) -> tuple[Finding, Item]:
        """Raises Unavailable, Refused."""
        if service is Service.HOLD:
            return hold_by_count(before.holds, self._holds(number, by)), item
        if service is Service.RENEWAL:
            if self._connection.denies("17"):
                return Finding.UNCLEAR, item
            described = self._connection.read(self._requests.item(item.number), by)
            return renewal_by_date(described, before.due), item_in(described, item)
        patron = self._patron(number, by, with_loans=True)
        finding = Finding.UNCLEAR if patron is None else loan_by_list(item.number, patron)
        if finding is Finding.NOT_DONE or (finding is Finding.UNCLEAR and self._connection.denies("17")):
            return finding, item
        if finding is Finding.DONE:
            shown = self._described(item, by)
            return finding, item if shown is None else item_in(shown, item)
        described = self._connection.read(self._requests.item(item.number), by)
        now = None if patron is None else count_in(patron, "charged_items_count")
        return loan_by_status(described, before.loans, now), item_in(described, item)


def usable(number: str) -> bool:
    """Whether a number can be asked for: servers damage anything but ASCII, and a `|` would end the field."""
    return 0 < len(number) <= 64 and number.isascii() and number.isprintable() and "|" not in number and bool(number.strip())


def _refused(item: Item, reason: Reason) -> ItemAnswer:
    return ItemAnswer(item, Outcome.REFUSED, reason)
