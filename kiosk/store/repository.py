"""The store as seen by the rest of the program: links, outbox and audit trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from kiosk.domain.audit_times import Misdated, misdated
from kiosk.domain.calendar import JAPAN
from kiosk.domain.effects import RecordAct
from kiosk.domain.errors import Code, Refused
from kiosk.domain.model import LibraryCardNumber, Link, LinkToken, Month, ReplaceReason, Revocation, Service, UnlinkReason
from kiosk.ledger.audit import REGISTER, RELEASE, AuditEntry, AuditHead
from kiosk.ledger.notes import read_note, write_note
from kiosk.ledger.paging import paged
from kiosk.store.anchor import AnchorFile
from kiosk.store.cipher import open_file
from kiosk.store.error_table import translated
from kiosk.store.keys import Keys
from kiosk.store.link_digest import LinkSum
from kiosk.store.links import LinkTable, StoredLink
from kiosk.store.metadata import RECOVERY_SHEET
from kiosk.store.monthly_counts import MonthFigures
from kiosk.store.opened_store import OpenedStore, utc
from kiosk.store.outbox import Outbox, OutboxEntry


@dataclass(frozen=True, slots=True)
class ListedLink:
    """A link as listed for people."""

    number: str
    since: datetime
    counter: str


class Repository(OpenedStore):
    """One store. Thread-safe. Every method raises `Unavailable` with one of the store's codes.

    Without a registry (`has_registry` false) a link is final once committed, and nothing is ever pending. With an `anchor`, the opened
    store is compared with its last known state; while it is in doubt, no card is found or registered until `accept_doubt`. `known` is the
    store identity recorded with the keys: if it is set and the anchor is missing, the store is in doubt.
    """

    def __init__(
        self,
        path: Path,
        keys: Keys,
        counter_name: str,
        clock: Callable[[], datetime],
        *,
        has_registry: bool = False,
        anchor: AnchorFile | None = None,
        known: str | None = None,
    ) -> None:
        super().__init__(path, keys, counter_name, clock, anchor, known)
        self._has_registry = has_registry
        self._links = LinkTable(self._database)
        self._outbox = Outbox(self._database, has_registry)

    # --- links --------------------------------------------------------------------------------------------------------

    def find(self, token: LinkToken) -> Link | None:
        """Find the link of a card: one indexed SELECT."""
        with translated(self._path):
            return self._link(self._links.of_token(token.digest))

    def find_by_number(self, number: LibraryCardNumber) -> Link | None:
        with translated(self._path):
            return self._link(self._links.of_number(number.text))

    def links_for(self, tokens: Sequence[LinkToken], number: LibraryCardNumber | None) -> tuple[tuple[Link, ...], Link | None]:
        """The links of a card, under whichever of its `tokens`, and of a number. Raises Unavailable: store-doubted, if a token is given."""
        self._check_files()
        if tokens:
            self._refuse_doubted()
        by_card = tuple(link for token in tokens if (link := self.find(token)))
        return by_card, self.find_by_number(number) if number else None

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
        """Open a link and, if `replaces` is given, close those in conflict. Returns whether the registry has yet to confirm.

        Idempotent: a repeated operation, or a link that already exists, is not saved again. Raises Refused: linked-elsewhere,
        number-linked-elsewhere, if there is a conflict and `replaces` is None.
        """
        checked = ["certificate", f"revocation:{revocation}", "pin"] + ["guardian"] * by_guardian
        self._refuse_doubted()
        with self._writing() as now:
            by_card, by_number = self._links.of_token(token.digest), self._links.of_number(number.text)
            if self._audit.knows(operation):
                return self._outbox.holds(str(operation))
            if by_card and by_card == by_number:
                return self._outbox.holds(by_card.operation)
            if replaces is None and (by_card or by_number):
                raise Refused(Code.LINKED_ELSEWHERE if by_card else Code.NUMBER_LINKED_ELSEWHERE)
            heard = self._give_way([old for old in (by_card, by_number) if old], now, replaces, operator)
            link = StoredLink(token.digest, number.text, utc(now), self._counter, str(operation))
            self._links.open(link)
            self._digest.added(link)
            self._outbox.add(operation, "open", {**_body(link), "replaces": replaces if heard else None}, utc(now))
            self._tell(now, REGISTER, number, reason=replaces, checked=checked, operator=operator, operation=operation)
            return self._has_registry

    def close_link(self, operation: UUID, number: LibraryCardNumber, reason: UnlinkReason, *, operator: str | None = None) -> bool:
        """Close the link of a number; return whether the registry has yet to confirm. Raises Refused: nothing-to-unlink."""
        with self._writing() as now:
            if self._audit.knows(operation):
                return self._outbox.holds(str(operation))
            link = self._links.of_number(number.text)
            if link is None:
                raise Refused(Code.NOTHING_TO_UNLINK)
            if not self._outbox.withdraw(link.operation):
                self._outbox.add(operation, "close", {**_body(link), "reason": reason}, utc(now))
            self._links.close(link)
            self._digest.removed(link)
            self._tell(now, RELEASE, number, reason=reason, operator=operator, operation=operation)
            return self._has_registry

    def count_links(self) -> int:
        """The number of open links, from the digest: counting millions of rows would delay a tap."""
        with self._reading():
            return (self._digest.kept() or LinkSum()).count

    def list_links(self, *, masked: bool = True) -> Iterator[ListedLink]:
        """Yield all open links, ordered by number and read page by page; numbers are masked by default."""
        for link in paged(self._links_behind, "", lambda link: link.number):
            number = LibraryCardNumber(link.number).masked if masked else link.number
            yield ListedLink(number, datetime.fromisoformat(link.since), link.counter)

    def _links_behind(self, number: str) -> list[StoredLink]:
        with self._reading():
            return self._links.page(number)

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
            return self._figures.by_month()

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

    # --- the library's server, and the recovery sheet -----------------------------------------------------------------

    def pending_count(self) -> int:
        """Number of acts the registry has yet to confirm."""
        with self._reading():
            return self._outbox.count()

    def outbox_entries(self) -> list[OutboxEntry]:
        """The entries for the registry, in order, whether one is connected or not."""
        with self._reading():
            return self._outbox.entries()

    def sheet_confirmed(self, fingerprint: str) -> bool:
        """Whether staff have confirmed the recovery sheet of the site key with this fingerprint."""
        with self._reading():
            return read_note(self._database, RECOVERY_SHEET) == fingerprint

    def confirm_sheet(self, fingerprint: str) -> None:
        with self._writing():
            write_note(self._database, RECOVERY_SHEET, fingerprint)

    def _give_way(self, standing: list[StoredLink], now: datetime, reason: ReplaceReason | None, operator: str | None) -> bool:
        """Close the conflicting links; return whether the registry may know of any of them."""
        heard = False
        for old in standing:
            heard |= not self._outbox.withdraw(old.operation)
            self._links.close(old)
            self._digest.removed(old)
            self._tell(now, RELEASE, LibraryCardNumber(old.number), reason=reason, operator=operator)
        return heard

    def _link(self, link: StoredLink | None) -> Link | None:
        if link is None:
            return None
        pending = self._outbox.holds(link.operation)
        since = datetime.fromisoformat(link.since)
        return Link(LinkToken(link.token), LibraryCardNumber(link.number), since, link.counter, UUID(link.operation), pending)


def _body(link: StoredLink) -> dict[str, str]:
    return {"token": link.token.hex(), "number": link.number, "since": link.since, "counter": link.counter}
