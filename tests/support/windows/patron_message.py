"""The patron's page for a counter, without a window."""

from __future__ import annotations

from kiosk.domain.patron_view import patron_view
from kiosk.domain.states import Counter
from kiosk.ui.patron.message_texts import Message, message_for


def message_of(counter: Counter) -> Message:
    """The page if only the counter's own state prevents reading, after a card has been read for long."""
    return message_for(counter, patron_view(counter, None))
