"""Who holds the single display, and whose events count meanwhile (`single_display`)."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.events import DisplayTaken, Event, TakenBack
from kiosk.domain.events.about import By
from kiosk.domain.states import Counter, Display, Flow, Screen, Stage
from kiosk.domain.transition import Step, card_to_read, read_next, spend, stay


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


def is_read_by_patron(counter: Counter) -> bool:
    """Whether the patron holds the display and reads a result that staff have not seen."""
    return counter.screen is Screen.PATRON and _is_result(counter.flow)


def waits_for_staff(counter: Counter) -> bool:
    """Whether the patron has read the result, and staff see it as soon as they take the display back."""
    return counter.screen is Screen.RETURNING and _is_result(counter.flow)


def _is_result(flow: Flow) -> bool:
    return flow.about.stage is Stage.FINISHED and flow.about.display is Display.STAYS


def handed_back(counter: Counter) -> Step:
    """The patron is done with the result: staff see it next, so it is kept. The cards have had their session."""
    return spend(replace(counter, screen=Screen.RETURNING, wrong_staff_code=False, idle_warning=False), frozenset(counter.cards))


def taken(counter: Counter, event: DisplayTaken | TakenBack) -> Step:
    """The patron or staff take the display that is held out to them."""
    if isinstance(event, TakenBack):
        return _taken_back(counter, event.staff_code) if counter.screen is Screen.RETURNING else stay(counter)
    return (replace(counter, screen=Screen.PATRON), ()) if counter.screen is Screen.OFFERED else stay(counter)


def _taken_back(counter: Counter, code: str) -> Step:
    """Staff take the display back; a card placed meanwhile is read now, as it would have been at once with two displays."""
    if code != counter.rules.staff_code:
        return replace(counter, wrong_staff_code=True), ()
    fresh = card_to_read(counter)
    gives_way = counter.flow.about.rests or waits_for_staff(counter)
    counter = replace(counter, screen=Screen.STAFF, wrong_staff_code=False)
    return (counter, ()) if fresh is None or not gives_way else read_next(counter, fresh)
