"""What a counter shows while its own operations are on their way: its links, seen through what those operations will make of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import Protocol

from kiosk.domain.decide import Accepted, Closed, Decision, Epochs, Opened, OpenLink, Standing, Stop, decide
from kiosk.domain.feed import PlacedStop
from kiosk.domain.lazy_dataclass import dataclass
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

    def hide(self, link: OpenLink | None) -> None:
        if link is not None:
            self.hidden.add(link.token)

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


def projected(operations: Iterable[Operation], links: Links, epochs: Epochs, ahead: Iterable[PlacedStop] = ()) -> Overlay:
    """Fold `decide` over the links and the operations not applied yet, in the order in which they were made.

    `ahead`: stops that the links do not know of yet. They close what the links still hold of their tokens and numbers.
    """
    overlay = Overlay()
    for stop in ahead:
        overlay.hide(None if stop.token is None else links.of_token(stop.token))
        overlay.hide(links.of_number(stop.number))
    for operation in operations:
        overlay.take(decide(standing_of(operation, links, overlay, epochs), operation))
    return overlay


@dataclass(slots=True)
class Surroundings:
    """Tokens and numbers, and all that operations or links connect them with: whatever happens to one of them changes nothing else of what
    is shown.
    """

    tokens: set[LinkToken] = field(default_factory=set)
    numbers: set[LibraryCardNumber] = field(default_factory=set)

    def hold(self, operation: Operation) -> bool:
        return operation.token in self.tokens or operation.number in self.numbers


def surroundings(
    operations: Sequence[Operation], links: Links, tokens: Iterable[LinkToken], numbers: Iterable[LibraryCardNumber]
) -> Surroundings:
    """The surroundings of these tokens and numbers. `operations`: those not applied yet, and those that have just ceased to be one."""
    of_token: dict[LinkToken, list[Operation]] = {}
    of_number: dict[LibraryCardNumber, list[Operation]] = {}
    for one in operations:
        if one.token is not None:
            of_token.setdefault(one.token, []).append(one)
        of_number.setdefault(one.number, []).append(one)
    around = Surroundings()
    next_tokens, next_numbers = set(tokens), set(numbers)
    while next_tokens or next_numbers:
        around.tokens |= next_tokens
        around.numbers |= next_numbers
        touching = [operation for token in next_tokens for operation in of_token.get(token, ())]
        touching += [operation for number in next_numbers for operation in of_number.get(number, ())]
        standing = [*map(links.of_token, next_tokens), *map(links.of_number, next_numbers)]
        joined = [*touching, *(link for link in standing if link is not None)]
        next_tokens = {one.token for one in joined if one.token is not None} - around.tokens
        next_numbers = {one.number for one in joined} - around.numbers
    return around


def standing_of(operation: Operation, links: Links, overlay: Overlay, epochs: Epochs) -> Standing:
    """What stands concerning one operation, as this counter sees it."""
    token = operation.token
    return Standing(
        by_token=None if token is None else overlay.of_token(links, token),
        by_number=overlay.of_number(links, operation.number),
        stops=links.stops(token, operation.number),
        epochs=epochs,
    )
