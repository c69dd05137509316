"""What the counter shows once something is done: predicates of its state, from which tasks are made."""

from __future__ import annotations

from kiosk.demo.course.progress import Seen, Sign
from kiosk.demo.ils import ITEMS, PATRONS
from kiosk.domain.errors import Code
from kiosk.domain.model import (
    Applicant,
    GuardianCheck,
    IlsCondition,
    LibraryCardNumber,
    LinkToken,
    ReplaceReason,
    Service,
    Shown,
    UnlinkReason,
)
from kiosk.domain.states import (
    AskingPin,
    AskingUnlinkNumber,
    CheckingGuardian,
    CheckingPin,
    ClosingLink,
    ConfirmingHolder,
    ConfirmingLink,
    ConfirmingUnlink,
    Draft,
    FindingLinkToClose,
    Handing,
    LastTryWarning,
    LendingRefused,
    LinkGoal,
    PatronShown,
    Progress,
    ReadingTries,
    Registered,
    Section,
    Unlinked,
    Waiting,
)

_PROVING = (ReadingTries, LastTryWarning, AskingPin, CheckingPin)
_UNLINKING = (AskingUnlinkNumber, FindingLinkToClose, ConfirmingUnlink, ClosingLink, Unlinked)


def number(name: str) -> LibraryCardNumber:
    """That of a library card of the pretend library."""
    return LibraryCardNumber(PATRONS[name])


def at_rest(seen: Seen) -> bool:
    """The counter waits, and nobody's card lies on the reader."""
    return isinstance(seen.counter.flow, Waiting) and not seen.counter.cards


def left_lying(seen: Seen) -> bool:
    """The session is over, and the card still lies on the reader."""
    return isinstance(seen.counter.flow, Waiting) and bool(seen.counter.cards)


def session_over(seen: Seen) -> bool:
    """Nobody is served any more, whether the card was taken or not."""
    return isinstance(seen.counter.flow, Waiting)


# --- registration -----------------------------------------------------------------------------------------------------------


def applies(applicant: Applicant) -> Sign:
    return lambda seen: (draft := _draft(seen)) is not None and draft.applicant is applicant


def guardian_checked(seen: Seen) -> bool:
    draft = _draft(seen)
    return draft is not None and draft.applicant is Applicant.CHILD and draft.checks == frozenset(GuardianCheck)


def by_the_number(name: str) -> Sign:
    """The registration is that of this library card."""
    return lambda seen: _drafted(seen) == number(name)


def by_another_number(name: str) -> Sign:
    return lambda seen: _drafted(seen) not in (None, number(name))


def by_another_card(name: str) -> Sign:
    """Another My Number Card is about to be registered."""
    return lambda seen: (token := _token(seen)) is not None and token != seen.tokens[name]


def registered(name: str) -> Sign:
    return lambda seen: isinstance(seen.counter.flow, Registered) and _drafted(seen) == number(name)


def at_the_pad(seen: Seen) -> bool:
    return isinstance(seen.counter.flow, AskingPin)


def mistaken_once(seen: Seen) -> bool:
    flow = seen.counter.flow
    return isinstance(flow, AskingPin) and flow.after_mistake and flow.tries_left == 2


def warned_of_the_last_try(seen: Seen) -> bool:
    return isinstance(seen.counter.flow, LastTryWarning)


def replaces(*reasons: ReplaceReason) -> Sign:
    """A link is being replaced for one of these reasons."""

    def is_replaced(seen: Seen) -> bool:
        flow = seen.counter.flow
        if isinstance(flow, _PROVING) and isinstance(flow.goal, LinkGoal):
            return flow.goal.replaces in reasons
        return isinstance(flow, ConfirmingLink) and flow.replaces in reasons

    return is_replaced


def _draft(seen: Seen) -> Draft | None:
    flow = seen.counter.flow
    if isinstance(flow, CheckingGuardian):
        return flow.draft
    if isinstance(flow, _PROVING):
        return flow.goal.draft if isinstance(flow.goal, LinkGoal) else None
    draft = getattr(flow, "draft", None)
    return draft if isinstance(draft, Draft) else None


def _drafted(seen: Seen) -> LibraryCardNumber | None:
    draft = _draft(seen)
    return None if draft is None or draft.patron is None else draft.patron.number


def _token(seen: Seen) -> LinkToken | None:
    flow = seen.counter.flow
    if isinstance(flow, _PROVING) and isinstance(flow.goal, LinkGoal):
        return flow.goal.reading.token
    return flow.reading.token if isinstance(flow, ConfirmingLink) else None


# --- serving ----------------------------------------------------------------------------------------------------------------


def asks_for_the_holder(seen: Seen) -> bool:
    return isinstance(seen.counter.flow, ConfirmingHolder)


def served(name: str, shown: Shown) -> Sign:
    """This patron is being served, called up by this kind of card."""
    return lambda seen: isinstance(flow := seen.counter.flow, PatronShown) and flow.patron.number == number(name) and flow.shown is shown


def another_served(name: str) -> Sign:
    return lambda seen: isinstance(flow := seen.counter.flow, PatronShown) and flow.patron.number != number(name)


def served_by(shown: Shown) -> Sign:
    return lambda seen: isinstance(flow := seen.counter.flow, PatronShown) and flow.shown is shown


def refused(code: Code) -> Sign:
    return lambda seen: isinstance(flow := seen.counter.flow, LendingRefused) and flow.problem.code is code


def lent(*names: str) -> Sign:
    """The patron has these items. By the library's system: a session that is left ends with the last answer, which no page shows."""
    return lambda seen: all(seen.loans.get(ITEMS[name].number) == PATRONS["own"] for name in names)


def not_lent(name: str) -> Sign:
    """This item was refused."""
    return lambda seen: ITEMS[name].number in _refused_items(seen)


def tries_to_lend(seen: Seen) -> bool:
    flow = seen.counter.flow
    return isinstance(flow, PatronShown) and bool(flow.dealings.entries)


def _refused_items(seen: Seen) -> set[str]:
    flow = seen.counter.flow
    if not isinstance(flow, PatronShown):
        return set()
    return {entry.item.number for entry in flow.dealings.entries if entry.service is Service.LOAN and entry.progress is Progress.REFUSED}


def chooses_another(service: Service) -> Sign:
    """Another service than this one, and than lending, which is open from the beginning."""
    return lambda seen: isinstance(flow := seen.counter.flow, PatronShown) and flow.service not in (None, Service.LOAN, service)


def handed_over(seen: Seen) -> bool:
    flow = seen.counter.flow
    return isinstance(flow, PatronShown) and flow.handing is Handing.DONE


def library_is_away(seen: Seen) -> bool:
    return seen.counter.ils.is_trouble


def library_is_back(seen: Seen) -> bool:
    return seen.counter.ils is IlsCondition.READY


# --- unlinking, and the pages beside ------------------------------------------------------------------------------------------


def unlinks_for(*reasons: UnlinkReason) -> Sign:
    return lambda seen: isinstance(flow := seen.counter.flow, _UNLINKING) and flow.reason in reasons


def stop_answered(seen: Seen) -> bool:
    return isinstance(flow := seen.counter.flow, _UNLINKING) and flow.card_stopped is not None


def asks_to_unlink(name: str) -> Sign:
    return lambda seen: isinstance(flow := seen.counter.flow, ConfirmingUnlink) and flow.link.number == number(name)


def asks_to_unlink_another(name: str) -> Sign:
    return lambda seen: isinstance(flow := seen.counter.flow, ConfirmingUnlink) and flow.link.number != number(name)


def unlinked(name: str) -> Sign:
    return lambda seen: isinstance(flow := seen.counter.flow, Unlinked) and flow.number == number(name)


def opens(section: Section) -> Sign:
    return lambda seen: seen.counter.beside is section


def nothing_beside(seen: Seen) -> bool:
    return seen.counter.beside is None and at_rest(seen)
