"""Mapping from patron pages to illustrations."""

from __future__ import annotations

from kiosk.domain.model import Shown
from kiosk.domain.states import Counter, PageName, PatronShown

_PICTURES = {
    PageName.CARD_LEFT: "card-take",
    PageName.WAITING: "card-place",
    PageName.READING: "card-on-reader",
    PageName.SLOW: "card-take",
    PageName.BEHIND: "card-on-reader",
    PageName.CHECKING: "card-on-reader",
    PageName.GUARDIAN: "document-conditions",
    PageName.PLACE: "card-place",
    PageName.PLACE_AGAIN: "card-place",
    PageName.READING_TRIES: "card-on-reader",
    PageName.CHECKING_PIN: "card-on-reader",
    PageName.SAVING: "card-on-reader",
    PageName.ALREADY: "card-take",
    **dict.fromkeys((PageName.RECORD, PageName.CONFIRM, PageName.PIN, PageName.DONE, PageName.RETURNING), ""),
    PageName.LAST_TRY: "pin-pad-closed",
    PageName.HANDOVER: "screen-turn",
}
"""Pages not listed show the library card."""


def picture_of(page: PageName, counter: Counter) -> str:
    """Return the name of the page's illustration, or "" if it has none."""
    flow = counter.flow
    if page is not PageName.SERVED or not isinstance(flow, PatronShown) or flow.shown is Shown.LIBRARY_CARD:
        return _PICTURES.get(page, "card-library")
    # The card the patron came with, where it is now.
    return "card-on-reader" if flow.insertion in counter.cards else "card-my-number"
