"""Building blocks of every flow's `step`: transitions, questions to the outside, ending a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.domain.effects import Effect, LookUpPatron, Play, ReadCard, ReleaseCard, StartTimer
from kiosk.domain.errors import Code, Refused
from kiosk.domain.events import CardFailed
from kiosk.domain.model import Insertion, Language, LibraryCardNumber, LinkToken, Shown, Sound, Ticket
from kiosk.domain.rules import may_be_secret
from kiosk.domain.states import Counter, Flow, LendingRefused, LookingUpPatron, MoreTime, Problem, Reading, Section, Waiting

if TYPE_CHECKING:
    from uuid import UUID

Step = tuple[Counter, tuple[Effect, ...]]
STAFF_ARE_TOLD = 3
"""The value of `card_left` at which staff are told; until then only the patron is."""


def stay(counter: Counter) -> Step:
    """The event does not apply: nothing changes."""
    return counter, ()


def go(counter: Counter, flow: Flow, *effects: Effect) -> Step:
    return replace(_followed(counter, flow), flow=flow), effects


def _followed(counter: Counter, flow: Flow) -> Counter:
    """When a session begins with `flow`, a card left behind before is no concern of the new patron: staff are told at once."""
    begins = counter.flow.about.rests and not flow.about.rests
    quiet = isinstance(flow, Reading) and flow.insertion in counter.strays
    if not begins or quiet or not to_be_taken(counter):
        return counter
    return replace(counter, former=left_lying(counter), card_left=STAFF_ARE_TOLD)


def for_the_same(before: Counter, after: Step) -> Step:
    """Mark the session that `after` begins as one of the same patron as in `before`."""
    counter, effects = after
    return replace(counter, former=before.former, card_left=before.card_left if left_lying(counter) else 0), effects


def asking(counter: Counter) -> tuple[Counter, Ticket]:
    """A new ticket, and the counter that remembers it."""
    ticket = Ticket(counter.last_ticket + 1)
    return replace(counter, last_ticket=ticket), ticket


def new_operation(counter: Counter) -> UUID:
    """The UUID of an operation begun by this event; at most one is. Raises ValueError if none was stamped."""
    if counter.next_operation is None:
        raise ValueError("no UUID was stamped for this step")
    return counter.next_operation


def problem_of(counter: Counter, event: CardFailed) -> Problem:
    """Why the card failed. Only the reader shows whether it was removed."""
    if event.code is Code.CARD_INTERRUPTED and event.insertion not in counter.cards:
        return Problem(Code.CARD_REMOVED)
    return Problem(event.code, event.params)


def refused_number(counter: Counter, refusal: Refused, text: str) -> Problem:
    """Why `text` is not a library card number. It is kept for comparison unless it may be one that must never be entered here."""
    entered = "" if may_be_secret(text, counter.rules.barcode) else text.strip()
    return Problem(refusal.code, tuple(refusal.params.items()), entered)


def same_card(counter: Counter, token: LinkToken) -> Counter:
    """Forget the interrupted proof if this is another card."""
    interrupted = counter.interrupted
    return counter if interrupted is None or interrupted.token == token else replace(counter, interrupted=None)


def card_to_read(counter: Counter) -> Insertion | None:
    """The first card present that has not had its session; cards that nobody placed come last."""
    waiting = [insertion for insertion in counter.cards if insertion not in counter.spent]
    return next((insertion for insertion in waiting if insertion not in counter.strays), next(iter(waiting), None))


def overtaken_by(counter: Counter, insertion: Insertion | None) -> Insertion | None:
    """The card placed after `insertion` was removed, to be read instead. A card on another reader waits its turn."""
    if insertion is None or insertion in counter.cards:
        return None
    fresh = (lying for lying in counter.cards if lying not in counter.spent | counter.strays)
    return next((lying for lying in fresh if lying.number > insertion.number), None)


def other_card(counter: Counter, insertion: Insertion) -> Insertion | None:
    """A card that somebody placed on another reader and that has had no session."""
    fresh = (lying for lying in counter.cards if lying not in counter.spent | counter.strays)
    return next((lying for lying in fresh if lying.reader != insertion.reader), None)


def start_reading(counter: Counter, insertion: Insertion) -> Step:
    counter, ticket = asking(taken_up(counter, insertion))
    return go(counter, Reading(ticket, insertion), *seen(counter, insertion), ReadCard(ticket, insertion))


def read_next(counter: Counter, insertion: Insertion) -> Step:
    """Read the card of whoever comes next; a session that is still shown is ended."""
    if counter.flow.about.rests:
        return start_reading(counter, insertion)
    # After a refusal the same person places a card again: keep the language and the interrupted proof.
    same = isinstance(counter.flow, LendingRefused)
    again = counter if same else replace(counter, language=Language.JAPANESE, interrupted=None)

    def read(ended: Counter) -> Step:
        reading = start_reading(replace(ended, language=again.language, interrupted=again.interrupted), insertion)
        return for_the_same(ended, reading) if same else reading

    return then(end_session(counter, keep=insertion), read)


def taken_up(counter: Counter, insertion: Insertion) -> Counter:
    """Mark a card that nobody placed as read: once only."""
    return replace(counter, spent=counter.spent | {insertion}) if insertion in counter.strays else counter


def seen(counter: Counter, insertion: Insertion) -> tuple[Play, ...]:
    """The sound for a card somebody placed."""
    return () if insertion in counter.strays else (Play(Sound.CARD_SEEN),)


def call_up(counter: Counter, number: LibraryCardNumber) -> Step:
    """Start a session by looking up the patron of a scanned library card; cards on readers are not needed."""
    counter, ticket = asking(replace(counter, more_time=MoreTime()))
    counter, effects = go(counter, LookingUpPatron(ticket, number, Shown.LIBRARY_CARD), LookUpPatron(ticket, number))
    counter, timers = spend(counter, frozenset(counter.cards))
    return counter, (*effects, *timers)


def ask_to_leave(counter: Counter) -> Step:
    """Ask staff before the session ends."""
    return replace(counter, beside=None, leaving_for=Section.HOME), ()


def end_session(counter: Counter, flow: Flow | None = None, keep: Insertion | None = None) -> Step:
    """Forget the patron and return to waiting (or another page). Cards still present have had their session and are powered down.

    `keep`: the card with which the next session begins.
    """
    done = tuple(insertion for insertion in counter.cards if insertion != keep)
    in_flow = getattr(counter.flow, "insertion", None)
    just_lifted = (in_flow,) if isinstance(in_flow, Insertion) and in_flow not in counter.cards else ()
    releases = tuple(
        ReleaseCard(insertion) for insertion in (*just_lifted, *done) if insertion == in_flow or insertion not in counter.spent
    )
    ended, timers = spend(counter, frozenset(done))
    ended = replace(
        ended,
        flow=Waiting() if flow is None else flow,
        language=Language.JAPANESE,
        idle_warning=False,
        more_time=MoreTime(),
        interrupted=None,
    )
    return ended, (*releases, *timers)


def then(first: Step, second: Callable[[Counter], Step]) -> Step:
    """Apply one step after another, combining their effects."""
    counter, effects = first
    counter, more = second(counter)
    return counter, (*effects, *more)


def left_lying(counter: Counter) -> frozenset[Insertion]:
    """The cards whose owners should take them."""
    return counter.spent - counter.strays


def to_be_taken(counter: Counter) -> frozenset[Insertion]:
    """The cards left behind whose owners may still be there, and are asked to take them."""
    return left_lying(counter) - counter.former


def is_reader_free(counter: Counter, lying: frozenset[Insertion]) -> bool:
    """Whether a reader is free besides those that hold `lying`; assumed so while the readers are not known."""
    if not counter.reader_names:
        return True
    readers = 1 if counter.reader_wanted else len(counter.reader_names)
    return len({insertion.reader for insertion in lying}) < readers


def spend(counter: Counter, cards: frozenset[Insertion]) -> Step:
    """Mark exactly these cards as no longer needed. From now on their owners are asked, in their language, to take them."""
    before, counter = left_lying(counter), replace(counter, spent=cards)
    if not left_lying(counter):
        return without_card_left(counter), ()
    if left_lying(counter) <= before:
        return counter, ()
    return watch_for_card_left(replace(counter, left_language=counter.language), counter.rules.card_left_seconds)


def watch_for_card_left(counter: Counter, seconds: float) -> Step:
    """Start the timer for alerting to the card left behind."""
    counter, ticket = asking(counter)
    return replace(counter, card_left_ticket=ticket), (StartTimer(ticket, seconds),)


def without_card_left(counter: Counter) -> Counter:
    return replace(counter, card_left=0, card_left_ticket=Ticket(0), left_language=None)
