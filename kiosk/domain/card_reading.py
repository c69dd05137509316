"""Reading a card: it may be slow, held by another program, wait for an unresponsive one, give way to another, or be one that nobody placed.

Shared by lending and registration, which supply how to continue as `Ways`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.domain import stray_cards
from kiosk.domain.effects import ReleaseCard, StartTimer
from kiosk.domain.errors import Code
from kiosk.domain.events import CardFailed, CardInUse, CardLifted, CardPlaced, CardSlow, CardsTurn, CardWaits, Event, TimeUp
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Insertion, Ticket
from kiosk.domain.states import Counter, Problem, Reading, ReadingMyNumberCard
from kiosk.domain.transition import Step, asking, card_to_read, go, other_card, problem_of, then

Flow = Reading | ReadingMyNumberCard


@dataclass(frozen=True, slots=True)
class Ways:
    """How the flow continues after reading was changed or ended here."""

    read: Callable[[Counter, Insertion], Step]
    """Start reading this card instead."""
    back: Callable[[Counter], Step]
    """No card is being read any more; return to waiting for one."""
    fail: Callable[[Counter, Problem], Step]
    """This card cannot be read."""


def while_read(counter: Counter, flow: Flow, event: Event, ways: Ways) -> Step | None:
    """Handle an event during reading; None for events not handled here."""
    insertion = flow.insertion
    if insertion in counter.strays:
        return _tried(counter, flow, event, ways)
    match event:
        case CardSlow(where) if where == insertion:
            other = other_card(counter, insertion)
            return go(counter, replace(flow, slow=True)) if other is None else _give_way(counter, insertion, other, ways)
        case CardInUse(where) if where == insertion:
            other = other_card(counter, insertion)
            return go(counter, replace(flow, in_use=True)) if other is None else _give_way(counter, insertion, other, ways)
        case CardPlaced(other, found=False) if (flow.slow or flow.in_use) and other.reader != insertion.reader:
            return _give_way(counter, insertion, other, ways)
        case CardWaits(where, behind) if where == insertion and not flow.behind:
            counter, ticket = asking(counter)
            return go(counter, replace(flow, behind=behind, limit=ticket), StartTimer(ticket, counter.rules.wait_seconds))
        case CardsTurn(where) if where == insertion and flow.behind:
            return go(counter, replace(flow, behind="", limit=Ticket(0)))
        case TimeUp(ticket) if ticket == flow.limit:
            return ways.fail(counter, Problem(Code.CARD_WAITED, (("reader", flow.behind),)))
        case CardLifted(where) if where == insertion and flow.slow:
            return ways.fail(counter, Problem(Code.CARD_SILENT))
    return None


def _give_way(counter: Counter, insertion: Insertion, other: Insertion, ways: Ways) -> Step:
    """Release a card that is unresponsive or in use so that the other one can be read."""
    counter = replace(counter, spent=counter.spent | ({insertion} & set(counter.cards)))
    return then((counter, (ReleaseCard(insertion),)), lambda released: ways.read(released, other))


def _tried(counter: Counter, flow: Flow, event: Event, ways: Ways) -> Step | None:
    """Read a card that nobody placed: it gives way to any card somebody places, and its result is not shown to the patron."""
    insertion = flow.insertion
    match event:
        case CardPlaced(laid, found=False):
            return then(stray_cards.let_be(counter, insertion), lambda free: ways.read(free, laid))
        case CardFailed():
            over = stray_cards.let_be(counter, insertion, problem_of(counter, event))
        case CardSlow(where) if where == insertion:
            over = stray_cards.let_be(counter, insertion, Problem(Code.CARD_SILENT))
        case CardLifted(where) if where == insertion:
            over = stray_cards.let_be(counter, insertion)
        case _:
            return None
    return then(over, lambda free: _next(free, ways))


def _next(counter: Counter, ways: Ways) -> Step:
    """Continue with a card placed meanwhile; one that was already refused is not read again."""
    lying = card_to_read(counter)
    read = lying is None or any(refused.insertion == lying for refused in counter.refused)
    return ways.back(counter) if lying is None or read else ways.read(counter, lying)
