"""What staff are told of a card that lies there and has had its session."""

from __future__ import annotations

from kiosk.domain.states import Counter
from kiosk.domain.transition import left_lying
from kiosk.text import say


def left_words(counter: Counter) -> tuple[str, str]:
    """Whose card it is, as far as that is known, and to whom it is given."""
    former = left_lying(counter) & counter.former
    if not former:
        return say("staff.banner.card-left"), say("staff.banner.card-left-text")
    # What was refused may be any card.
    refused = any(stray.insertion in former for stray in counter.refused)
    whose = say("staff.banner.card-left-former-any" if refused else "staff.banner.card-left-former")
    return whose, say("staff.banner.card-left-former-text")
