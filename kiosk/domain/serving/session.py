"""Serving the patron shown: lending, renewing and placing holds through the library system; handing over the number for all other services.

Items are requested one at a time, in the order scanned, and each only once. A session that is left while something is unanswered ends when
the answer comes, but stays open on a refusal: nobody walks off with a book that was not lent.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.circulation import stops_lending
from kiosk.domain.events import (
    CardLifted,
    CardPlaced,
    Event,
    HandedOver,
    HandoverAsked,
    HandoverFailed,
    HoldConfirmed,
    IlsChanged,
    ItemAnswered,
    ItemDescribed,
    ItemEntered,
    ItemTyped,
    LeavePressed,
    LibraryCardRecognised,
    LibraryFailed,
    LibraryRetryPressed,
    LoansListed,
    LookedAgain,
    NextPatronCalled,
    NextPatronDenied,
    PatronFound,
    PatronRefused,
    RenewalChosen,
    ServiceChosen,
    SlipChosen,
    TimeUp,
)
from kiosk.domain.model import Service, Shown
from kiosk.domain.serving.doubts import looked
from kiosk.domain.serving.ending import finish, why_it_stays
from kiosk.domain.serving.items import answered, enter, renew, reserve
from kiosk.domain.serving.loans import described, failed, listed, waited
from kiosk.domain.serving.next_card import call, deny, recognised
from kiosk.domain.serving.questions import go_on, leave_when_answered
from kiosk.domain.serving.retry import checked, line_changed, objected, tried_at_once, waited_to_check
from kiosk.domain.serving.services import choose, hand_over, is_served_here, not_handed_over
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import Counter, Handing, HandoverWhen, PatronShown, Problem, Screen, Section, ServingFlow
from kiosk.domain.transition import Step, ask_to_leave, go, stay


def begin(counter: Counter, flow: PatronShown) -> Step:
    """Start serving after lending: open loans if possible, and type the number at once if so configured."""
    flow = replace(flow, slip=counter.rules.slip)
    if flow.patron.checked and not stops_lending(flow.patron.standing.stops):
        flow = replace(flow, service=Service.LOAN)
    counter = replace(counter, flow=flow)
    if counter.rules.handover is HandoverWhen.ON_TAP and flow.shown is Shown.MY_NUMBER_CARD:
        return hand_over(counter, flow)
    return counter, ()


def leave(counter: Counter, flow: PatronShown, leads_to: Section | None = None) -> Step:
    """End the session as 終わる does. `leads_to`: what opens once it has ended."""
    leaving = replace(flow, leads_to=leads_to)
    return step(replace(counter, flow=leaving), leaving, LeavePressed())


def step(counter: Counter, flow: ServingFlow, event: Event) -> Step:
    after, effects = _step(counter, flow, event)
    return why_it_stays(flow, event, after), effects


def _step(counter: Counter, flow: ServingFlow, event: Event) -> Step:  # noqa: C901
    dealings, card = flow.dealings, flow.next_card
    match event:
        case ServiceChosen(service):
            return choose(counter, flow, service)
        case ItemEntered(text) if isinstance(flow.service, Service) and is_served_here(counter, flow.service):
            return enter(counter, replace(flow, typed=False), flow.service, text)
        case ItemTyped(standing):
            return go(counter, replace(flow, typed=standing))
        case LibraryCardRecognised(known=known) if card is not None:
            return recognised(counter, flow, card, known=known)
        case NextPatronCalled() if card is not None and card.is_question:
            return call(counter, flow, card)
        case NextPatronDenied() if card is not None and card.is_question:
            return deny(counter, flow)
        case RenewalChosen(item) if flow.service is Service.RENEWAL and is_served_here(counter, flow.service):
            return renew(counter, flow, item)
        case HoldConfirmed(item) if flow.service is Service.HOLD and is_served_here(counter, flow.service):
            return reserve(counter, flow, item)
        case ItemAnswered(answer=answer):
            # This answer is newer than the last manual retry.
            return answered(replace(counter, tried=None), flow, answer)
        case LoansListed(loans=loans):
            return listed(counter, flow, loans)
        case ItemDescribed(item=item):
            return described(counter, flow, item)
        case LookedAgain(answer=answer):
            return looked(counter, flow, answer)
        case PatronFound(patron=patron):
            return checked(counter, flow, patron)
        case PatronRefused(_, code, params):
            return objected(counter, flow, Problem(code, params))
        case TimeUp(ticket) if ticket and ticket == flow.list_again_at:
            return waited(counter, flow)
        case TimeUp(ticket) if ticket and ticket == flow.check_again_at:
            return waited_to_check(counter, flow)
        case LibraryFailed(ticket, code):
            return failed(counter, flow, ticket, code)
        case HandoverAsked() if counter.rules.handover is not HandoverWhen.OFF and flow.handing is not Handing.UNDER_WAY:
            return hand_over(counter, flow)
        case HandedOver(handed=done):
            handing = Handing.DONE if done.checked else Handing.UNCHECKED
            return go(counter, replace(flow, handing=handing, handed=True, clipboard_lost=done.clipboard_lost))
        case HandoverFailed(_, code, params):
            return not_handed_over(counter, flow, Problem(code, params))
        case SlipChosen(kind) if counter.rules.prints_slips and kind is not SlipKind.RECORDED:
            return go_on(counter, replace(flow, slip=kind))
        case LeavePressed() if flow.leaving and not dealings.unanswered:
            # Only the slip is pending; a second press means that staff do not want to wait for it.
            return finish(counter, flow)
        case LeavePressed():
            return leave_when_answered(counter, flow)
        case CardPlaced() if counter.screen is Screen.STAFF:
            # The next patron's card; read when this session has ended.
            return ask_to_leave(counter) if flow.typed else leave_when_answered(counter, replace(flow, leads_to=None))
        case CardLifted(where) if where == flow.insertion and counter.rules.end_on_lift:
            return ask_to_leave(counter) if flow.typed else leave_when_answered(counter, flow)
        case IlsChanged():
            return line_changed(counter)
        case LibraryRetryPressed():
            return tried_at_once(counter, flow), ()
    return stay(counter)
