"""A snapshot at P plus the feed P…Q is the snapshot at Q, for every kind of operation, and though its pages are read one after another."""

from __future__ import annotations

import random

import pytest

from kiosk.domain.decide import Closed, Opened
from kiosk.domain.feed import FeedEntry, PlacedLink
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.wire import LinkOperation, ReplaceOperation
from kiosk.ledger.digest import LinkHash
from kiosk.registry.answers import Entries, Links
from tests.support.ledger.acts import CounterActs
from tests.support.ledger.registry_ledgers import KEY, TrialLedger


class Staged:
    """What a counter makes of pages and feed, by one rule: for a card and for a number the higher position wins."""

    def __init__(self) -> None:
        self.by_token: dict[LinkToken, PlacedLink] = {}
        self.by_number: dict[LibraryCardNumber, PlacedLink] = {}

    def put(self, placed: PlacedLink) -> None:
        there = [one for one in (self.by_token.get(placed.link.token), self.by_number.get(placed.link.number)) if one is not None]
        if all(one.cursor <= placed.cursor for one in there):
            for one in there:
                self.drop(one)
            self.by_token[placed.link.token] = self.by_number[placed.link.number] = placed

    def drop(self, placed: PlacedLink) -> None:
        self.by_token.pop(placed.link.token, None)
        self.by_number.pop(placed.link.number, None)

    def follow(self, entry: FeedEntry) -> None:
        for change in entry.changes:
            if isinstance(change, Opened):
                self.put(PlacedLink(change.link, entry.cursor))
            elif isinstance(change, Closed):
                there = self.by_token.get(change.token)
                if there is not None and there.link.number == change.number and there.cursor < entry.cursor:
                    self.drop(there)

    def equals(self, page: Links) -> bool:
        rows = [(placed.link.token.digest, placed.link.number.text, placed.cursor) for placed in self.by_token.values()]
        hashes = LinkHash(KEY)
        return set(self.by_token.values()) == set(page.links) and hashes.seal(hashes.of_all(rows)).hex() == page.head.digest


class Drawn:
    """Acts among few cards and numbers, so that they meet."""

    def __init__(self, seed: int, trial: TrialLedger) -> None:
        self._draw, self._trial = random.Random(seed), trial
        self._opened: dict[object, LinkOperation | ReplaceOperation] = {}

    def act(self, counter: CounterActs) -> None:
        one, number = self._draw.randrange(6), self._draw.randrange(6)
        kind = self._draw.choice(("link", "link", "replace", "replace", "unlink", "unlink-card"))
        self._trial.reach_head(counter)
        if kind == "link":
            operation: LinkOperation | ReplaceOperation = counter.link(one, number)
        elif kind == "replace":
            probe = counter.link(one, number)
            standing = self._trial.ledger.find_links([probe.token], probe.number).links
            operation = counter.replace(one, number, *(self._opened[placed.link.operation] for placed in standing))
        else:
            self._trial.tell(counter.unlink(number, one if kind == "unlink-card" else None))
            return
        self._opened[operation.origin.uuid] = operation
        self._trial.tell(operation)


@pytest.mark.parametrize("seed", range(4))
def test_pages_read_while_others_act_and_the_feed_from_the_first_one_on(trial: TrialLedger, seed: int) -> None:
    counter, drawn = trial.counter("窓口1"), Drawn(seed, trial)
    for _ in range(12):
        drawn.act(counter)
    staged, page = Staged(), trial.ledger.snapshot(limit=1)
    begun = page.head.position
    while True:
        for placed in page.links:
            staged.put(placed)
        if page.done:
            break
        last = page.links[-1].link.token.digest
        drawn.act(counter)
        page = trial.ledger.snapshot(last, limit=1)
    for _ in range(6):
        drawn.act(counter)
    feed = trial.ledger.feed(begun)
    assert isinstance(feed, Entries)
    for entry in feed.entries:
        staged.follow(entry)
    assert staged.equals(trial.ledger.snapshot())


def test_after_each_kind_of_operation_the_feed_leads_from_one_snapshot_to_the_next(trial: TrialLedger) -> None:
    counter = trial.counter("窓口1")
    staged, reached = Staged(), counter.known
    first, second = counter.link(1, 1001), counter.link(2, 1002)
    kinds = (
        first,
        second,
        counter.link(1, 1001),  # stands already
        counter.replace(1, 1002, first, second),
        counter.link(3, 1002),  # declined
        counter.unlink(1002),
        counter.unlink(1005),  # not linked
        (fourth := counter.link(4, 1004)),
        counter.link(5, 1005),
        counter.unlink(1005, 4),  # the card is linked with another number
        counter.replace(4, 1004, fourth),  # what staff were shown is gone
    )
    for operation in kinds:
        trial.tell(operation)
        page = trial.ledger.feed(reached)
        assert isinstance(page, Entries)
        for entry in page.entries:
            staged.follow(entry)
        reached = page.head.position
        assert staged.equals(trial.ledger.snapshot()), operation
    assert reached.cursor == 9
