"""The links of one store: what the feed brought, this counter's own operations, and what is shown of both.

Acts write operations; only the feed or a snapshot writes links. A counter that is alone is its own feed: it decides, and applies, in the
transaction of the act, and keeps nothing of an operation afterwards. Every method runs within the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from kiosk.domain.decide import Accepted, Decision, Epochs, Standing, decide
from kiosk.domain.feed import FeedEntry, OrderParted, PlacedStop
from kiosk.domain.model import LinkToken
from kiosk.domain.operations import (
    AcceptedAt,
    OwnOperation,
    Pending,
    RefusedFor,
    State,
    after_cuts,
    answered,
    is_gone,
    is_unapplied,
)
from kiosk.domain.outbox import Outgoing
from kiosk.domain.registry_wire import Answer, Deferred
from kiosk.domain.wire import LARGEST, Operation, Origin, Position, UnlinkOperation
from kiosk.store.cipher import CipherDatabase
from kiosk.store.facts import Facts, stops_in, touched
from kiosk.store.ledger_notes import LedgerNotes
from kiosk.store.ledger_seal import LedgerSeal
from kiosk.store.link_digest import LinkDigest
from kiosk.store.links import LinkTable
from kiosk.store.own_operations import OperationTable
from kiosk.store.projection import Changed, Projection
from kiosk.store.shown_links import ShownLinks
from kiosk.store.stops import StopTable


class LinkLedger:
    def __init__(self, database: CipherDatabase, digest: LinkDigest) -> None:
        self.seal = LedgerSeal(database, digest)
        self._links, self._stops = LinkTable(database), StopTable(database, self.seal)
        self._facts = Facts(self._links, digest)
        self.own, self.shown, self.notes = OperationTable(database, self.seal), ShownLinks(database), LedgerNotes(database)
        self._projection = Projection(self.own, self._links, self._stops, self.shown, self.notes)

    @property
    def is_alone(self) -> bool:
        return self.notes.registry is None

    def enrol(self, registry: str, counter: str, key_generation: int) -> None:
        """Begin to follow a server: what was counted here alone is no position of the library's ledger."""
        if self.is_alone:
            self.notes.reach(Position())
        self.notes.enrol(registry, counter, key_generation)

    # --- acts ---------------------------------------------------------------------------------------------------------

    def origin(self, uuid: UUID, counter: str, now: datetime, operator: str | None) -> Origin:
        """The origin of an operation made now. `counter`: the name of one that is alone."""
        made, notes = now.astimezone(UTC).replace(microsecond=0), self.notes
        return Origin(uuid, notes.counter or counter, notes.sequence + 1, notes.position, notes.links_generation, made, operator)

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
            self._facts.apply(decision.changes, reached.cursor)
            self.notes.reach(reached)
        else:
            self.own.add(operation)
            self.shown.take(decision)
        self.seal.renew()
        return decision

    def is_ended(self, token: LinkToken) -> bool:
        """Whether it is known that the link of a token was closed, and none is shown."""
        return self.shown.of_token(token) is None and (self.shown.hides(token) or self._stops.has(token))

    def outgoing(self) -> list[Outgoing]:
        """The operations that have not arrived in the links yet, each with what it changes."""
        return self._projection.outgoing()

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
            (again,) = self._projection.here([own.operation])
            return replace(operation, origin=again.origin) == again
        # Another card with another number is told by the audit row.
        standing = (self._links.of_number(operation.number), None if operation.token is None else self._links.of_token(operation.token))
        opened = next((link for link in standing if link is not None and link.operation == operation.origin.uuid), None)
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

    # --- the library's server -----------------------------------------------------------------------------------------

    def begin_epoch(self, epochs: Epochs) -> None:
        """What was accepted above the cut is sent again; the links stay, and lost stops are forgotten. All of it where this counter has
        found that the server lost some: nobody knows since when its order was another one.

        Raises ValueError for an earlier epoch than the one that runs.
        """
        running = self.notes.epochs
        if epochs.current < running.current:
            raise ValueError(f"epoch {epochs.current} is over: {running.current} runs")
        self.notes.begin(epochs)
        if epochs.current > running.current:
            of_own = Epochs(epochs.current) if self.notes.lost_epoch == running.current else epochs
            self.own.keep(
                {own.operation.origin.uuid: state for own in self.own.all() if (state := after_cuts(own.state, of_own)) != own.state}
            )
            # Those above it are sent again by whoever made them, before anything else.
            lasting = epochs.effective(Position(running.current, LARGEST))
            self._stops.forget_above(lasting)
        self._projection.renew()
        self.seal.renew()

    def hear(self, stops: Iterable[PlacedStop]) -> None:
        """Stops that the feed has yet to bring: what they close is hidden."""
        reached, changed = self.notes.reached, Changed()
        ahead = [one for one in stops if one.stop.cursor > reached.cursor]
        if self.notes.chain.newest != self.notes.links_generation:
            # Their cards have other tokens here until the snapshot is there: the numbers tell which links they close.
            ahead = [replace(one, token=None) for one in ahead]
        for placed in self._stops.add(ahead):
            changed.add(placed.token, placed.number)
        self._projection.renew_around(changed, self.own.all())
        self.seal.renew()

    def answer(self, answers: Mapping[UUID, Answer]) -> list[OwnOperation]:
        """Keep the answers to operations; return those that are news. Links come from the feed alone.

        Raises ValueError for an answer that differs from an earlier one, or that places an operation in another epoch than the one that
        runs.
        """
        reached, states = self.notes.reached, dict[UUID, State]()
        news, changed = list[OwnOperation](), Changed()
        for uuid, answer in answers.items():
            if isinstance(answer, Deferred):
                continue
            if isinstance(answer, AcceptedAt) and answer.position.epoch != reached.epoch:
                raise ValueError(f"accepted in epoch {answer.position.epoch}, not {reached.epoch}")
            own = self.own.find(uuid)
            if own is not None and (state := answered(own.state, answer)) != own.state:
                states[uuid] = state
                news.append(OwnOperation(own.operation, state))
        self.own.keep(states)
        left = [own.operation for own in news if not is_unapplied(own.state, reached)]
        for own in news:
            if isinstance(own.state, RefusedFor):
                self._facts.withdraw(*self._projection.here([own.operation]))
        for operation in self._projection.here(left):
            changed.add(operation.token, operation.number)
        if left:
            self._projection.renew_around(changed, self.own.all(), left)
        self.seal.renew()
        return news

    def follow(self, entries: Sequence[FeedEntry], safe: Position) -> list[OwnOperation]:
        """Apply the next entries of the feed; return the operations made here that it answers. `safe`: the position that a backup of the
        server holds.

        Raises ValueError for a gap and for another epoch: the counter then needs a snapshot; OrderParted.
        """
        reached, changed = self.notes.position, Changed()
        if not reached.epoch == safe.epoch == self.notes.epochs.current:
            raise ValueError(f"of epoch {safe.epoch}, and the links of {reached.epoch}")
        before = {own.operation.origin.uuid: own for own in self.own.all()}
        accepted = {own.state.position: uuid for uuid, own in before.items() if isinstance(own.state, AcceptedAt)}
        states = dict[UUID, State]()
        for entry in entries:
            if entry.cursor != reached.cursor + 1:
                raise ValueError(f"entry {entry.cursor} does not follow {reached.cursor}")
            reached = Position(reached.epoch, entry.cursor)
            if accepted.get(reached, entry.operation) != entry.operation:
                raise OrderParted(f"another operation stands at {reached}")
            self._facts.apply(entry.changes, entry.cursor)
            for change in entry.changes:
                changed.add(*touched(change))
            if before:
                self._stops.add(stops_in(entry))
            own = before.get(entry.operation)
            if own is not None:
                (operation,) = self._projection.here([own.operation])
                changed.add(operation.token, operation.number)
                if own.state == Pending():
                    states[entry.operation] = AcceptedAt(reached)
        self.own.keep(states)
        self.notes.reach(reached)
        if entries:
            self.notes.mark_at(reached, entries[-1].operation)
        # Read once: whoever was away for a day has hundreds.
        kept = [OwnOperation(own.operation, states.get(uuid, own.state)) for uuid, own in before.items()]
        self._forget(safe, kept)
        self._projection.renew_around(changed, kept, [before[uuid].operation for uuid in states])
        self.seal.renew()
        return [OwnOperation(before[uuid].operation, state) for uuid, state in states.items()]

    def answered_by(self, entries: Iterable[FeedEntry], epoch: int) -> list[OwnOperation]:
        """The operations made here that these entries answer, of which the links know nothing yet."""
        mine = {entry.operation: entry.cursor for entry in entries if self.own.is_pending(entry.operation)}
        return self.answer({uuid: AcceptedAt(Position(epoch, cursor)) for uuid, cursor in mine.items()})

    def take_over(self, reached: Position, safe: Position, generation: int, swap: Callable[[], None]) -> None:
        """Go on from other links, which hold up to `reached` and are under the site key of `generation`, once `swap` has put them in place.

        Raises ValueError if the links here are further, or for another epoch than the one that runs.
        """
        here = self.notes.reached
        if reached.epoch != here.epoch or reached.cursor < here.cursor:
            raise ValueError(f"{reached} is older than {here}")
        swap()
        if generation != (before := self.notes.links_generation):
            self._stops.wrap(partial(self.notes.chain.wrapped, made=before, wanted=generation))
            self.notes.wrap_links(generation)
        self.notes.reach(reached)
        self._forget(safe, self.own.all())
        self._projection.renew()
        self.seal.renew()

    def seen(self, uuid: UUID) -> None:
        """Forget a refusal that staff have seen."""
        own = self.own.find(uuid)
        if own is not None and isinstance(own.state, RefusedFor):
            self.own.forget([uuid])
            self.seal.renew()

    def has_passed_stops(self) -> bool:
        """Whether there are stops that matter to nobody any more."""
        return self._stops.has_passed(self._passed(self.own.all()))

    def forget_passed_stops(self) -> None:
        """Forget some of them."""
        self._stops.forget_passed(self._passed(self.own.all()))
        self.seal.renew()

    def _forget(self, safe: Position, own: Sequence[OwnOperation]) -> None:
        """Forget those of all operations that have arrived and are safe, and some of the stops that matter to none of the others."""
        reached = self.notes.reached
        self.own.forget([one.operation.origin.uuid for one in own if is_gone(one.state, reached, safe)])
        self._stops.forget_passed(self._passed(one for one in own if not is_gone(one.state, reached, safe)))

    def _passed(self, own: Iterable[OwnOperation]) -> int:
        """Up to where stops matter neither to the links, nor to an operation that was made before them."""
        epochs = self.notes.epochs
        known = [epochs.effective(one.operation.origin.known) for one in own if not isinstance(one.state, RefusedFor)]
        # Those above are still to come.
        return min([*known, self.notes.reached.cursor])

    # --- as a whole ---------------------------------------------------------------------------------------------------

    def holds(self) -> bool:
        """Whether the ledger is as this program left it: sealed with both keys, and shown as what is on its way makes the links."""
        return self.seal.holds() and self._projection.holds()

    def number_anew(self) -> None:
        """Find each link by its number again, after staff have accepted altered links. Of two with one number the later stays."""
        self._links.number_anew()

    def take_as_it_is(self) -> None:
        """Go on from notes, operations and links as they are, after staff have accepted them."""
        self._projection.renew()
        self.seal.take_rows_as_they_are()
        self.seal.renew()
