"""What every flow's `step` is made of: going on, asking the outside, ending a session."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.effects import Effect, Play, ReadCard, ReleaseCard, StartTimer
from kiosk.domain.events import CardFailed
from kiosk.domain.model import Insertion, Language, Sound, Ticket
from kiosk.domain.states import Counter, Flow, Problem, Reading, ReadingMyNumberCard, Waiting

Step = tuple[Counter, tuple[Effect, ...]]


def stay(counter: Counter) -> Step:
    """The event does not fit here: nothing changes."""
    return counter, ()


def go(counter: Counter, flow: Flow, *effects: Effect) -> Step:
    return replace(counter, flow=flow), effects


def asking(counter: Counter) -> tuple[Counter, Ticket]:
    """A ticket never given before, and the counter that remembers it."""
    ticket = Ticket(counter.last_ticket + 1)
    return replace(counter, last_ticket=ticket), ticket


def problem_of(event: CardFailed) -> Problem:
    return Problem(event.code, event.params)


def card_to_read(counter: Counter, after: Insertion | None = None) -> Insertion | None:
    """A lying card that has not had its session: the first there is, or the first laid after another one."""
    for insertion in counter.cards:
        if insertion not in counter.spent and (after is None or insertion.number > after.number):
            return insertion
    return None


def start_reading(counter: Counter, insertion: Insertion) -> Step:
    counter, ticket = asking(counter)
    return go(counter, Reading(ticket, insertion), Play(Sound.CARD_SEEN), ReadCard(ticket, insertion))


def slowly(flow: Reading | ReadingMyNumberCard, insertion: Insertion) -> Flow:
    return replace(flow, slow=True) if flow.insertion == insertion else flow


def end_session(counter: Counter, flow: Flow | None = None) -> Step:
    """Forget the patron: back to waiting (or another page). Cards still lying have had their session and are unpowered."""
    releases = tuple(ReleaseCard(insertion) for insertion in counter.cards if insertion not in counter.spent)
    ended = replace(
        counter,
        flow=Waiting() if flow is None else flow,
        spent=frozenset(counter.cards),
        language=Language.JAPANESE,
        idle_warning=False,
    )
    ended, timers = watch_for_card_left(ended)
    return ended, (*releases, *timers)


def watch_for_card_left(counter: Counter) -> Step:
    """Start counting the seconds a card lies after its session."""
    if not counter.cards:
        return counter, ()
    counter, ticket = asking(counter)
    return replace(counter, card_left_ticket=ticket), (StartTimer(ticket, counter.rules.card_left_seconds),)
