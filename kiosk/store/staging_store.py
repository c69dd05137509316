"""A store that takes over a snapshot of the library's ledger, page by page, while cards are served from the links it has.

The pages are read at different positions. The feed, replayed from the position of the first, makes one ledger of them, and the digest of
the server proves it. Only then do the staged links take the place of the others. The way of a caller:

    if (staged := store.staged()) is None or not staged.goes_on_at(status):
        store.stage_begin(status)           # the status of the first page
    store.stage_page(page)                  # until `done`; the next is read after `staged().after`
    store.stage_feed(entries)               # from `staged().reached`, until the head of a status is reached
    if not store.stage_swap(status): ...    # False: it was not what the server has, and is discarded: begin anew
    while store.erase_old(): ...            # also after each start

A kill at any point loses at most the page or entries in hand: `staged()` says where to go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.feed import FeedEntry, PlacedLink
from kiosk.domain.model import LinkToken
from kiosk.domain.operations import OwnOperation
from kiosk.domain.registry_wire import LedgerStatus
from kiosk.domain.wire import Position
from kiosk.store.ledger_store import LedgerStore
from kiosk.store.links import values
from kiosk.store.parts import Parts
from kiosk.store.staging import Numbered, Progress


@dataclass(frozen=True, slots=True)
class Staged:
    """How far a snapshot has been taken over."""

    begun: Position
    """The head when the first page was read."""
    reached: Position
    """Up to where the feed was replayed over the pages; `begun` until all of them are there."""
    count: int
    """Links staged: of about `LedgerStatus.count`."""
    after: LinkToken | None
    """The last token staged: the next page begins behind it."""
    is_loaded: bool
    """Whether the last page has arrived."""

    def goes_on_at(self, status: LedgerStatus) -> bool:
        """Whether the feed of this server still reaches back to where the staging stands."""
        head = status.head
        return self.reached.epoch == head.epoch and status.floor <= self.reached.cursor <= head.cursor


class StagingStore(LedgerStore):
    """Each method is one or more short transactions; none locks the store for longer than a few hundredths of a second."""

    def staged(self) -> Staged | None:
        """How far a snapshot has been taken over; None if none is under way."""
        with self._reading():
            progress = self._staging.progress()
        if progress is None:
            return None
        after = None if progress.after is None else LinkToken(progress.after)
        begun, reached = (Position(progress.epoch, cursor) for cursor in (progress.begun, progress.reached))
        return Staged(begun, reached, progress.links.count, after, progress.is_loaded)

    def stage_begin(self, status: LedgerStatus) -> None:
        """Begin to take over a snapshot whose first page has this status; discard one that was under way.

        Erases what is left of earlier ones first, which takes a while. Raises ValueError on a counter that is alone, and for an epoch that
        is not the one `begin_epoch` has begun, or a site key that was not taken (`take_keys`).
        """
        self.stage_discard()
        while self.erase_old():
            pass
        with self._writing():
            self._refuse_alone()
            if status.head.epoch != self._ledger.notes.epochs.current:
                raise ValueError(f"of epoch {status.head.epoch}, not {self._ledger.notes.epochs.current}")
            if not self._ledger.notes.chain.knows(status.key_generation):
                raise ValueError(f"of key generation {status.key_generation}, whose key is not here")
            self._staging.begin(status.head, status.key_generation)
            self._ledger.seal.renew()

    def stage_page(self, links: Sequence[PlacedLink], *, done: bool) -> None:
        """Stage the next links, in the order of their tokens; `done` with the last page. Any size: committed in parts.

        Raises ValueError if none was begun, or for links that do not follow in order; what came before them stays.
        """
        taken = 0
        for part in self._row_parts.of(links) if links else [links]:
            progress = self._progress(is_loaded=False)
            tokens = [progress.after or b"", *(placed.link.token.digest for placed in part)]
            if any(before >= token for before, token in pairwise(tokens)):
                raise ValueError("links out of order")
            # Before the lock: it takes as long as the writing.
            rows = [values(placed.link, placed.cursor) for placed in part]
            summed = self._staging.digest(progress).after(progress.links, [(placed.link, placed.cursor) for placed in part], ())
            taken += len(part)
            with self._staging_on(progress, self._row_parts):
                self._staging.add(progress, rows, summed, done=done and taken == len(links))
            self._let_others_write()

    def stage_sort(self) -> bool:
        """After the last page: sort and write some of the numbers. Returns whether there are more. Reads for some seconds at a time.

        `stage_feed` and `stage_swap` do what is left of it; who can stop in between calls it.
        """
        progress = self._progress(is_loaded=True)
        if progress.numbered is None:
            return False
        with self._reading():
            rows = self._staging.unnumbered(progress)
        if not rows:
            with self._staging_on(progress, self._row_parts):
                self._staging.number(progress, ())
        for part in _in_groups(rows, self._row_parts):
            with self._staging_on(progress, self._row_parts):
                self._staging.number(progress, part)
            self._let_others_write()
            progress = self._progress(is_loaded=True)
        return progress.numbered is not None

    def stage_feed(self, entries: Sequence[FeedEntry]) -> list[OwnOperation]:
        """Replay the next entries over the staged pages; return the operations made here that they answer.

        What the pages hold already stays: the higher position wins, for each token and each number. Raises ValueError for a gap, and
        before the last page.
        """
        while self.stage_sort():
            pass
        news = list[OwnOperation]()
        for part in self._replay_parts.of(entries):
            progress = self._progress(is_loaded=True)
            with self._staging_on(progress, self._replay_parts):
                self._staging.replay(progress, part)
                news += self._ledger.answered_by(part, progress.epoch)
            self._let_others_write()
        return news

    def stage_swap(self, status: LedgerStatus) -> bool:
        """Serve from the staged links from now on, if count and digest are those of this status, whose head the staging has reached.

        False: they are not; the staging is discarded. Raises ValueError at another head, and if the links here are further.
        """
        while self.stage_sort():
            pass
        progress = self._progress(is_loaded=True)
        reached = Position(progress.epoch, progress.reached)
        if reached != status.head:
            raise ValueError(f"staged up to {reached}, not {status.head}")
        sealed = self._staging.digest(progress).seal(progress.links).hex()
        if (progress.links.count, sealed) != (status.count, status.digest):
            self.stage_discard()
            return False
        with self._writing() as now:
            self._ledger.take_over(reached, status.safe, progress.generation, lambda: self._staging.swap(progress))
            # Links that changed without their position having moved must not be taken for tampering.
            self._tell(now, AdministrativeAct.LOADED, None, reason=None)
        return True

    def stage_discard(self) -> None:
        """Give up the snapshot under way, if any. `erase_old` erases it."""
        with self._reading():
            if self._staging.progress() is None:
                return
        with self._writing():
            self._staging.discard()
            self._ledger.seal.renew()

    def erase_old(self) -> bool:
        """Erase some of the rows that a swap or a discarded staging left behind, and of the stops that the links have passed. Returns
        whether there are more.

        In the meantime a new staging cannot begin but by waiting for it.
        """
        with self._reading():
            if not self._has_leavings():
                return False
        with self._writing(self._row_parts):
            if self._staging.has_leavings():
                self._staging.erase(self._row_parts.size)
            else:
                self._ledger.forget_passed_stops()
            more = self._has_leavings()
        self._let_others_write()
        return more

    def _has_leavings(self) -> bool:
        return self._staging.has_leavings() or self._ledger.has_passed_stops()

    def _progress(self, *, is_loaded: bool) -> Progress:
        with self._reading():
            progress = self._staging.progress()
        if progress is None or progress.is_loaded != is_loaded:
            raise ValueError("no snapshot is under way" if progress is None else "before, or after, the last page")
        return progress

    @contextmanager
    def _staging_on(self, progress: Progress, parts: Parts) -> Iterator[datetime]:
        """A write transaction over what was read before it."""
        with self._writing(parts) as now:
            if self._staging.progress() != progress:
                raise ValueError("another snapshot is under way")
            yield now
            self._ledger.seal.renew()


def _in_groups(rows: Sequence[Numbered], parts: Parts) -> Iterator[Sequence[Numbered]]:
    """Parts of the rows, none of which ends between two rows of one number."""
    first = 0
    while first < len(rows):
        end = min(first + parts.size, len(rows))
        while end < len(rows) and rows[end][:-32] == rows[end - 1][:-32]:
            end += 1
        yield rows[first:end]
        first = end
