"""The counter as a whole: `step(counter, event) -> (counter, effects)`, pure and total.

Here lies what is true around every flow: which cards lie where, the pages of the rail, idleness, a card left behind, the single
display, the day. What an event means inside a flow is said in `lending`, `registration`, `proof` and `unlinking`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

from kiosk.domain import lending, proof, registration, unlinking
from kiosk.domain.effects import Play, StartTimer
from kiosk.domain.events import (
    ApplicantChosen,
    BackPressed,
    Broke,
    BrokeSeen,
    CardLeftSeen,
    CardLifted,
    CardPlaced,
    CardStopAnswered,
    DayBegan,
    Event,
    GuardianCheckSet,
    HandoverAccepted,
    HelpChosen,
    HolderConfirmed,
    HolderDenied,
    HomeChosen,
    LanguageChosen,
    LeavePressed,
    LibraryCardEntered,
    NextPressed,
    ReaderChanged,
    RegistrationChosen,
    ReplacementChosen,
    ServiceChosen,
    StatusChosen,
    TakenBack,
    TimeUp,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.model import Sound, Ticket
from kiosk.domain.states import (
    AlreadyLinked,
    AskingPin,
    AwaitingMyNumberCard,
    CheckingPin,
    ClosingLink,
    ConfirmingLink,
    Counter,
    FindingLinks,
    LastTryWarning,
    LendGoal,
    LendingFlow,
    LendingRefused,
    OutOfOrder,
    Proof,
    ReadingMyNumberCard,
    ReadingTries,
    Registered,
    RegistrationFlow,
    RegistrationRefused,
    SavingLink,
    Screen,
    ShowingHelp,
    ShowingStatus,
    Unlinked,
    UnlinkingFlow,
    UnlinkingRefused,
    Waiting,
)
from kiosk.domain.turn import Step, asking, end_session, go, start_reading, stay, watch_for_card_left

LENDING, REGISTRATION, PROOF, UNLINKING = (get_args(flow) for flow in (LendingFlow, RegistrationFlow, Proof, UnlinkingFlow))
RESTING = (Waiting, ShowingStatus, ShowingHelp, OutOfOrder)
"""Pages that belong to nobody: they do not time out and are left without ceremony."""
ACTING = (CheckingPin, SavingLink, ClosingLink)
"""Something is under way that has to be answered before anybody leaves."""
PATRONS_TURN = (ConfirmingLink, LastTryWarning, AskingPin)
"""Flows in which the patron has to act: the single display is turned to them."""
PATRON_MAY_KEEP = (*PATRONS_TURN, ReadingTries, CheckingPin, SavingLink, AwaitingMyNumberCard, ReadingMyNumberCard, FindingLinks)
PATRON_READS = (Registered, AlreadyLinked, RegistrationRefused)
"""The last page of a registration, which a patron holding the display reads before giving it back."""
FINISHED = (*PATRON_READS, Unlinked, UnlinkingRefused, LendingRefused)
PAGES = (HomeChosen, RegistrationChosen, UnlinkingChosen, StatusChosen, HelpChosen)
STAFF_ONLY = (
    *PAGES,
    NextPressed,
    BackPressed,
    ApplicantChosen,
    GuardianCheckSet,
    LibraryCardEntered,
    ReplacementChosen,
    HolderConfirmed,
    HolderDenied,
    ServiceChosen,
    UnlinkReasonChosen,
    CardStopAnswered,
    UnlinkConfirmed,
)
"""What only staff may say; it is not heard while the patron holds the single display."""
NOT_A_SIGN_OF_LIFE = (TimeUp, ReaderChanged, DayBegan, CardLeftSeen)


def step(counter: Counter, event: Event) -> Step:
    """Where the counter is after `event`, and what it asks for. An event that does not fit changes nothing. Never raises."""
    if counter.screen is not Screen.STAFF and isinstance(event, STAFF_ONLY):
        return stay(counter)
    after, effects = _around(counter, event)
    after, screen_effects = _turn_display(after)
    after, idle_effects = _keep_idle_time(counter, after, event)
    return after, (*effects, *screen_effects, *idle_effects)


def _around(counter: Counter, event: Event) -> Step:
    """What an event means whatever the flow; the rest goes to the flow."""
    match event:
        case CardPlaced(insertion):
            known = replace(counter, cards=(*counter.cards, insertion)) if insertion not in counter.cards else counter
            return _flow(known, event)
        case CardLifted(insertion):
            return _lifted(counter, event)
        case ReaderChanged(condition):
            return replace(counter, reader=condition), ()
        case LanguageChosen(language):
            return replace(counter, language=language), ()
        case DayBegan(today):
            return replace(counter, today=today, seen_today=frozenset(), proved_today=frozenset()), ()
        case TimeUp(ticket):
            return _time_up(counter, ticket)
        case CardLeftSeen():
            return replace(counter, card_left=0, card_left_ticket=Ticket(0)), ()
        case HandoverAccepted() if counter.screen is Screen.OFFERED:
            return replace(counter, screen=Screen.PATRON), ()
        case TakenBack(code) if counter.screen is Screen.RETURNING:
            return _taken_back(counter, code)
        case LeavePressed() if counter.screen is Screen.OFFERED:
            return end_session(replace(counter, screen=Screen.STAFF))
        case Broke(incident):
            return _broke(counter, incident)
        case BrokeSeen() if isinstance(counter.flow, OutOfOrder):
            return end_session(counter)
    if isinstance(event, PAGES):
        return _page(counter, event)
    return _flow(counter, event)


def _flow(counter: Counter, event: Event) -> Step:
    flow = counter.flow
    if isinstance(flow, PROOF):
        if isinstance(event, LeavePressed) and (not isinstance(flow, CheckingPin) or flow.slow):
            return end_session(counter)
        ended = lending.proof_ended if isinstance(flow.goal, LendGoal) else registration.proof_ended
        return proof.step(counter, flow, event, ended)
    if isinstance(flow, LENDING):
        return lending.step(counter, flow, event)
    if isinstance(flow, REGISTRATION):
        return registration.step(counter, flow, event)
    if isinstance(flow, UNLINKING):
        return unlinking.step(counter, flow, event)
    if isinstance(flow, ShowingStatus | ShowingHelp):
        if isinstance(event, CardPlaced):
            return start_reading(counter, event.insertion)
        if isinstance(event, LeavePressed):
            return go(counter, Waiting())
    return stay(counter)


def _page(counter: Counter, event: Event) -> Step:
    """The rail and its function keys. A patron at the PIN and an act under way are not interrupted by them."""
    flow = counter.flow
    if isinstance(flow, (*ACTING, *PROOF, ConfirmingLink)):
        return stay(counter)
    lying = flow.insertion if isinstance(flow, LendingRefused) else None
    in_registration = isinstance(flow, REGISTRATION) and not isinstance(flow, FINISHED)
    if isinstance(event, RegistrationChosen):
        return stay(counter) if in_registration else _then(end_session(counter), lambda ended: registration.begin(ended, lying))
    if isinstance(event, UnlinkingChosen):
        in_unlinking = isinstance(flow, UNLINKING) and not isinstance(flow, FINISHED)
        return stay(counter) if in_unlinking else _then(end_session(counter), unlinking.begin)
    if isinstance(event, StatusChosen):
        return end_session(counter, ShowingStatus())
    if isinstance(event, HelpChosen):
        return end_session(counter, ShowingHelp())
    return stay(counter) if isinstance(flow, Waiting) else end_session(counter)


def _lifted(counter: Counter, event: CardLifted) -> Step:
    counter = replace(
        counter,
        cards=tuple(lying for lying in counter.cards if lying != event.insertion),
        spent=counter.spent - {event.insertion},
    )
    if not counter.cards:
        counter = replace(counter, card_left=0, card_left_ticket=Ticket(0))
    return _flow(counter, event)


def _broke(counter: Counter, incident: str) -> Step:
    ended, effects = end_session(counter)
    return replace(ended, flow=OutOfOrder(incident), screen=Screen.STAFF), effects


def _then(first: Step, second: Callable[[Counter], Step]) -> Step:
    counter, effects = first
    counter, more = second(counter)
    return counter, (*effects, *more)


# --- time -------------------------------------------------------------------------------------------------------------


def _time_up(counter: Counter, ticket: Ticket) -> Step:
    if ticket == counter.card_left_ticket and counter.cards:
        return _card_left(counter)
    if ticket != counter.idle_ticket or isinstance(counter.flow, RESTING):
        return stay(counter)
    if isinstance(counter.flow, ACTING):
        return _start_idle(counter, counter.rules.idle_seconds)
    if counter.idle_warning or _closes_by_itself(counter):
        return end_session(counter)
    return _start_idle(replace(counter, idle_warning=True), counter.rules.warning_seconds)


def _closes_by_itself(counter: Counter) -> bool:
    """A finished registration closes a few seconds after the card has been taken, without a question."""
    return isinstance(counter.flow, Registered) and not counter.cards


def _card_left(counter: Counter) -> Step:
    """Said to the patron twice, then to staff, with the sound each time."""
    counter = replace(counter, card_left=min(counter.card_left + 1, 3))
    if counter.card_left == 3:
        return replace(counter, card_left_ticket=Ticket(0)), (Play(Sound.CARD_LEFT),)
    counter, timers = watch_for_card_left(counter)
    return counter, (Play(Sound.CARD_LEFT), *timers)


def _keep_idle_time(before: Counter, after: Counter, event: Event) -> Step:
    """Any sign of life gives a session its whole time again."""
    if isinstance(after.flow, RESTING) or isinstance(event, NOT_A_SIGN_OF_LIFE):
        return (replace(after, idle_warning=False), ()) if isinstance(after.flow, RESTING) else (after, ())
    if isinstance(event, CardLifted) and after == before:
        return after, ()
    seconds = after.rules.done_seconds if _closes_by_itself(after) else after.rules.idle_seconds
    return _start_idle(replace(after, idle_warning=False), seconds)


def _start_idle(counter: Counter, seconds: float) -> Step:
    counter, ticket = asking(counter)
    return replace(counter, idle_ticket=ticket), (StartTimer(ticket, seconds),)


# --- the single display -----------------------------------------------------------------------------------------------


def _turn_display(counter: Counter) -> Step:
    """Who should hold the display now. It goes to the patron only by their own press and comes back only by staff's."""
    if not counter.rules.single_display:
        return counter, ()
    flow = counter.flow
    if counter.screen is Screen.STAFF and isinstance(flow, PATRONS_TURN):
        return replace(counter, screen=Screen.OFFERED), ()
    if counter.screen is Screen.OFFERED and not isinstance(flow, (*PATRONS_TURN, ReadingTries)):
        return replace(counter, screen=Screen.STAFF), ()
    if counter.screen is Screen.PATRON and not isinstance(flow, (*PATRON_MAY_KEEP, *PATRON_READS)):
        return replace(counter, screen=Screen.RETURNING, wrong_staff_code=False), ()
    return counter, ()


def _taken_back(counter: Counter, code: str) -> Step:
    if code != counter.rules.staff_code:
        return replace(counter, wrong_staff_code=True), ()
    return replace(counter, screen=Screen.STAFF, wrong_staff_code=False), ()
