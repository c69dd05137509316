"""How complete the list of loans is, in words. Unreported loans are never presented as none."""

from __future__ import annotations

from kiosk.domain.circulation import Told
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.states import PatronShown
from kiosk.text import say
from kiosk.ui.staff.serving.item_texts import MOST


@dataclass(frozen=True, slots=True)
class Extent:
    """Sentences with markup; empty if there is nothing to say."""

    count: str = ""
    """Next to the heading."""
    title: str = ""
    """What is missing, and what to do about it."""
    step: str = ""
    empty: str = ""
    """In place of rows."""
    renew: str = ""
    """Label of the button that renews all listed."""


def extent_of(flow: PatronShown) -> Extent:
    """Return the texts on the loans listed for this patron; only `renew` until they have been requested."""
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
