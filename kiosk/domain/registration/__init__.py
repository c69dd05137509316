"""Registration (連携登録): applicant, explanation of records, guardian, library card, My Number Card, agreement, PIN, link.

The PIN comes last and is the consent: nothing waits for a person between VERIFY and save.
"""

from __future__ import annotations

from kiosk.domain.availability import registry_problem
from kiosk.domain.events import BackPressed, Event, LeavePressed, SlipAsked
from kiosk.domain.model import LibraryCardNumber
from kiosk.domain.registration.library_card import about_the_library_card
from kiosk.domain.registration.link import about_the_link, proof_ended
from kiosk.domain.registration.my_number_card import about_the_my_number_card, await_another
from kiosk.domain.registration.person import about_the_person
from kiosk.domain.registration.refusal import refuse
from kiosk.domain.slip import Slip, SlipKind
from kiosk.domain.slip_printing import is_on_its_way, put_on_paper
from kiosk.domain.states import (
    AwaitingLibraryCard,
    AwaitingMyNumberCard,
    CheckingGuardian,
    CheckingLibraryCard,
    ChoosingApplicant,
    ChoosingReplacement,
    ConfirmingLink,
    Counter,
    Draft,
    ExplainingRecord,
    FindingLinks,
    ReadingMyNumberCard,
    Registered,
    RegistrationFlow,
    RegistrationRefused,
    SavingLink,
    Stage,
)
from kiosk.domain.transition import Step, end_session, go, stay

__all__ = ["begin", "proof_ended", "step"]


def begin(counter: Counter, called: LibraryCardNumber | None = None) -> Step:
    """Start a registration, unless none could be saved. `called`: the number of the patron being served, if known."""
    if (stopped := registry_problem(counter)) is not None:
        return refuse(counter, Draft(called=called), stopped)
    return go(counter, ChoosingApplicant(Draft(called=called)))


def step(counter: Counter, flow: RegistrationFlow, event: Event) -> Step:
    match flow, event:
        case _, LeavePressed() if flow.about.stage is not Stage.ACTING:
            return end_session(counter)
        case RegistrationRefused(draft), BackPressed() if draft.patron is not None:
            return await_another(counter, draft)
        case Registered(draft, pending=pending), SlipAsked() if counter.rules.prints_slips:
            slip = Slip(SlipKind.RECORDED, draft.number, language=counter.language, pending=pending)
            return stay(counter) if is_on_its_way(counter, slip) else put_on_paper(counter, slip)
        case ((ChoosingApplicant() | ExplainingRecord() | CheckingGuardian()), _):
            return about_the_person(counter, flow, event)
        case ((AwaitingLibraryCard() | CheckingLibraryCard()), _):
            return about_the_library_card(counter, flow, event)
        case ((AwaitingMyNumberCard() | ReadingMyNumberCard() | FindingLinks()), _):
            return about_the_my_number_card(counter, flow, event)
        case ((ChoosingReplacement() | ConfirmingLink() | SavingLink()), _):
            return about_the_link(counter, flow, event)
    return stay(counter)
