"""Down: stops first, then the feed, and whether the links here are the server's."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kiosk.domain.feed import OrderParted
from kiosk.domain.operations import AcceptedAt
from kiosk.domain.registry_wire import FeedPage, LedgerStatus
from kiosk.domain.wire import Position
from kiosk.store.sync.client import RegistryClient, Said, Standing
from kiosk.store.sync.exchange import Exchange, InVain, SnapshotNeeded


@dataclass(slots=True)
class Pull:
    exchange: Exchange
    _safe: Position | None = None
    """Up to where the operations that a backup holds were forgotten."""
    _heard: Position | None = None
    """The last stop that was told, in its epoch: during a snapshot only later ones are asked for. A library may have tens of thousands."""

    def hear_stops(self, client: RegistryClient) -> None:
        """Before anything else: what was stopped elsewhere while this counter did not listen."""
        membership, heard = self.exchange.membership, self._heard
        after = None if heard is None or heard.epoch != membership.epochs.current else heard.cursor
        known, mark = self._lost() if membership.is_lost else (membership.reached, membership.mark)
        while True:
            self.exchange.asks()
            page = self.exchange.take(client.stops(known, after, mark))
            self.exchange.store.hear_stops(page.stops, page.status.epochs.current)
            if page.stops:
                self._heard = Position(page.status.epochs.current, page.stops[-1].stop.cursor)
            if page.next is None:
                self.exchange.heard_stops()
                return
            if page.next <= (after or 0):
                raise InVain
            after = page.next

    def _lost(self) -> tuple[Position, UUID | None]:
        """What a server that lacks it is asked about, so that it learns of it: the furthest that it said."""
        membership, unapplied = self.exchange.membership, [each.own for each in self.exchange.store.outgoing()]
        answered = [(own.state.position, own.operation.origin.uuid) for own in unapplied if isinstance(own.state, AcceptedAt)]
        return max(answered, key=lambda each: each[0].cursor, default=(membership.reached, membership.mark))

    def announce(self, client: RegistryClient) -> None:
        """Name the new epoch: all stops of this counter have been sent in it. Nothing that follows can be applied here."""
        self.exchange.asks()
        said = client.feed(Position(self.exchange.membership.epochs.current, 0), self.standing())
        status = said.ledger if isinstance(said, Said) else said.status
        if status is None:
            raise self.exchange.refusal(said) if isinstance(said, Said) else InVain
        self.exchange.heed(status)

    def standing(self) -> Standing:
        return Standing(self.exchange.store.pending_count(), self.exchange.differs)

    def follow(self, said: FeedPage | Said) -> bool:
        """Apply a page of the feed. Returns whether it brought anything. Raises SnapshotNeeded if it does not fit the links."""
        page, store = self.exchange.take(said), self.exchange.store
        if page.entries or page.status.safe != self._safe:
            try:
                news = store.follow(page.entries, page.status.safe)
            except OrderParted as error:
                self.exchange.found_outdated(page.status.epochs.current)
                raise InVain from error
            except ValueError as error:
                raise SnapshotNeeded from error
            self._safe = page.status.safe
            self.exchange.settled(news)
        self._compare(page.status)
        return bool(page.entries)

    def _compare(self, status: LedgerStatus) -> None:
        """Whether the links are the server's, at the one position at which that can be said."""
        reached, count, digest = self.exchange.store.sum_up()
        if reached == status.head:
            differs = (count, digest) != (status.count, status.digest)
            if differs and not self.exchange.differs:
                self.exchange.reports.differs()
            self.exchange.differs = differs
            self.exchange.reports.caught_up()
