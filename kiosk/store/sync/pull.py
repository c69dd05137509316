"""Down: stops first, then the feed, and whether the links here are the server's."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kiosk.domain.feed import OrderParted, PlacedStop
from kiosk.domain.operations import AcceptedAt
from kiosk.domain.registry_wire import FeedPage, LedgerStatus
from kiosk.domain.wire import LARGEST, Position
from kiosk.ledger.sealed_keys import open_keys
from kiosk.store.sync.client import RegistryClient, Said, Standing
from kiosk.store.sync.exchange import Exchange, InVain, SnapshotNeeded


@dataclass(slots=True)
class Pull:
    exchange: Exchange
    _safe: Position | None = None
    """Up to where the operations that a backup holds were forgotten."""
    _heard: tuple[int, PlacedStop] | None = None
    """The last stop that was told, in its epoch: during a snapshot only it and later ones are asked for. A library may have tens of
    thousands.
    """

    def hear_stops(self, client: RegistryClient) -> None:
        """Before anything else: what was stopped elsewhere while this counter did not listen."""
        membership = self.exchange.membership
        known, mark = self._lost() if membership.is_lost else (membership.reached, membership.mark)
        epoch, last = self._heard or (None, None)
        if epoch != membership.epochs.current:
            last = None
        while True:
            self.exchange.asks()
            after = None if last is None else last.stop.cursor - 1
            page = self.exchange.take(client.stops(known, after, mark))
            epoch = page.status.epochs.current
            self.exchange.store.hear_stops(page.stops, epoch)
            if last is not None and last not in page.stops:
                # The server was put back: what stands below is not what was told.
                self._heard = None
                raise InVain
            earlier = 0 if last is None else last.stop.cursor
            if page.stops:
                last = page.stops[-1]
                self._heard = epoch, last
            if page.next is None:
                self.exchange.heard_stops()
                return
            if last is None or last.stop.cursor <= earlier:
                raise InVain

    def confirm_own(self, client: RegistryClient) -> None:
        """Ask about each operation made here that was accepted, and that no backup of the server holds yet, by its UUID and its place: the
        server may have lost it, and others may have gone on there. Raises InVain if it did, which the server then knows as well.
        """
        epoch = self.exchange.membership.epochs.current
        for own in self.exchange.store.operations():
            if isinstance(own.state, AcceptedAt) and own.state.position.epoch == epoch:
                self.exchange.asks()
                # Stops after what nobody has reached: none, this is not about them.
                self.exchange.take(client.stops(own.state.position, LARGEST, own.operation.origin.uuid))

    def _lost(self) -> tuple[Position, UUID | None]:
        """What a server that lacks it is asked about, so that it learns of it: the furthest that it said."""
        membership, unapplied = self.exchange.membership, [each.own for each in self.exchange.store.outgoing()]
        answered = [(own.state.position, own.operation.origin.uuid) for own in unapplied if isinstance(own.state, AcceptedAt)]
        return max(answered, key=lambda each: each[0].cursor, default=(membership.reached, membership.mark))

    def take_keys(self, client: RegistryClient) -> None:
        """Ask for the site keys that this counter lacks, and keep them. Raises InVain for what is none of them."""
        membership = self.exchange.membership
        self.exchange.asks()
        said = client.site_keys(membership.newest_generation)
        if isinstance(said, Said):
            raise self.exchange.refusal(said)
        try:
            keys = open_keys(said.sealed, client.secret, membership.counter)
            if not keys or keys[-1][0] != said.status.key_generation:
                raise ValueError("not all of them")
            self.exchange.store.take_keys(keys)
        except ValueError as error:
            raise InVain from error

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
