"""Text about a card left on the reader after its session."""

from __future__ import annotations

from kiosk.domain.states import Counter
from kiosk.domain.transition import left_lying
from kiosk.text import say


def left_words(counter: Counter) -> tuple[str, str]:
    """Return title and text: whose card it is, if known, and whom to give it to."""
    former = left_lying(counter) & counter.former
    if not former:
        return say("staff.banner.card-left"), say("staff.banner.card-left-text")
    # A refused card may belong to anybody.
    refused = any(stray.insertion in former for stray in counter.refused)
    whose = say("staff.banner.card-left-former-any" if refused else "staff.banner.card-left-former")
    return whose, say("staff.banner.card-left-former-text")
