"""A card that is no longer needed and still lies on a reader: who is told, and when.

`transition.spend` starts the timer when a card is not needed any more; lifting it ends everything.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain import stray_cards
from kiosk.domain.effects import Play
from kiosk.domain.model import Sound, Ticket
from kiosk.domain.states import Counter
from kiosk.domain.transition import STAFF_ARE_TOLD, Step, watch_for_card_left

REMINDED_SECONDS = 60.0
"""Seconds until staff who acknowledged a card left behind are reminded."""


def tell(counter: Counter) -> Step:
    """Tell the patron twice, then staff, with a sound each time."""
    counter = replace(counter, card_left=min(counter.card_left + 1, STAFF_ARE_TOLD))
    if counter.card_left == STAFF_ARE_TOLD:
        return stray_cards.leave_lying(replace(counter, card_left_ticket=Ticket(0))), (Play(Sound.CARD_LEFT),)
    counter, timers = watch_for_card_left(counter, counter.rules.card_left_seconds)
    return counter, (Play(Sound.CARD_LEFT), *timers)


def seen(counter: Counter) -> Step:
    """Staff acknowledged the card left behind: remind them if it stays, and keep alerting the patron."""
    return watch_for_card_left(replace(counter, card_left=STAFF_ARE_TOLD - 1), REMINDED_SECONDS)
