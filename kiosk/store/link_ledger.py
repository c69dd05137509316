"""The links of one store: what the feed brought, this counter's own operations, and what is shown of both.

Acts write operations; only the feed or a snapshot writes links. A counter that is alone is its own feed: it decides, and applies, in the
transaction of the act, and keeps nothing of an operation afterwards. Every method runs within the caller's transaction.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from kiosk.domain.decide import Accepted, Change, Closed, Decision, Opened, OpenLink, Standing, Stop, Stopped, decide
from kiosk.domain.feed import FeedEntry, Snapshot
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.operations import (
    AcceptedAt,
    OwnOperation,
    Pending,
    RefusedFor,
    after_cuts,
    answered,
    is_gone,
    is_unapplied,
)
from kiosk.domain.outbox import Outgoing, outgoing
from kiosk.domain.overlay import Overlay, projected
from kiosk.domain.wire import Operation, Origin, Position, UnlinkOperation
from kiosk.store.cipher import CipherDatabase
from kiosk.store.ledger_notes import LedgerNotes
from kiosk.store.link_digest import LinkDigest
from kiosk.store.links import LinkTable
from kiosk.store.own_operations import OperationTable
from kiosk.store.shown_links import ShownLinks
from kiosk.store.stops import StopTable


class LinkLedger:
    def __init__(self, database: CipherDatabase, digest: LinkDigest) -> None:
        self._digest = digest
        self._links, self._stops = LinkTable(database), StopTable(database)
        self._fed = _Fed(self._links, self._stops)
        self.own, self.shown, self.notes = OperationTable(database), ShownLinks(database), LedgerNotes(database)

    @property
    def is_alone(self) -> bool:
        return self.notes.registry is None

    def enrol(self, registry: str) -> None:
        """Begin to follow a server: what was counted here alone is no position of the library's ledger."""
        self.notes.enrol(registry)
        self.notes.reach(Position())
        self.seal()

    # --- acts ---------------------------------------------------------------------------------------------------------

    def origin(self, uuid: UUID, counter: str, now: datetime, operator: str | None) -> Origin:
        """The origin of an operation made now."""
        made, notes = now.astimezone(UTC).replace(microsecond=0), self.notes
        return Origin(uuid, counter, notes.sequence + 1, notes.position, notes.key_generation, made, operator)

    def submit(self, operation: Operation) -> Decision:
        """Decide on an operation made here and, if it is accepted, keep it: as links where the counter is alone, else as an operation on
        its way. One that changes nothing is not kept.
        """
        alone = self.is_alone
        decision = decide(self._standing(operation, alone), operation)
        if not isinstance(decision, Accepted) or not decision.changes:
            return decision
        self.notes.count(operation.origin.sequence)
        if alone:
            reached = Position(operation.origin.known.epoch, operation.origin.known.cursor + 1)
            for change in decision.changes:
                self._apply(change, reached.cursor)
            self.notes.reach(reached)
        else:
            self.own.add(operation)
            self.shown.take(decision)
        self.seal()
        return decision

    def outgoing(self) -> list[Outgoing]:
        """The operations that have not arrived in the links yet, each with what it changes."""
        return outgoing(self.own.all(), self._fed, self.notes.position, self.notes.epochs)

    def may_be_repeated(self, operation: Operation) -> bool:
        """Whether an operation made before under this UUID had this content, as far as anything is kept of it: the operation while it is on
        its way, then the link it opened.
        """
        own = self.own.find(operation.origin.uuid)
        if own is not None and isinstance(operation, UnlinkOperation):
            # Which card it was linked with is not for whoever repeats it to say.
            again = own.operation
            return isinstance(again, UnlinkOperation) and (again.number, again.reason) == (operation.number, operation.reason)
        if own is not None:
            return replace(operation, origin=own.operation.origin) == own.operation
        opened = self._links.opened_by(operation.origin.uuid)
        return opened is None or (opened.token, opened.number) == (operation.token, operation.number)

    def _standing(self, operation: Operation, alone: bool) -> Standing:
        token = operation.token
        by_token, by_number = None if token is None else self.shown.of_token(token), self.shown.of_number(operation.number)
        return Standing(
            by_token=None if by_token is None else by_token.link,
            by_number=None if by_number is None else by_number.link,
            stops=self._stops.of(token, operation.number),
            epochs=self.notes.epochs,
            is_alone=alone,
        )

    # --- the feed -----------------------------------------------------------------------------------------------------

    def answer(self, answers: Mapping[UUID, AcceptedAt | RefusedFor]) -> list[OwnOperation]:
        """Keep the answers to operations; return those that are news. Links come from the feed alone.

        Raises ValueError for an answer that differs from an earlier one, or that places an operation in another epoch than the links.
        """
        reached, news = self.notes.position, []
        for uuid, answer in answers.items():
            if isinstance(answer, AcceptedAt) and answer.position.epoch != reached.epoch:
                raise ValueError(f"accepted in epoch {answer.position.epoch}, not {reached.epoch}")
            own = self.own.find(uuid)
            if own is not None and (state := answered(own.state, answer)) != own.state:
                self.own.keep(uuid, state)
                news.append(OwnOperation(own.operation, state))
        if any(not is_unapplied(own.state, reached) for own in news):
            self._project()
        self.seal()
        return news

    def follow(self, entries: Iterable[FeedEntry], safe: Position) -> list[OwnOperation]:
        """Apply the next entries of the feed; return the operations made here that it answers. `safe`: the position that a backup of the
        server holds.

        Raises ValueError for a gap and for another epoch: the counter then needs a snapshot.
        """
        reached, news = self.notes.position, []
        if safe.epoch != reached.epoch:
            raise ValueError(f"of epoch {safe.epoch}, not {reached.epoch}")
        for entry in entries:
            if entry.cursor != reached.cursor + 1:
                raise ValueError(f"entry {entry.cursor} does not follow {reached.cursor}")
            reached = Position(reached.epoch, entry.cursor)
            for change in entry.changes:
                self._apply(change, entry.cursor)
                self._keep_stop(change, entry)
            own = self.own.find(entry.operation)
            if own is not None and own.state == Pending():
                self.own.keep(entry.operation, AcceptedAt(reached))
                news.append(OwnOperation(own.operation, AcceptedAt(reached)))
        self.notes.reach(reached)
        self._settle(safe)
        return news

    def load(self, snapshot: Snapshot, safe: Position) -> None:
        """Replace all links by a snapshot, which may begin a new epoch: what had been accepted beyond it is then sent again.

        Raises ValueError for one that is older than the links.
        """
        reached, left = Position(snapshot.epochs.current, snapshot.cursor), self.notes.position
        if (reached.epoch, reached.cursor) < (left.epoch, left.cursor):
            raise ValueError(f"{reached} is older than {left}")
        if reached.epoch != left.epoch:
            for own in self.own.all():
                self.own.keep(own.operation.origin.uuid, after_cuts(own.state, snapshot.epochs))
        self._links.close_all()
        self._stops.forget(None)
        for placed in snapshot.links:
            self._links.open(placed.link, placed.cursor)
        for stopped in snapshot.stops:
            self._stops.add(stopped.stop, stopped.token, stopped.number)
        self.notes.reach(reached)
        self.notes.keep_cuts(snapshot.epochs)
        self._digest.begin()
        self._settle(safe)

    def seen(self, uuid: UUID) -> None:
        """Forget a refusal that staff have seen."""
        own = self.own.find(uuid)
        if own is not None and isinstance(own.state, RefusedFor):
            self.own.forget(uuid)
            self.seal()

    def _apply(self, change: Change, cursor: int) -> None:
        """Write a fact. Raises ValueError if it does not fit the links: they differ from the server's, and need a snapshot."""
        match change:
            case Opened(link):
                if self._links.of_token(link.token) or self._links.of_number(link.number):
                    raise ValueError("opens what is open")
                self._links.open(link, cursor)
                self._digest.added(link, cursor)
            case Closed(token, number):
                there, opened_at = self._links.of_token(token), self._links.position_of(token)
                if there is None or opened_at is None or there.number != number:
                    raise ValueError("closes what is not open")
                self._links.close(token)
                self._digest.removed(there, opened_at)

    def _keep_stop(self, change: Change, entry: FeedEntry) -> None:
        stop = Stop(entry.cursor, entry.counter, entry.sequence)
        match change:
            case Closed(token, number):
                self._stops.add(stop, token, number)
            case Stopped(number, token):
                self._stops.add(stop, token, number)

    def _settle(self, safe: Position) -> None:
        """Forget what has arrived and is safe, and show what is left."""
        reached = self.notes.position
        kept = []
        for own in self.own.all():
            if is_gone(own.state, reached, safe):
                self.own.forget(own.operation.origin.uuid)
            elif not isinstance(own.state, RefusedFor):
                kept.append(own)
        epochs = self.notes.epochs
        self._stops.forget(min((epochs.effective(own.operation.origin.known) for own in kept), default=None))
        self._project()
        self.seal()

    def holds(self) -> bool:
        """Whether the ledger is as this program left it: sealed with both keys, and shown as the operations not applied yet make the
        links.
        """
        return self.is_sealed and self.shown.overlay() == self._projected()

    def take_as_it_is(self) -> None:
        """Go on from notes, operations and links as they are, after staff have accepted them."""
        self._project()
        self.seal()

    @property
    def is_sealed(self) -> bool:
        """Whether notes and operations were written with both keys. A store in which nothing was done yet has no seal."""
        sealed = self.notes.seal
        return self._is_new() if sealed is None else hmac.compare_digest(sealed, self._sealed())

    def seal(self) -> None:
        """Seal notes and operations, at the end of whatever changed them."""
        if not (self.notes.seal is None and self._is_new()):
            self.notes.keep_seal(self._sealed())

    def _is_new(self) -> bool:
        return self.is_alone and self.notes.position == Position() and not self.notes.sequence and not self.own.rows()

    def _sealed(self) -> str:
        notes = self.notes
        told = (notes.registry, notes.position, notes.epochs, notes.key_generation, notes.sequence, self._digest.kept())
        return self._digest.seal_note("ledger", repr((told, self.own.rows(), self._stops.rows())))

    def _project(self) -> None:
        self.shown.replace(self._projected())

    def _projected(self) -> Overlay:
        reached = self.notes.position
        unapplied = (own.operation for own in self.own.all() if is_unapplied(own.state, reached))
        return projected(unapplied, self._fed, self.notes.epochs)


@dataclass(frozen=True, slots=True)
class _Fed:
    """`domain.overlay.Links`: what the feed brought."""

    links: LinkTable
    stopped: StopTable

    def of_token(self, token: LinkToken) -> OpenLink | None:
        return self.links.of_token(token)

    def of_number(self, number: LibraryCardNumber) -> OpenLink | None:
        return self.links.of_number(number)

    def stops(self, token: LinkToken | None, number: LibraryCardNumber) -> tuple[Stop, ...]:
        return self.stopped.of(token, number)
