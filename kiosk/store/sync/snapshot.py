"""A whole ledger, page by page: the one way of a new counter, of one that has slept too long, of a new epoch, and of one that differs."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.store.staging_store import Staged
from kiosk.store.sync.client import RegistryClient
from kiosk.store.sync.exchange import Exchange, InVain, SnapshotNeeded
from kiosk.store.sync.pull import Pull

PAGE = 2000
"""Links in one answer: some 300 KB."""


@dataclass(slots=True)
class SnapshotLoad:
    exchange: Exchange
    pull: Pull

    def step(self, client: RegistryClient) -> bool:
        """Ask for the next page, or replay the feed over all of them, or let the store do a part of what lies between. Returns whether the
        links are now those of the server.

        Raises what a reply means; InVain also for a snapshot that was not what the server says it has, which is discarded.
        """
        store = self.exchange.store
        staged = store.staged()
        if staged is not None and staged.begun.epoch != self.exchange.membership.epochs.current:
            # The feed of an epoch that is over leads nowhere.
            store.stage_discard()
            staged = None
        if staged is not None and staged.is_loaded:
            return not self._sort() and self._replay(client, staged)
        if staged is not None or not store.erase_old():
            self._load(client, staged)
        return False

    def _sort(self) -> bool:
        """Returns whether there is more of it."""
        try:
            return self.exchange.store.stage_sort()
        except ValueError as error:
            self.exchange.store.stage_discard()
            raise InVain from error

    def _load(self, client: RegistryClient, staged: Staged | None) -> None:
        store = self.exchange.store
        self.exchange.asks()
        page = self.exchange.take(client.snapshot(None if staged is None else staged.after, PAGE))
        if staged is not None and not staged.goes_on_at(page.status):
            store.stage_discard()
            raise InVain
        if staged is None:
            store.stage_begin(page.status)
        if not page.links and not page.done:
            raise InVain
        try:
            store.stage_page(page.links, done=page.done)
        except ValueError as error:
            store.stage_discard()
            raise InVain from error
        loaded = store.staged()
        self.exchange.reports.loading(0 if loaded is None else loaded.count, page.status.count + 1)

    def _replay(self, client: RegistryClient, staged: Staged) -> bool:
        store = self.exchange.store
        self.exchange.asks()
        try:
            page = self.exchange.take(client.feed(staged.reached, self.pull.standing()))
            self.exchange.settled(store.stage_feed(page.entries))
        except (SnapshotNeeded, ValueError) as error:
            store.stage_discard()
            raise InVain from error
        reached = store.staged()
        if reached is None or reached.reached != page.status.head:
            if not page.entries:
                raise InVain
            return False
        try:
            is_theirs = store.stage_swap(page.status)
        except ValueError as error:
            store.stage_discard()
            raise InVain from error
        if not is_theirs:
            raise InVain
        self.exchange.differs = False
        self.exchange.reports.loading(page.status.count, page.status.count)
        return True
