"""The store as the rest of the program sees it: links, what is to be told the library's server, and what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from peewee import ModelDelete

from kiosk.domain.effects import RecordAct
from kiosk.domain.errors import Code, Refused
from kiosk.domain.model import LibraryCardNumber, Link, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.store.audit import Act, AuditEntry, AuditHead, AuditTrail
from kiosk.store.cipher import CipherDatabase
from kiosk.store.keys import Keys
from kiosk.store.models import LinkRow
from kiosk.store.opening import prepare
from kiosk.store.outbox import Outbox, OutboxEntry
from kiosk.store.trouble import translated

# Written out, not built: a look-up at every tap should cost what SQLite costs.
_FIND = "SELECT token, number, since, counter, operation FROM link WHERE "


class Repository:
    """One store, safe to use from any thread. Every method raises `Unavailable` with one of the store's codes.

    Without a registry (`has_registry` false) a link is final when it is committed, and nothing is ever pending.
    """

    def __init__(self, path: Path, keys: Keys, counter_name: str, clock: Callable[[], datetime], *, has_registry: bool = False) -> None:
        self._path = path
        self._counter = counter_name
        self._clock = clock
        with translated(path):
            prepare(path, keys.database, clock())
        self._database = CipherDatabase(path, keys.database)
        self._audit = AuditTrail(self._database)
        self._outbox = Outbox(self._database, has_registry)
        self._has_registry = has_registry
        with self._reading():
            pass

    def close(self) -> None:
        """When no thread is at work with it any more."""
        self._database.close_all()

    def find(self, token: LinkToken) -> Link | None:
        """What a tap asks."""
        with translated(self._path):
            return self._link("token = ?", token.digest)

    def find_by_number(self, number: LibraryCardNumber) -> Link | None:
        with translated(self._path):
            return self._link("number = ?", number.digits)

    def links_for(self, token: LinkToken | None, number: LibraryCardNumber | None) -> tuple[Link | None, Link | None]:
        """The link of this card and the link of this number, as they are at one moment."""
        with self._reading():
            by_card = self._link("token = ?", token.digest) if token else None
            return by_card, self._link("number = ?", number.digits) if number else None

    def save_link(
        self,
        operation: UUID,
        token: LinkToken,
        number: LibraryCardNumber,
        *,
        revocation: Revocation,
        by_guardian: bool = False,
        replaces: ReplaceReason | None = None,
        operator: str | None = None,
    ) -> bool:
        """Open a link and, where a reason is given, close what stands in its way; whether the library's server has still to confirm.

        An operation carried out before, or a link that is there already, is not saved again.
        Raises Refused: linked-elsewhere, number-linked-elsewhere when no reason is given.
        """
        checked = f"certificate pin {_revocation(revocation)}" + (" guardian" if by_guardian else "")
        with self._writing():
            by_card, by_number = self._row("token = ?", token.digest), self._row("number = ?", number.digits)
            if self._audit.knows(operation):
                return self._outbox.holds(str(operation))
            if by_card and by_card.number == number.digits:
                return self._outbox.holds(by_card.operation)
            standing = [row for row in (by_card, by_number) if row]
            if standing and replaces is None:
                raise Refused(Code.LINKED_ELSEWHERE if by_card else Code.NUMBER_LINKED_ELSEWHERE)
            now = self._now()
            known = False
            for row in standing:
                known |= not self._outbox.withdraw(row)
                self._delete(row)
                self._tell(now, "release", LibraryCardNumber(row.number), reason=replaces, checked=checked, operator=operator)
            told = {"token": token.digest.hex(), "number": number.digits, "since": now, "counter": self._counter}
            LinkRow.insert(token=token.digest, number=number.digits, since=now, counter=self._counter, operation=str(operation)).execute(
                self._database
            )
            self._outbox.add(operation, "open", {**told, "replaces": replaces if known else None}, now)
            self._tell(now, "register", number, reason=replaces, checked=checked, operator=operator, operation=operation)
            return self._has_registry

    def close_link(self, operation: UUID, number: LibraryCardNumber, reason: UnlinkReason, *, operator: str | None = None) -> bool:
        """Close the link of this number; whether the library's server has still to confirm. Raises Refused: nothing-to-unlink."""
        with self._writing():
            if self._audit.knows(operation):
                return self._outbox.holds(str(operation))
            row = self._row("number = ?", number.digits)
            if row is None:
                raise Refused(Code.NOTHING_TO_UNLINK)
            now = self._now()
            if not self._outbox.withdraw(row):
                body = {"token": bytes(row.token).hex(), "number": number.digits, "reason": reason, "counter": self._counter}
                self._outbox.add(operation, "close", body, now)
            self._delete(row)
            self._tell(now, "release", number, reason=reason, operator=operator, operation=operation)
            return self._has_registry

    def record(self, act: RecordAct, *, operator: str | None = None) -> None:
        """Write down a use or a refusal."""
        checked = ["certificate", _revocation(act.revocation)]
        checked += ["pin"] * act.pin_checked + ["holder"] * act.holder_confirmed
        with self._writing():
            self._tell(
                self._now(),
                act.act,
                act.number,
                result="refused" if act.code else "done",
                reason=act.code,
                checked=" ".join(checked),
                operator=operator,
            )

    def count_links(self) -> int:
        with self._reading():
            return int(LinkRow.select().count(self._database))

    def pending_count(self) -> int:
        with self._reading():
            return self._outbox.count()

    def outbox_entries(self) -> list[OutboxEntry]:
        """What the library's server is to be told, in order, whether one is connected or not."""
        with self._reading():
            return self._outbox.entries()

    def audit_rows(self, since: datetime | None = None) -> list[AuditEntry]:
        with self._reading():
            return self._audit.entries(_text(since) if since else "")

    def audit_head(self) -> AuditHead:
        with self._reading():
            return self._audit.head()

    def verify_audit(self) -> int | None:
        """The first row of the audit trail that was tampered with or is missing, or None."""
        with self._reading():
            return self._audit.verify()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Everything read inside is of one moment."""
        with translated(self._path), self._database.atomic("DEFERRED"):
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """All or nothing, durable at the end. Waits for another writer at the beginning, never in the middle."""
        with translated(self._path), self._database.atomic("IMMEDIATE"):
            yield

    def _row(self, where: str, value: bytes | str) -> LinkRow | None:
        row = self._database.ask(_FIND + where, (value,)).fetchone()
        return LinkRow(**dict(zip(("token", "number", "since", "counter", "operation"), row, strict=True))) if row else None

    def _link(self, where: str, value: bytes | str) -> Link | None:
        row = self._database.ask(_FIND + where, (value,)).fetchone()
        if row is None:
            return None
        token, number, since, counter, operation = row
        pending = self._has_registry and self._outbox.holds(operation)
        return Link(LinkToken(bytes(token)), LibraryCardNumber(number), datetime.fromisoformat(since), counter, pending)

    def _delete(self, row: LinkRow) -> None:
        ModelDelete(LinkRow).where(LinkRow.token == row.token).execute(self._database)

    def _now(self) -> str:
        return _text(self._clock())

    def _tell(
        self,
        now: str,
        act: str,
        number: LibraryCardNumber | None,
        *,
        result: str = "done",
        reason: str | None = None,
        checked: str = "",
        operator: str | None = None,
        operation: UUID | None = None,
    ) -> None:
        masked = number.masked if number else None
        self._audit.add(Act(now, self._counter, operator, act, result, reason, checked, masked, str(operation) if operation else None))


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _revocation(state: Revocation) -> str:
    return f"revocation:{state}"
