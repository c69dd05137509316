"""How much of what is on loan stands on the list, in words. What was not told is never said to be nothing."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.circulation import Told
from kiosk.domain.states import PatronShown
from kiosk.text import say
from kiosk.ui.staff.serving.item_texts import MOST


@dataclass(frozen=True, slots=True)
class Extent:
    """Sentences with marks; empty where there is nothing to say."""

    count: str = ""
    """Beside the heading."""
    title: str = ""
    """What is missing, and what to do about it."""
    step: str = ""
    empty: str = ""
    """In place of rows."""
    renew: str = ""
    """On the button for all that is listed."""


def extent_of(flow: PatronShown) -> Extent:
    """What is to be said of the loans listed for this patron; nothing as long as they were not asked for."""
    loans, on_loan, counted = flow.dealings.loans, flow.patron.standing.on_loan, flow.patron.standing.loans
    renew = say("staff.items.renew-all")
    if loans is None:
        return Extent(renew=renew)
    count = len(loans)
    if on_loan.told is Told.NOTHING and not loans:
        known = "" if counted is None else say("staff.items.count-not-listed", counted=counted)
        return Extent(known, say("staff.items.not-listed"), say("staff.items.by-barcode"), renew=renew)
    if on_loan.is_none and not loans:
        return Extent(say("staff.items.count", count=0), empty=say("staff.items.empty-renewal"), renew=renew)
    if on_loan.told is Told.ALL:
        said = say("staff.items.count", count=count)
    elif counted is not None and counted > count:
        said = say("staff.items.count-part", counted=counted, count=count)
    else:
        said = say("staff.items.count-perhaps-more", count=count)
    if on_loan.as_titles:
        return Extent(said, say("staff.items.titles"), say("staff.items.by-barcode"), renew=renew)
    if on_loan.told is not Told.ALL:
        part = "part" if on_loan.disputed is None else "disputed"
        listed = say("staff.items.renew-listed", count=count)
        return Extent(said, say(f"staff.items.{part}"), say("staff.items.others-by-barcode"), renew=listed)
    if count > MOST:
        return Extent(
            said,
            say("staff.items.more-lines", count=count, shown=MOST),
            say("staff.items.more-lines-text", button=renew),
            renew=renew,
        )
    return Extent(said, renew=renew)
