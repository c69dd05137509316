"""Timeouts: abandoned sessions, and finished pages that close by themselves. For cards left behind see `card_left`."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain import card_left, fields, idle_extension, session_end
from kiosk.domain.effects import StartTimer
from kiosk.domain.events import Event, PatronRefused
from kiosk.domain.events.about import SignOfLife
from kiosk.domain.model import Language, Ticket
from kiosk.domain.serving import session
from kiosk.domain.single_display import handed_back, is_read_by_patron, waits_for_staff
from kiosk.domain.slip_printing import without_troubles
from kiosk.domain.states import AwaitingLibraryCard, CheckingPin, Counter, Flow, PatronShown, Registered, Screen, Stage, Waiting
from kiosk.domain.transition import Step, asking, end_session, left_lying, stay, then


def is_acting(flow: Flow) -> bool:
    """Whether something must be answered before anybody leaves, including requests to the library system."""
    return flow.about.stage is Stage.ACTING or (isinstance(flow, PatronShown) and flow.dealings.unanswered)


def time_up(counter: Counter, ticket: Ticket) -> Step:
    """Handle a timer for a card left behind or an idle session: warn first, then close."""
    if ticket == counter.card_left_ticket and left_lying(counter):
        return card_left.tell(counter)
    if counter.fields is not None and ticket == counter.fields.timer:
        return fields.time_up(counter, counter.fields)
    if ticket != counter.idle_ticket:
        return stay(counter)
    if counter.flow.about.rests:
        return _tidied(counter)
    if is_acting(counter.flow) and not _is_stuck(counter):
        return _start_idle(counter, counter.rules.idle_seconds)
    if waits_for_staff(counter):
        return _told(counter)
    if _closes_by_itself(counter):
        return _closed(counter)
    if idle_extension.is_running(counter):
        return _start_idle(counter, counter.rules.idle_seconds)
    if counter.idle_warning:
        return _closed(counter) if is_read_by_patron(counter) else _told(counter)
    return _start_idle(replace(counter, idle_warning=True), counter.rules.warning_seconds)


def _told(counter: Counter) -> Step:
    closed, effects = _closed(counter)
    return session_end.tell(closed, counter), effects


def _closed(counter: Counter) -> Step:
    """Close the session. A patron who was served gets the slip, and the next card present is read, as when leaving normally.

    On a single display a result goes to staff first, who have the usual time to come for it.
    """
    if is_read_by_patron(counter):
        return then(handed_back(counter), lambda after: _start_idle(after, after.rules.idle_seconds))
    if not isinstance(counter.flow, PatronShown):
        return end_session(counter)
    return then(session.leave(counter, counter.flow), _timed)


def _timed(counter: Counter) -> Step:
    if counter.flow.about.rests:
        return stay(counter)
    return _start_idle(replace(counter, idle_warning=False), counter.rules.idle_seconds)


def _tidied(counter: Counter) -> Step:
    """Clear what somebody no longer present has left: a language, a rejected number, a failed slip."""
    flow = Waiting() if isinstance(counter.flow, Waiting) else counter.flow
    return replace(without_troubles(counter), flow=flow, language=Language.JAPANESE), ()


def _is_stuck(counter: Counter) -> bool:
    """The card has not answered a VERIFY for long and has not been removed."""
    return isinstance(counter.flow, CheckingPin) and counter.flow.slow


def _closes_by_itself(counter: Counter) -> bool:
    """Whether this is a finished registration whose cards have been taken: it closes after a few seconds without asking.

    Not on a single display that is back with staff: they have only now begun to read.
    """
    watched = not counter.rules.single_display or counter.screen is Screen.PATRON
    return isinstance(counter.flow, Registered) and not counter.cards and watched


def more_time_over(counter: Counter) -> Step:
    """The extension has expired: whoever is not back has the usual timeout until the warning."""
    after = idle_extension.over(counter)
    if idle_extension.is_running(after[0]) or after[0].idle_warning or not idle_extension.is_kept(counter.flow):
        return after
    return then(after, lambda counter: _start_idle(counter, counter.rules.idle_seconds))


def keep_idle_time(before: Counter, after: Counter, event: Event) -> Step:
    """Restart the idle timeout at any sign of life."""
    if after.flow.about.rests:
        after = replace(after, idle_warning=False)
        if _tidied(after)[0] == after:
            return after, ()
    if not _is_sign_of_life(before, event, after):
        return after, ()
    return _start_idle(replace(after, idle_warning=False), _seconds(after))


def _is_sign_of_life(before: Counter, event: Event, after: Counter) -> bool:
    match event.about.sign_of_life:
        case SignOfLife.ALWAYS:
            shows = True
        case SignOfLife.BY_CHANGE:
            shows = after != before
        case SignOfLife.BY_FLOW:
            shows = after.flow != before.flow
        case _:
            shows = False
    return shows and not _failed_by_itself(before, event)


def _failed_by_itself(before: Counter, event: Event) -> bool:
    """Whether a repeated look-up of the patron being served could not be answered."""
    return isinstance(event, PatronRefused) and event.code.about.is_ils_trouble and isinstance(before.flow, PatronShown)


def _seconds(counter: Counter) -> float:
    """The idle timeout in seconds in this state."""
    if _closes_by_itself(counter):
        return counter.rules.done_seconds
    if isinstance(counter.flow, AwaitingLibraryCard):
        return counter.rules.library_card_seconds
    return counter.rules.idle_seconds


def _start_idle(counter: Counter, seconds: float) -> Step:
    counter, ticket = asking(counter)
    return replace(counter, idle_ticket=ticket), (StartTimer(ticket, seconds),)
