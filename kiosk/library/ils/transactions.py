"""Services done item by item, such as lending: send one request once, then read its answer or find out what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.domain.circulation import Item, ItemAnswer, LoanList, Outcome, Reason, Standing
from kiosk.domain.errors import Refused, Unavailable
from kiosk.domain.itemservices import has_queue, is_loan
from kiosk.domain.model import LibraryCardNumber, Patron, Service
from kiosk.library.ils.changes import CHANGES
from kiosk.library.ils.connection import Connection
from kiosk.library.ils.deadline import Deadline
from kiosk.library.ils.items import is_read, is_unknown, item_in, position_in, title_in
from kiosk.library.ils.lost_answers import Resolution, instead_in
from kiosk.library.ils.open_doubts import Before, Doubts, Question
from kiosk.library.ils.paging import Pages
from kiosk.library.ils.profile import Profile
from kiosk.library.ils.refusal_phrases import reason_in
from kiosk.library.ils.requests import Requests
from kiosk.library.ils.screen_messages import fee_in, said_of_item, unread_fee_in, with_words
from kiosk.library.ils.status_queries import Inquiry
from kiosk.library.ils.transport import Broken, Trouble
from kiosk.library.sip2 import Message

_SILENCE = 3
"""Factor on the settling time after silence instead of a broken connection."""

_YES, _NO = ("1", "Y"), ("0", "N")
"""What an answer says of whether it was done."""

_ANSWERED_BY = {Reason.ITEM_UNKNOWN, Reason.NOT_ON_LOAN, Reason.ALREADY_LENT, Reason.ALREADY_RESERVED}
"""Reasons that also settle an earlier, lost request of the same kind."""


class ItemTransactions:
    def __init__(
        self,
        connection: Connection,
        requests: Requests,
        pages: Pages,
        profile: Profile,
        *,
        answer_seconds: float,
        settle_seconds: float,
        pause: Callable[[float], None],
        monotonic: Callable[[], float],
    ) -> None:
        """`settle_seconds`: how long after a broken connection the server may still be processing a request."""
        self._connection, self._requests, self._profile = connection, requests, profile
        self._inquiry = Inquiry(connection, requests, pages, answer_seconds=answer_seconds, pause=pause, monotonic=monotonic)
        self._settle_seconds = settle_seconds
        self._number: LibraryCardNumber | None = None
        self._standing = Standing()
        self._doubts = Doubts(monotonic)
        """Before repeating a request, find out what happened to the first."""

    def begin(self, patron: Patron) -> None:
        """Start serving a patron; keeps only what is needed, until the next one."""
        self._begin(patron.number)
        self._standing = replace(patron.standing, on_loan=LoanList(), said="")

    def serve(
        self, service: Service, number: LibraryCardNumber, item: Item, until: Callable[[], Deadline], *, sure: bool = False
    ) -> ItemAnswer:
        """Send the request and return its outcome. Never raises KioskError.

        `until` returns a fresh deadline for one step. `sure`: staff have verified that there is no such hold.
        """
        question = Question(service, number, item.number)
        if service not in CHANGES:
            return _refused(item, Reason.NOT_SUPPORTED)
        if not usable(item.number) or not usable(number.text):
            return _refused(item, Reason.ITEM_UNKNOWN)
        if self._number != number:
            self._begin(number)
        before, doubt = Before(), self._doubts.get(question)
        try:
            by = until()
            self._connection.ready(by)
            if self._connection.denies(CHANGES[service].kind):
                return self._not_asked(question, item, Reason.NOT_SUPPORTED)
            if doubt is not None:
                finding, found = self._look(question, doubt, item, by)
                if finding is Resolution.DONE:
                    return self._done(question, found)
                if doubt.accepted:
                    return _not_seen(found, finding, doubt)
                if finding is Resolution.NOT_DONE:
                    self._doubts.settle(question)
                by = until()
            before = self._before(question, item, by)
            if before.holds is not None and before.holds.has(item.number):
                return self._already_reserved(question, item, by)
            if before.holds is not None and before.holds.is_part and not sure:
                # With its title, so that staff can look for it.
                described = self._inquiry.described(item, by)
                return self._not_asked(question, item if described is None else item_in(described, item), Reason.PERHAPS_RESERVED)
            reply = self._connection.change(self._request(question), by)
            if reply.verdict not in {*_YES, *_NO}:
                self._connection.drop()
                raise Broken(Trouble.NOISE, reply)
        except Unavailable:
            return self._not_asked(question, item, Reason.NOT_REACHED)
        except Refused:
            return self._not_asked(question, item, Reason.OTHER)
        except Broken as broken:
            return self._find_out(question, item, before, broken.trouble, until())
        if reply.verdict in _NO or CHANGES[service].is_empty(reply):
            return self._not_done(question, item, reply, until())
        return self._read(question, item, reply, before, until())

    def look_again(self, service: Service, number: LibraryCardNumber, item: Item, by: Deadline) -> ItemAnswer:
        """Check a request whose answer was lost, without sending it again. Never raises KioskError."""
        question = Question(service, number, item.number)
        before = self._doubts.get(question) or Before()
        try:
            finding, found = self._look(question, before, item, by)
        except (Unavailable, Refused):
            return ItemAnswer(item, Outcome.UNKNOWN, Reason.LOST_ANSWER)
        return self._done(question, found) if finding is Resolution.DONE else _not_seen(item, finding, before)

    def tidy(self) -> None:
        """Drop expired doubts; called periodically."""
        self._doubts.tidy()

    def _begin(self, number: LibraryCardNumber) -> None:
        if self._number != number:
            self._number, self._standing = number, Standing()
            self._doubts.begin(number)
        self._inquiry.begin()

    # --- before -------------------------------------------------------------------------------------------------------

    def _request(self, question: Question) -> Message:
        return CHANGES[question.service].request(self._requests, question.number.text, question.item)

    def _before(self, question: Question, item: Item, by: Deadline) -> Before:
        """Record the state before the request. Raises Unavailable, Refused."""
        return CHANGES[question.service].before(self._inquiry, question, item, self._standing, by)

    def _already_reserved(self, question: Question, item: Item, by: Deadline) -> ItemAnswer:
        """Refuse a duplicate hold, which servers would place. This also settles a lost request for it."""
        self._doubts.settle(question)
        described = self._inquiry.described(item, by)
        return _refused(item if described is None else item_in(described, item), Reason.ALREADY_RESERVED)

    def _not_asked(self, question: Question, item: Item, reason: Reason) -> ItemAnswer:
        """The answer when nothing was sent: an earlier request in doubt stays in doubt."""
        if self._doubts.get(question) is not None:
            return ItemAnswer(item, Outcome.UNKNOWN, Reason.LOST_ANSWER)
        return _refused(item, reason)

    # --- after an answer ----------------------------------------------------------------------------------------------

    def _read(self, question: Question, item: Item, reply: Message, before: Before, by: Deadline) -> ItemAnswer:
        """Read a positive answer; holds are verified, since servers confirm holds that they do not place."""
        on_loan, queued = is_loan(question.service), has_queue(question.service)
        told, position = item_in(reply, item), position_in(reply) if queued else None
        answer = ItemAnswer(told, Outcome.DONE, None, self._said(reply), fee=fee_in(reply))
        if CHANGES[question.service].is_verified:
            found = self._looked_twice(question, before, item, self._settle_seconds, by)
            if found is None or found[0] is Resolution.NOT_DONE:
                accepted = replace(before, accepted=True)
                self._doubts.keep(question, accepted)
                outcome = Outcome.UNKNOWN if found is None else Outcome.REFUSED
                return replace(answer, outcome=outcome, reason=Reason.NOT_SEEN_YET)
        lacks = (on_loan and not is_read(told.due)) or (queued and position is None)
        if lacks or not told.title:
            described = self._inquiry.described(item, by)
            if described is not None:
                fuller = item_in(described, told)
                due = told.due if is_read(told.due) else fuller.due if is_read(fuller.due) else told.due or fuller.due
                told = replace(told, title=told.title or fuller.title, due=due)
                position = position or (position_in(described) if queued else None)
        instead = instead_in(reply, before.due, told.due) if on_loan else None
        return self._done(question, told, replace(answer, position=position, instead=instead))

    def _done(self, question: Question, item: Item, answer: ItemAnswer | None = None) -> ItemAnswer:
        """Record success. `answer` adds details."""
        answer = replace(answer or ItemAnswer(item, Outcome.DONE), item=item)
        self._doubts.settle(question)
        if answer.instead is not None:
            return answer
        self._doubts.counted(question)
        if question.service is Service.LOAN and question.number == self._number:
            standing = self._standing
            loans = None if standing.loans is None else standing.loans + 1
            left = None if standing.loans_left is None else max(standing.loans_left - 1, 0)
            self._standing = replace(standing, loans=loans, loans_left=left)
        return answer

    def _not_done(self, question: Question, item: Item, reply: Message, by: Deadline) -> ItemAnswer:
        """Find the reason for a refusal: from the server's text, else the item's status, else the patron's."""
        service, said, fee = question.service, said_of_item(reply, self._profile), fee_in(reply)
        told = Item(item.number, title_in(reply) or item.title, item.due)
        reason = reason_in(said, service, self._profile.wordings) or (Reason.FEE if fee else None)
        if reason is None:
            described = self._inquiry.described(item, by)
            if described is not None:
                reason = Reason.ITEM_UNKNOWN if is_unknown(described) else CHANGES[service].reason_by_status(described)
                told = replace(told, title=told.title or item_in(described, told).title)
        reason, said = reason or CHANGES[service].reason_of_patron(self._standing) or Reason.OTHER, self._said(reply)
        if self._doubts.get(question) is not None and reason not in _ANSWERED_BY:
            return ItemAnswer(told, Outcome.UNKNOWN, Reason.LOST_ANSWER, said, fee=fee)
        self._doubts.settle(question)
        return ItemAnswer(told, Outcome.REFUSED, reason, said, fee=fee)

    def _said(self, reply: Message) -> str:
        return with_words(said_of_item(reply, self._profile), unread_fee_in(reply))

    def _find_out(self, question: Question, item: Item, before: Before, trouble: Trouble, by: Deadline) -> ItemAnswer:
        """Find out what happened to a request whose answer was lost, looking twice: the server may still be processing it.

        Do not treat a 96 as a refusal: it has no sequence number and may be the late answer to another request.
        """
        settle = self._settle_seconds * (_SILENCE if trouble is Trouble.SILENT else 1)
        found = self._looked_twice(question, before, item, settle, by)
        finding = Resolution.UNCLEAR if found is None else found[0]
        if found is not None and finding is Resolution.DONE:
            return self._done(question, found[1])
        self._doubts.keep(question, before)
        return _not_seen(item, finding, before)

    def _look(self, question: Question, before: Before, item: Item, by: Deadline) -> tuple[Resolution, Item]:
        """Record the state before the request. Raises Unavailable, Refused."""
        return CHANGES[question.service].look(self._inquiry, question, before, item, by)

    def _looked_twice(self, question: Question, before: Before, item: Item, settle: float, by: Deadline) -> tuple[Resolution, Item] | None:
        return self._inquiry.looked_twice(lambda: self._look(question, before, item, by), settle, by)


def usable(number: str) -> bool:
    """Whether a number can be sent: servers damage anything but ASCII, and `|` would end the field."""
    return 0 < len(number) <= 64 and number.isascii() and number.isprintable() and "|" not in number and bool(number.strip())


def _refused(item: Item, reason: Reason) -> ItemAnswer:
    return ItemAnswer(item, Outcome.REFUSED, reason)


def _not_seen(item: Item, finding: Resolution, before: Before) -> ItemAnswer:
    """The answer for "not there yet" or "unknown"; neither is a refusal."""
    if finding is Resolution.NOT_DONE:
        return ItemAnswer(item, Outcome.REFUSED, Reason.NOT_SEEN_YET if before.accepted else Reason.NOT_THERE_YET)
    return ItemAnswer(item, Outcome.UNKNOWN, Reason.NOT_SEEN_YET if before.accepted else Reason.LOST_ANSWER)
