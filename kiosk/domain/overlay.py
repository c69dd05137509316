"""What a counter shows while its own operations are on their way: its links, seen through what those operations will make of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from kiosk.domain.decide import Accepted, Closed, Decision, Epochs, Opened, OpenLink, Standing, Stop, decide
from kiosk.domain.model import LibraryCardNumber, LinkToken
from kiosk.domain.wire import Operation


class Links(Protocol):
    """The links that the feed brought, and the stops it told of."""

    def of_token(self, token: LinkToken) -> OpenLink | None: ...
    def of_number(self, number: LibraryCardNumber) -> OpenLink | None: ...
    def stops(self, token: LinkToken | None, number: LibraryCardNumber) -> tuple[Stop, ...]:
        """Those of the token and those of the number."""


@dataclass(slots=True)
class Overlay:
    """The difference between the links and what is shown."""

    opened: dict[LinkToken, OpenLink] = field(default_factory=dict)
    hidden: set[LinkToken] = field(default_factory=set)
    """Tokens whose link is not shown, although the feed has not closed it."""
    _tokens: dict[LibraryCardNumber, LinkToken] = field(default_factory=dict)
    """Of `opened`."""

    def of_token(self, links: Links, token: LinkToken) -> OpenLink | None:
        if token in self.hidden:
            return None
        return self.opened.get(token) or links.of_token(token)

    def of_number(self, links: Links, number: LibraryCardNumber) -> OpenLink | None:
        if number in self._tokens:
            return self.opened[self._tokens[number]]
        link = links.of_number(number)
        return None if link is None or link.token in self.hidden or link.token in self.opened else link

    def show(self, link: OpenLink) -> None:
        self.hidden.discard(link.token)
        self.opened[link.token] = link
        self._tokens[link.number] = link.token

    def take(self, decision: Decision) -> None:
        """Show what a decision changes."""
        for change in decision.changes if isinstance(decision, Accepted) else ():
            match change:
                case Opened(link):
                    self.show(link)
                case Closed(token, number):
                    self.opened.pop(token, None)
                    self._tokens.pop(number, None)
                    self.hidden.add(token)


def projected(operations: Iterable[Operation], links: Links, epochs: Epochs) -> Overlay:
    """Fold `decide` over the links and the operations not applied yet, in the order in which they were made."""
    overlay = Overlay()
    for operation in operations:
        overlay.take(decide(standing_of(operation, links, overlay, epochs), operation))
    return overlay


def standing_of(operation: Operation, links: Links, overlay: Overlay, epochs: Epochs) -> Standing:
    """What stands concerning one operation, as this counter sees it."""
    token = operation.token
    return Standing(
        by_token=None if token is None else overlay.of_token(links, token),
        by_number=overlay.of_number(links, operation.number),
        stops=links.stops(token, operation.number),
        epochs=epochs,
    )
