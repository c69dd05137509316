"""A store that takes over a snapshot of the library's ledger, page by page, while cards are served from the links it has.

The pages are read at different positions. The feed, replayed from the position of the first, makes one ledger of them, and the digest of
the server proves it. Only then do the staged links take the place of the others. The way of a caller:

    if (staged := store.staged()) is None or not staged.goes_on_at(status):
        store.stage_begin(status)           # the status of the first page
    store.stage_page(page)                  # until `done`; the next is read after `staged().after`
    store.stage_feed(entries)               # from `staged().reached`, until the head of a status is reached
    if not store.stage_swap(status): ...    # False: it was not what the server has, and is discarded: begin anew
    while store.erase_old(): ...            # also after each start, and with a pause between two calls

A kill at any point loses at most the page or entries in hand: `staged()` says where to go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiosk.domain.feed import FeedEntry, PlacedLink
from kiosk.domain.model import LinkToken
from kiosk.domain.operations import OwnOperation
from kiosk.domain.registry_wire import LedgerStatus
from kiosk.domain.wire import Position
from kiosk.store.ledger_store import LedgerStore


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
        raise NotImplementedError

    def stage_begin(self, status: LedgerStatus) -> None:
        """Begin to take over a snapshot whose first page has this status; discard one that was under way.

        Erases what is left of earlier ones first, which takes a while. Raises ValueError on a counter that is alone, and for an epoch that
        is not the one `begin_epoch` has begun.
        """
        raise NotImplementedError

    def stage_page(self, links: Sequence[PlacedLink], *, done: bool) -> None:
        """Stage the next links, in the order of their tokens; `done` with the last page. Any size: committed in parts.

        Raises ValueError if none was begun, or for links that do not follow in order; what came before them stays.
        """
        raise NotImplementedError

    def stage_feed(self, entries: Iterable[FeedEntry]) -> list[OwnOperation]:
        """Replay the next entries over the staged pages; return the operations made here that they answer.

        What the pages hold already stays: the higher position wins, for each token and each number. Raises ValueError for a gap, and
        before the last page.
        """
        raise NotImplementedError

    def stage_swap(self, status: LedgerStatus) -> bool:
        """Serve from the staged links from now on, if count and digest are those of this status, whose head the staging has reached.

        False: they are not; the staging is discarded. Raises ValueError at another head, and if the links here are further.
        """
        raise NotImplementedError

    def stage_discard(self) -> None:
        """Give up the snapshot under way, if any. `erase_old` erases it."""
        raise NotImplementedError

    def erase_old(self) -> bool:
        """Erase some of the rows that a swap or a discarded staging left behind. Returns whether there are more.

        In the meantime a new staging cannot begin but by waiting for it.
        """
        raise NotImplementedError
