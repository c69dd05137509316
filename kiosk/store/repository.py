"""The store as seen by the rest of the program: links, operations and audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kiosk.domain.audit_times import Misdated, misdated
from kiosk.domain.calendar import JAPAN
from kiosk.domain.decide import Declined, OpenLink
from kiosk.domain.effects import RecordAct
from kiosk.domain.errors import Code, Refused
from kiosk.domain.model import LibraryCardNumber, Link, LinkToken, Month, ReplaceReason, Revocation, Service, UnlinkReason
from kiosk.domain.operations import RefusedFor
from kiosk.domain.wire import LinkOperation, Operation, ReplaceOperation, UnlinkOperation
from kiosk.ledger.acts import may_be_row_of, rows_of
from kiosk.ledger.audit import AuditEntry, AuditHead
from kiosk.ledger.digest import LinkSum
from kiosk.ledger.notes import parsed, read_note, write_note
from kiosk.ledger.paging import paged
from kiosk.store.cipher import open_file
from kiosk.store.error_table import translated
from kiosk.store.local_clients import LocalClientStore
from kiosk.store.metadata import DROPPED_LINKS, RECOVERY_SHEET
from kiosk.store.monthly_counts import MonthFigures
from kiosk.store.opened_store import utc
from kiosk.store.opening import KEPT
from kiosk.store.shown_links import ShownLink
from kiosk.store.staging_store import StagingStore


@dataclass(frozen=True, slots=True)
class ListedLink:
    """A link as listed for people."""

    number: str
    since: datetime
    counter: str
    pending: bool
    """The library's server has not confirmed it yet."""


class Repository(StagingStore, LocalClientStore):
    """One store. Thread-safe. Every method raises `Unavailable` with one of the store's codes.

    On a counter that is alone a link is final once committed, and nothing is ever pending; one that is enrolled with the library's server
    keeps its operations until they were answered.
    """

    # --- links --------------------------------------------------------------------------------------------------------

    def find(self, token: LinkToken) -> Link | None:
        """Find the link of a card, as shown here: one indexed SELECT, while the library has its first site key."""
        with translated(self._path):
            found = _link(self._ledger.shown.of_token(token))
        if found is not None:
            return found
        with self._reading():
            # Under a later site key the link has another token, and is told with the one that was asked for.
            here = self._ledger.notes.token_here(token)
            found = None if here == token else _link(self._ledger.shown.of_token(here))
        return None if found is None else replace(found, token=token)

    def find_by_number(self, number: LibraryCardNumber) -> Link | None:
        with translated(self._path):
            return _link(self._ledger.shown.of_number(number))

    def links_for(self, tokens: Sequence[LinkToken], number: LibraryCardNumber | None) -> tuple[tuple[Link, ...], Link | None]:
        """The links of a card, under whichever of its `tokens`, and of a number. Raises Unavailable: store-doubted, if a token is given."""
        self._check_files()
        if tokens:
            self._refuse_doubted()
        by_card = tuple(link for token in tokens if (link := self.find(token)))
        return by_card, self.find_by_number(number) if number else None

    def ended(self, tokens: Sequence[LinkToken]) -> tuple[LinkToken, ...]:
        """Those of cards without a link whose link was ended, as far as that is still remembered: no longer than it takes to be heard
        everywhere.
        """
        with self._reading():
            return tuple(token for token in tokens if self._ledger.is_ended(self._ledger.notes.token_here(token)))

    def save_link(
        self,
        operation: UUID,
        token: LinkToken,
        number: LibraryCardNumber,
        *,
        revocation: Revocation,
        by_guardian: bool = False,
        replaces: ReplaceReason | None = None,
        shown: tuple[UUID, ...] = (),
        operator: str | None = None,
    ) -> bool:
        """Open a link and, if `replaces` is given, close those opened by the operations `shown`. Returns whether the library's server has
        yet to answer.

        Idempotent: a repeated operation, or a link that stands already, is not saved again. Raises Refused: linked-elsewhere,
        number-linked-elsewhere, without `replaces`; premises-changed, if another link than those shown is in the way; stopped-since;
        operation-reused.
        """
        self._refuse_doubted()
        with self._writing() as now:
            origin, token = self._ledger.origin(operation, self._counter, now, operator), self._ledger.notes.token_here(token)
            if replaces is None:
                return self._submit(LinkOperation(origin, token, number, revocation, by_guardian), now)
            return self._submit(ReplaceOperation(origin, token, number, revocation, by_guardian, replaces, frozenset(shown)), now)

    def close_link(self, operation: UUID, number: LibraryCardNumber, reason: UnlinkReason, *, operator: str | None = None) -> bool:
        """Close the link of a number, or stop the number where no link of it is known; return whether the library's server has yet to
        answer.

        Idempotent. Raises Refused: nothing-to-unlink, on a counter that is alone; operation-reused.
        """
        with self._writing() as now:
            origin, shown = self._ledger.origin(operation, self._counter, now, operator), self._ledger.shown.of_number(number)
            return self._submit(UnlinkOperation(origin, number, reason, None if shown is None else shown.link.token), now)

    def _submit(self, operation: Operation, now: datetime) -> bool:
        uuid = operation.origin.uuid
        if (told := self._audit.find(uuid)) is not None:
            if not (may_be_row_of(operation, told) and self._ledger.may_be_repeated(operation)):
                raise Refused(Code.OPERATION_REUSED)
            own = self._ledger.own.find(uuid)
            if own is not None and isinstance(own.state, RefusedFor):
                raise Refused(own.state.code)
            return self._ledger.own.is_pending(uuid)
        decision = self._ledger.submit(operation)
        if isinstance(decision, Declined):
            raise Refused(decision.code)
        if not decision.changes:
            standing = self._ledger.shown.of_number(operation.number)
            return standing is not None and standing.pending
        for row in rows_of(operation, decision):
            known_by = uuid if row.is_own else None
            checked, operator = list(row.checked), operation.origin.operator
            self._tell(now, row.act, row.number, reason=row.reason, checked=checked, operator=operator, operation=known_by)
        return self._ledger.own.is_pending(uuid)

    def count_links(self) -> int:
        """The number of links shown, from the digest: counting millions of rows would delay a tap."""
        with self._reading():
            return (self._digest.kept() or LinkSum()).count + self._ledger.shown.difference()

    def list_links(self, *, masked: bool = True) -> Iterator[ListedLink]:
        """Yield all open links, ordered by number and read page by page; numbers are masked by default."""
        pending = {operation.origin.uuid for operation in self.pending_operations()}
        for link in paged(self._links_behind, "", lambda link: link.number.text):
            number = link.number.masked if masked else link.number.text
            yield ListedLink(number, link.since, link.counter, link.operation in pending)

    def _links_behind(self, number: str) -> list[OpenLink]:
        with self._reading():
            return self._ledger.shown.page(number)

    def links_dropped(self) -> int:
        """How many links a migration had to drop; 0 if it was longer ago than the copy made before it is kept (`opening.KEPT`)."""
        with self._reading():
            count, at = self._dropped()
        return count if self._clock() - at < KEPT else 0

    def _dropped(self) -> tuple[int, datetime]:
        note = read_note(self._database, DROPPED_LINKS)
        return (0, self._clock()) if note is None else parsed(note, _count_and_time)

    # --- what was done ------------------------------------------------------------------------------------------------

    def record(self, act: RecordAct, *, operator: str | None = None) -> None:
        """Record a use, a refusal or a used service. The number is kept only for the NDL's service, whose rules require it for each use."""
        checked = ["certificate", f"revocation:{act.revocation}"] * act.card_read
        checked += ["pin"] * act.pin_checked + ["holder"] * act.holder_confirmed
        number = act.number
        if act.service and act.service != Service.NDL_DIGITAL:
            number, checked = None, []
        reason, refused = act.code or act.service or None, act.code is not None
        with self._writing() as now:
            self._tell(now, act.act, number, reason=reason, refused=refused, checked=checked, operator=operator)

    def month_statistics(self) -> list[MonthFigures]:
        """Counts per month (Japanese time), oldest first."""
        with self._reading():
            dropped, at = self._dropped()
            month = Month(at.astimezone(JAPAN).year, at.astimezone(JAPAN).month)
            return [replace(one, dropped=dropped) if one.month == month else one for one in self._figures.by_month()]

    def this_month(self) -> MonthFigures:
        today = self._clock().astimezone(JAPAN)
        month = Month(today.year, today.month)
        with self._reading():
            return next(iter(self._figures.by_month(month)), MonthFigures(month))

    def audit_rows(self, since: datetime | None = None) -> Iterator[AuditEntry]:
        """Yield the audit rows, oldest first, read page by page."""
        begin = utc(since) if since else ""
        return paged(lambda place: self._acts_behind(place, begin), 0, lambda entry: entry.place)

    def _acts_behind(self, place: int, since: str) -> list[AuditEntry]:
        with self._reading():
            return self._audit.page(place, since)

    def misdated_rows(self) -> Iterator[Misdated]:
        """Audit rows whose timestamp, or that of the preceding row, cannot be right; read page by page."""
        return misdated(paged(self._times_behind, 0, lambda row: row[0]), self._clock())

    def _times_behind(self, place: int) -> list[tuple[int, str]]:
        with self._reading():
            return self._audit.times(place)

    def audit_head(self) -> AuditHead:
        """The end of the trail, to be noted down elsewhere: a trail rewritten from the start has a different one."""
        with self._reading():
            return self._audit.head()

    def audit_hash(self, row: int) -> bytes | None:
        """The hash of a row, for comparison with one noted down; None if there is no such row."""
        with self._reading():
            return self._audit.hash_at(row)

    def look(self) -> None:
        """Read the file on a new connection, as the next start would, bypassing caches.

        Raises Unavailable: store-replaced, if it is no longer the file that was opened: every act is then refused.
        """
        self._check_files()
        with translated(self._path):
            with closing(open_file(self._path, self._key, settings=False)) as connection:
                connection.execute("SELECT count(*) FROM meta").fetchone()

    def verify_audit(self) -> int | None:
        """The first row of the audit trail that is altered or missing, or None."""
        with self._reading():
            return self._audit.verify()

    # --- the recovery sheet -------------------------------------------------------------------------------------------

    def sheet_confirmed(self, fingerprint: str) -> bool:
        """Whether staff have confirmed the recovery sheet of the site key with this fingerprint."""
        with self._reading():
            return read_note(self._database, RECOVERY_SHEET) == fingerprint

    def confirm_sheet(self, fingerprint: str) -> None:
        with self._writing():
            write_note(self._database, RECOVERY_SHEET, fingerprint)


def _count_and_time(note: str) -> tuple[int, datetime]:
    count, at = note.split()
    return int(count), datetime.fromisoformat(at)


def _link(shown: ShownLink | None) -> Link | None:
    if shown is None:
        return None
    link = shown.link
    return Link(link.token, link.number, link.since, link.counter, link.operation, shown.pending)
