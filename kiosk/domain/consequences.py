"""Which events have consequences: by keyboard they need a chord or a held key (`keyboard`). Mouse, touch and accessibility tools act at
once.
"""

from __future__ import annotations

from enum import StrEnum, unique

from kiosk.domain.events import Event, ServiceChosen
from kiosk.domain.events.about import Acting, Harmless
from kiosk.domain.serving.knowledge import in_doubt, is_undone
from kiosk.domain.serving.services import types_the_number
from kiosk.domain.states import ConfirmingHolder, Counter, Flow, Handing, PatronShown, RegistrationRefused, Section, Stage, UnlinkingRefused

_MAY_LOSE = (Stage.OPEN, Stage.PROVING, Stage.ACTING)


def has_consequences(counter: Counter, event: Event) -> bool:
    """Whether a tapped key must not trigger this event."""
    match event.about.acting:
        case Acting.ALWAYS:
            return True
        case Acting.WITH_OPEN_WORK:
            return is_work_open(counter)
        case Acting.WITH_HANDOVER:
            flow = counter.flow
            return isinstance(event, ServiceChosen) and isinstance(flow, PatronShown) and types_the_number(counter, flow, event.service)
        case Harmless():
            return False


@unique
class Open(StrEnum):
    """What would be lost or left in doubt by leaving the page now."""

    REGISTRATION = "registration"
    UNLINKING = "unlinking"
    PROOF = "pin"
    """The patron is entering a PIN before something is lent to them."""
    HOLDER = "holder"
    UNANSWERED = "unanswered"
    DOUBT = "doubt"
    NEXT_CARD = "next-card"
    HANDING = "handing"
    NOT_DONE = "not-done"
    """A request staff may believe to be done."""
    TYPED = "typed"
    """A number stands in the field and has not been entered."""
    SERVED = "served"
    """Nothing, but the patron would have to be called up again."""


def is_work_open(counter: Counter) -> bool:
    return why_open(counter) is not None


def why_open(counter: Counter) -> Open | None:
    """Why a tapped key must not leave this page; None if nothing would be lost."""
    flow = counter.flow
    if isinstance(flow, PatronShown):
        return _open_with(flow)
    if isinstance(flow, ConfirmingHolder):
        return Open.HOLDER
    if flow.about.stage not in _MAY_LOSE:
        return None
    match flow.about.section:
        case Section.REGISTRATION:
            return Open.REGISTRATION
        case Section.UNLINKING:
            return Open.UNLINKING
    return Open.PROOF


def why_unfinished(counter: Counter) -> Open | None:
    """Why the rail asks before leaving; None if it leaves at once."""
    flow = counter.flow
    if isinstance(flow, PatronShown) and flow.typed:
        return Open.TYPED
    if why := why_open(counter):
        return why
    match flow:
        # Refused, but can be continued with another number or card.
        case UnlinkingRefused():
            return Open.UNLINKING
        case RegistrationRefused(draft) if draft.checks:
            return Open.REGISTRATION
        case PatronShown(dealings=dealings) if dealings.entries or dealings.earlier or flow.handed:
            return Open.SERVED
    return None


def _open_with(flow: PatronShown) -> Open | None:
    if flow.dealings.unanswered:
        return Open.UNANSWERED
    if any(map(in_doubt, flow.dealings.entries)):
        return Open.DOUBT
    if flow.next_card is not None:
        return Open.NEXT_CARD
    if flow.handing is Handing.UNDER_WAY:
        return Open.HANDING
    return Open.NOT_DONE if any(map(is_undone, flow.dealings.entries)) else None


def subject(flow: Flow) -> tuple[object, ...]:
    """The identity of what a page is about. A key pressed on one subject has no effect on another."""
    draft = getattr(flow, "draft", None) or getattr(getattr(flow, "goal", None), "draft", None)
    # Figures and marks change during work; whose they are does not.
    patron = getattr(flow, "patron", None) or getattr(draft, "patron", None)
    about = ("insertion", "link", "number", "reason", "by_card", "by_number")
    return type(flow), getattr(patron, "number", None), *(getattr(flow, name, None) for name in about)
