"""Who holds the single display, and whose events count meanwhile (`single_display`)."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.events import Event
from kiosk.domain.events.about import By
from kiosk.domain.states import Counter, Display, Screen, Waiting
from kiosk.domain.transition import Step, card_to_read, start_reading


def is_heard(counter: Counter, event: Event) -> bool:
    """Whether an event counts, given who holds the display. With two displays every event counts."""
    if not counter.rules.single_display:
        return True
    match event.about.by:
        case By.STAFF:
            return counter.screen is Screen.STAFF
        case By.PATRON:
            return counter.screen is Screen.PATRON
        case By.EITHER | By.NOBODY:  # pragma: no branch
            return True


def turn_display(counter: Counter) -> Step:
    """Hand the display to whom the state requires. It passes to the patron only by their own press and back only by staff's."""
    if not counter.rules.single_display:
        return counter, ()
    whose = counter.flow.about.display
    if counter.screen is Screen.STAFF and whose is Display.PATRONS:
        return replace(counter, screen=Screen.OFFERED), ()
    if counter.screen is Screen.OFFERED and whose is not Display.PATRONS:
        return replace(counter, screen=Screen.STAFF), ()
    if counter.screen is Screen.PATRON and whose is Display.STAFFS:
        return replace(counter, screen=Screen.RETURNING, wrong_staff_code=False), ()
    return counter, ()


def taken_back(counter: Counter, code: str) -> Step:
    """Staff take the display back; a card placed meanwhile is read now."""
    if code != counter.rules.staff_code:
        return replace(counter, wrong_staff_code=True), ()
    counter = replace(counter, screen=Screen.STAFF, wrong_staff_code=False)
    fresh = card_to_read(counter)
    if fresh is not None and isinstance(counter.flow, Waiting):
        return start_reading(counter, fresh)
    return counter, ()
