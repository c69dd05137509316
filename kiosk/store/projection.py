"""Keeps the overlay what this counter's own operations, and the stops it has heard, make of the links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kiosk.domain.decide import OpenLink, Stop
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.operations import OwnOperation, is_unapplied
from kiosk.domain.outbox import Outgoing, outgoing
from kiosk.domain.overlay import Overlay, projected, surroundings
from kiosk.domain.wire import Operation
from kiosk.store.ledger_notes import LedgerNotes
from kiosk.store.links import LinkTable
from kiosk.store.own_operations import OperationTable
from kiosk.store.shown_links import ShownLinks
from kiosk.store.stops import StopTable


class Changed:
    """The tokens and numbers that something has happened to."""

    def __init__(self) -> None:
        self.tokens = set[LinkToken]()
        self.numbers = set[LibraryCardNumber]()

    def add(self, token: LinkToken | None, number: LibraryCardNumber) -> None:
        self.numbers.add(number)
        if token is not None:
            self.tokens.add(token)


class Projection:
    """Every method runs within the caller's transaction."""

    def __init__(self, own: OperationTable, links: LinkTable, stops: StopTable, shown: ShownLinks, notes: LedgerNotes) -> None:
        self._own, self._stops, self._shown, self._notes = own, stops, shown, notes
        self._fed = _Fed(links, stops)

    def renew(self) -> None:
        """Project anew all that is on its way."""
        self._shown.replace(self._whole())

    def renew_around(self, changed: Changed, own: Iterable[OwnOperation], left: Iterable[Operation] = ()) -> None:
        """Project anew what is connected with what has changed; the rest stays. `own`: all operations of this counter, as they are now.
        `left`: those that were on their way until now.
        """
        unapplied = self._unapplied(own)
        around = surroundings([*unapplied, *self.here(left)], self._fed, changed.tokens, changed.numbers)
        some = [operation for operation in unapplied if around.hold(operation)]
        ahead = self._stops.above_of(self._notes.reached.cursor, around.tokens, around.numbers)
        self._shown.replace_within(around, projected(some, self._fed, self._notes.epochs, ahead))

    def holds(self) -> bool:
        """Whether what is shown is what all that is on its way makes of the links."""
        return self._shown.overlay() == self._whole()

    def outgoing(self) -> list[Outgoing]:
        """The operations that have not arrived in the links yet, each with what it changes."""
        own = self._own.all()
        shown = [replace(one, operation=operation) for one, operation in zip(own, self.here(one.operation for one in own), strict=True)]
        told = {one.operation.origin.uuid: one for one in own}
        # What is sent is what was made: the server knows it by that.
        found = outgoing(shown, self._fed, self._notes.reached, self._notes.epochs)
        return [replace(each, own=told[each.uuid]) for each in found]

    def here(self, operations: Iterable[Operation]) -> list[Operation]:
        """With the tokens that their cards have in the links: some may have been made under an earlier site key."""
        chain, wanted = self._notes.chain, self._notes.links_generation
        return [chain.carried(operation, wanted) for operation in operations]

    def _whole(self) -> Overlay:
        ahead = self._stops.above(self._notes.reached.cursor)
        return projected(self._unapplied(self._own.all()), self._fed, self._notes.epochs, ahead)

    def _unapplied(self, own: Iterable[OwnOperation]) -> list[Operation]:
        reached = self._notes.reached
        return self.here(one.operation for one in own if is_unapplied(one.state, reached))


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
