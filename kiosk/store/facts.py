"""What the feed tells, written into the links and their digest."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.domain.decide import Change, Closed, Opened, OpenLink, Stop, Stopped
from kiosk.domain.feed import FeedEntry, PlacedStop
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.wire import Operation
from kiosk.store.link_digest import LinkDigest
from kiosk.store.links import LinkTable


class Facts:
    """Every method runs within the caller's transaction."""

    def __init__(self, links: LinkTable, digest: LinkDigest) -> None:
        self._links, self._digest = links, digest

    def apply(self, changes: Iterable[Change], cursor: int) -> None:
        """Write what one operation changed. Raises ValueError if it does not fit the links: they differ from the server's, and need a
        snapshot.
        """
        opened, closed = list[tuple[OpenLink, int]](), list[tuple[OpenLink, int]]()
        for change in changes:
            match change:
                case Opened(link):
                    if self._links.of_token(link.token) or self._links.of_number(link.number):
                        raise ValueError("opens what is open")
                    self._links.open(link, cursor)
                    opened.append((link, cursor))
                case Closed(token, number):
                    there = self._links.placed_of_token(token)
                    if there is None or there.link.number != number:
                        raise ValueError("closes what is not open")
                    self._links.close(there.link)
                    closed.append((there.link, there.cursor))
        self._digest.changed(opened, closed)

    def withdraw(self, operation: Operation) -> None:
        """Close the link of an operation that was refused. There is one if an earlier epoch had accepted it, of which the links still are;
        the server does not have it, and it may have been refused because its card was reported lost.
        """
        placed = None if operation.token is None else self._links.placed_of_token(operation.token)
        if placed is not None and placed.link.operation == operation.origin.uuid:
            self._links.close(placed.link)
            self._digest.changed((), [(placed.link, placed.cursor)])


def touched(change: Change) -> tuple[LinkToken | None, LibraryCardNumber]:
    """The card and the number that a change is about."""
    match change:
        case Opened(link):
            return link.token, link.number
        case Closed(token, number):
            return token, number
        case Stopped(number, token):  # pragma: no branch
            return token, number


def stops_in(entry: FeedEntry) -> list[PlacedStop]:
    stop = Stop(entry.cursor, entry.counter, entry.sequence)
    return [PlacedStop(stop, *touched(change)) for change in entry.changes if not isinstance(change, Opened)]
