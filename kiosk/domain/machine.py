"""The whole counter: `step(counter, event) -> (counter, effects)`, pure and total.

This module handles what is independent of the flow: cards on readers, the rail, idleness, cards left behind, the single display, the day.
What an event means within a flow is defined in `lending`, `serving`, `registration`, `proof` and `unlinking`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from kiosk.domain import (
    card_left,
    doubts_after_session,
    fields,
    findings,
    idle_extension,
    lending,
    proof,
    rail,
    registration,
    registry_news,
    session_end,
    slip_printing,
    stray_cards,
    unlinking,
)
from kiosk.domain.availability import doubt_dates, hear_of_readers, tried_by_now
from kiosk.domain.effects import AcceptStore, RetryLibrary
from kiosk.domain.events import (
    Answer,
    BesideClosed,
    Broke,
    BrokeSeen,
    CardAnswer,
    CardLeftSeen,
    CardLifted,
    CardPlaced,
    CheckFound,
    CrashesSeen,
    DayBegan,
    DisplayTaken,
    EndedSeen,
    Event,
    FieldsEvent,
    IlsChanged,
    LanguageChosen,
    LateSeen,
    LeavePressed,
    LeavingConfirmed,
    LeavingDenied,
    LibraryRetryPressed,
    LookedAgain,
    MoreTimePressed,
    RailEvent,
    ReaderChanged,
    RegistryEvent,
    ServiceAnswered,
    ServiceSilent,
    SlipFailed,
    SlipPrinted,
    SlipRetryPressed,
    SlipTroubleSeen,
    StoreAccepted,
    StraySeen,
    TakenBack,
    Ticked,
    TimeUp,
    UnclearSeen,
)
from kiosk.domain.idleness import keep_idle_time, more_time_over, time_up
from kiosk.domain.model import IlsCondition
from kiosk.domain.serving import session
from kiosk.domain.single_display import handed_back, is_heard, is_read_by_patron, taken, turn_display
from kiosk.domain.states import (
    AwaitingMyNumberCard,
    CheckingPin,
    Counter,
    LendGoal,
    LendingFlow,
    OutOfOrder,
    Proof,
    Reading,
    ReadingMyNumberCard,
    RegistrationFlow,
    Screen,
    ServingFlow,
    Tried,
    UnlinkingFlow,
    Waiting,
)
from kiosk.domain.transition import (
    STAFF_ARE_TOLD,
    Step,
    ask_to_leave,
    end_session,
    left_lying,
    read_next,
    start_reading,
    stay,
    then,
    without_card_left,
)

LENDING, REGISTRATION, PROOF, UNLINKING = (get_args(flow) for flow in (LendingFlow, RegistrationFlow, Proof, UnlinkingFlow))


def step(counter: Counter, event: Event) -> Step:
    """The counter after `event`, and the effects requested. An event that does not apply changes nothing. Never raises, if
    `Counter.next_operation` is set.
    """
    if not is_heard(counter, event) or _is_late(counter, event):
        return stay(counter)
    if isinstance(event, FieldsEvent):
        after, effects = fields.heard(counter, event)
    else:
        after, effects = _around(counter, doubt_dates(counter, event))
    after, arriving = rail.arrive(counter, event, after)
    after = rail.keep(counter, event, after)
    after, looks = doubts_after_session.at_the_end(counter, slip_printing.at_the_end(counter, after))
    after, forgets = registry_news.seen_on_its_page(counter, after, event)
    after, stops = fields.keep(after)
    after, screen_effects = turn_display(after)
    after, told_effects = session_end.keep(counter, after, event)
    after, idle_effects = keep_idle_time(counter, after, event)
    return after, (*effects, *arriving, *looks, *forgets, *stops, *screen_effects, *told_effects, *idle_effects)


def _is_late(counter: Counter, event: Event) -> bool:
    """Whether this answers no open question, or concerns another card than was asked. Flows need not check that again."""
    if not isinstance(event, Answer):
        return False
    insertion = event.insertion if isinstance(event, CardAnswer) else None
    return not any(
        (asked.ticket, asked.insertion) == (event.ticket, insertion) and asked.question in event.about.questions
        for asked in counter.waits_for
    )


def _around(counter: Counter, event: Event) -> Step:  # noqa: C901
    """Handle events that mean the same in every flow; pass the others to the flow."""
    match event:
        case CardPlaced():
            return _placed(counter, event)
        case CardLifted():
            return _lifted(counter, event)
        case ReaderChanged() | ServiceSilent() | ServiceAnswered():
            return hear_of_readers(counter, event), ()
        case IlsChanged(condition):
            return then(_flow(tried_by_now(replace(counter, ils=condition)), event), doubts_after_session.line_changed)
        case CheckFound() | CrashesSeen():
            return findings.heard(counter, event)
        case Ticked():
            return findings.look(counter)
        case LibraryRetryPressed():
            if counter.ils in (IlsCondition.NONE, IlsCondition.STARTING):
                return stay(counter)
            waiting = replace(doubts_after_session.tried_at_once(counter), ils=IlsCondition.STARTING, tried=Tried())
            return then((waiting, (RetryLibrary(),)), lambda tried: _flow(tried, event))
        case SlipPrinted(ticket):
            return slip_printing.printed(counter, ticket)
        case SlipFailed(ticket, code):
            return slip_printing.not_printed(counter, ticket, code)
        case SlipRetryPressed():
            return slip_printing.print_again(counter)
        case SlipTroubleSeen():
            return slip_printing.without_troubles(counter), ()
        case StoreAccepted(found):
            return counter, (AcceptStore(found),)
        case LanguageChosen(language):
            return session_end.in_language(counter, language), ()
        case DayBegan(today):
            after = replace(counter, today=today, seen_today=frozenset(), proved_today=frozenset())
            return replace(after, late=(), unclear=(), doubts=(), papers=(), ended=None, tried=None), ()
        case LookedAgain(ticket, answer) if ticket and any(doubt.asked == ticket for doubt in counter.doubts):
            return doubts_after_session.looked(counter, ticket, answer)
        case UnclearSeen():
            return doubts_after_session.unclear_seen(counter), ()
        case LateSeen():
            return doubts_after_session.seen(counter), ()
        case TimeUp(ticket) if ticket and any(doubt.due == ticket for doubt in counter.doubts):
            return doubts_after_session.look(counter, ticket)
        case TimeUp(ticket) if ticket and counter.ended is not None and ticket == counter.ended.patron_timer:
            return session_end.told_long_enough(counter), ()
        case MoreTimePressed():
            return idle_extension.give(counter)
        case TimeUp(ticket) if ticket and ticket == counter.more_time.ticket:
            return more_time_over(counter)
        case TimeUp(ticket) if ticket:
            return then(_flow(counter, event), lambda after: time_up(after, ticket))
        case EndedSeen():
            return replace(counter, ended=None), ()
        case StraySeen():
            return replace(counter, stray_notice=None), ()
        case CardLeftSeen() if counter.card_left == STAFF_ARE_TOLD:
            return card_left.seen(counter)
        case DisplayTaken() | TakenBack():
            return taken(counter, event)
        case LeavePressed() if is_read_by_patron(counter):
            return handed_back(counter)
        case LeavePressed() if rail.asks_first(counter, event):
            return ask_to_leave(counter)
        case BesideClosed():
            return replace(counter, beside=None), ()
        case LeavingConfirmed():
            return rail.leave(counter)
        case LeavingDenied():
            return replace(counter, leaving_for=None), ()
        case Broke(incident):
            return _broke(counter, incident)
        case BrokeSeen() if isinstance(counter.flow, OutOfOrder):
            return end_session(counter)
    if isinstance(event, RegistryEvent):
        return registry_news.heard(counter, event)
    if isinstance(event, RailEvent):
        return rail.choose(counter, event)
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
    if isinstance(flow, ServingFlow):
        return session.step(counter, flow, event)
    if isinstance(flow, REGISTRATION):
        return registration.step(counter, flow, event)
    if isinstance(flow, UNLINKING):
        return unlinking.step(counter, flow, event)
    return stay(counter)


def _placed(counter: Counter, event: CardPlaced) -> Step:
    """A card placed while nothing is in progress is the next patron's; within a session the flow decides."""
    insertion, flow = event.insertion, counter.flow
    if insertion in counter.cards:
        return stay(counter)
    counter = replace(counter, cards=(*counter.cards, insertion))
    if event.found:
        return _found(counter, event)
    counter = stray_cards.brought(counter, insertion)
    if counter.screen is not Screen.STAFF or not flow.about.takes_next_card:
        return _flow(counter, event)
    return read_next(counter, insertion)


def _found(counter: Counter, event: CardPlaced) -> Step:
    """A card that nobody placed ends no session; if one is awaited, it is tried, unless its owner may have gone before a crash."""
    insertion, flow = event.insertion, counter.flow
    if counter.facts.restarted:
        return stay(stray_cards.found(counter, insertion, try_it=False))
    resting = counter.screen is Screen.STAFF and isinstance(flow, Waiting)
    trying = isinstance(flow, Reading | ReadingMyNumberCard) and flow.insertion in counter.strays
    counter = stray_cards.found(counter, insertion, try_it=resting or trying or isinstance(flow, AwaitingMyNumberCard))
    if resting:
        return start_reading(counter, insertion)
    return _flow(counter, event) if isinstance(flow, AwaitingMyNumberCard) else stay(counter)


def _lifted(counter: Counter, event: CardLifted) -> Step:
    counter = replace(
        counter,
        cards=tuple(lying for lying in counter.cards if lying != event.insertion),
        spent=counter.spent - {event.insertion},
        former=counter.former - {event.insertion},
    )
    if not left_lying(counter):
        counter = without_card_left(counter)
    return then(_flow(counter, event), lambda after: (stray_cards.lifted(after, event.insertion), ()))


def _broke(counter: Counter, incident: str) -> Step:
    """Our own code failed: end the session and stop waiting for answers that may never come."""
    ended, effects = end_session(doubts_after_session.not_looked(replace(counter, papers=())))
    return replace(ended, flow=OutOfOrder(incident)), effects
