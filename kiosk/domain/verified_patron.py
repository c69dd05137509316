"""The patron whose My Number Card was verified here, for as long as they are served: what programs beside the counter may be told."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.model import Insertion, LibraryCardNumber, Shown
from kiosk.domain.states import Counter, PatronShown


@dataclass(frozen=True, slots=True)
class VerifiedPatron:
    insertion: Insertion
    """Tells one patron's turn from the next one's, also if both have the same number."""
    number: LibraryCardNumber = field(repr=False)


def verified_here(counter: Counter) -> VerifiedPatron | None:
    """None before everything that is checked of a card has been, once the session has ended, and while a library card serves."""
    flow = counter.flow
    if not isinstance(flow, PatronShown) or flow.shown is not Shown.MY_NUMBER_CARD or flow.insertion is None:
        return None
    return VerifiedPatron(flow.insertion, flow.patron.number)
