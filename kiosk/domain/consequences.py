"""Which events have consequences: by keyboard they take a chord or a held key (`keyboard`). Mouse, touch and accessibility act at once."""

from __future__ import annotations

from typing import get_args

from kiosk.domain.events import (
    CardLeftSeen,
    Event,
    HandoverAccepted,
    HandoverAsked,
    HelpChosen,
    HolderConfirmed,
    HolderDenied,
    HomeChosen,
    LastTryChosen,
    LateSeen,
    LeavePressed,
    LinkAgreed,
    NextPatronCalled,
    NextPatronDenied,
    RegistrationChosen,
    RenewalChosen,
    ReplacementChosen,
    ServiceChosen,
    SlipTroubleSeen,
    StatusChosen,
    StoreAccepted,
    StraySeen,
    TakenBack,
    UnlinkConfirmed,
    UnlinkingChosen,
)
from kiosk.domain.serving.knowledge import in_doubt
from kiosk.domain.serving.services import types_the_number
from kiosk.domain.states import (
    AlreadyLinked,
    ChoosingApplicant,
    ChoosingUnlinkReason,
    ConfirmingHolder,
    Counter,
    Flow,
    Handing,
    PatronShown,
    Proof,
    Registered,
    RegistrationFlow,
    RegistrationRefused,
    Unlinked,
    UnlinkingFlow,
    UnlinkingRefused,
)

DECIDING = (
    HolderConfirmed,
    HolderDenied,
    UnlinkConfirmed,
    ReplacementChosen,
    LinkAgreed,
    LastTryChosen,
    HandoverAccepted,
    TakenBack,
    NextPatronCalled,
    NextPatronDenied,
    RenewalChosen,
    HandoverAsked,
    StoreAccepted,
    LateSeen,
    SlipTroubleSeen,
    CardLeftSeen,
    StraySeen,
)
LEAVING = (LeavePressed, HomeChosen, RegistrationChosen, UnlinkingChosen, StatusChosen, HelpChosen)
"""They take away what is on the page."""
_FLOWS_OF_WORK = (*get_args(RegistrationFlow), *get_args(UnlinkingFlow), *get_args(Proof), ConfirmingHolder)
_NOTHING_TO_LOSE = (ChoosingApplicant, AlreadyLinked, Registered, RegistrationRefused, ChoosingUnlinkReason, Unlinked, UnlinkingRefused)


def has_consequences(counter: Counter, event: Event) -> bool:
    """Whether a key that is only tapped must not say this."""
    if isinstance(event, ServiceChosen) and isinstance(counter.flow, PatronShown):
        return types_the_number(counter, counter.flow, event.service)
    return isinstance(event, DECIDING) or (isinstance(event, LEAVING) and is_work_open(counter))


def is_work_open(counter: Counter) -> bool:
    """Whether something is lost, or stays in doubt, when the page is left now."""
    flow = counter.flow
    if isinstance(flow, PatronShown):
        return _is_in_doubt(flow)
    return isinstance(flow, _FLOWS_OF_WORK) and not isinstance(flow, _NOTHING_TO_LOSE)


def _is_in_doubt(flow: PatronShown) -> bool:
    unsure = any(map(in_doubt, flow.dealings.entries))
    return flow.dealings.unanswered or unsure or flow.next_card is not None or flow.handing is Handing.UNDER_WAY


def subject(flow: Flow) -> tuple[object, ...]:
    """Whom and what a page is about. A key that was begun on another subject presses nothing on this one."""
    draft = getattr(flow, "draft", None) or getattr(getattr(flow, "goal", None), "draft", None)
    # Figures and marks change while somebody works; whose they are does not.
    patron = getattr(flow, "patron", None) or getattr(draft, "patron", None)
    about = ("insertion", "link", "number", "reason", "by_card", "by_number")
    return type(flow), getattr(patron, "number", None), *(getattr(flow, name, None) for name in about)
