"""The first steps: applicant, explanation of records, guardian's documents."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.errors import Code
from kiosk.domain.events import ApplicantChosen, BackPressed, Event, GuardianCheckSet, NextPressed
from kiosk.domain.model import Applicant, GuardianCheck
from kiosk.domain.registration.refusal import refuse
from kiosk.domain.rules import born_on_or_after_to_be_under_15
from kiosk.domain.states import AwaitingLibraryCard, CheckingGuardian, ChoosingApplicant, Counter, Draft, ExplainingRecord, Problem
from kiosk.domain.transition import Step, end_session, go, stay


def about_the_person(counter: Counter, flow: ChoosingApplicant | ExplainingRecord | CheckingGuardian, event: Event) -> Step:
    draft = flow.draft
    match flow, event:
        case ChoosingApplicant(), ApplicantChosen(None):
            return refuse(counter, draft, Problem(Code.PROXY_REFUSED))
        case ChoosingApplicant(), ApplicantChosen(Applicant() as applicant):
            return go(counter, ExplainingRecord(replace(draft, applicant=applicant, checks=frozenset())))
        case ChoosingApplicant(), BackPressed():
            return end_session(counter)
        case ExplainingRecord(), NextPressed():
            if draft.by_guardian:
                return go(counter, guardian(counter, draft))
            return go(counter, AwaitingLibraryCard(draft))
        case ExplainingRecord(), BackPressed():
            return go(counter, ChoosingApplicant(draft))
        case CheckingGuardian(), GuardianCheckSet(check, confirmed):
            checks = draft.checks | {check} if confirmed else draft.checks - {check}
            return go(counter, replace(flow, draft=replace(draft, checks=checks)))
        case CheckingGuardian(), NextPressed() if draft.checks == frozenset(GuardianCheck):
            return go(counter, AwaitingLibraryCard(draft))
        case CheckingGuardian(), BackPressed():
            return go(counter, ExplainingRecord(draft))
    return stay(counter)


def guardian(counter: Counter, draft: Draft) -> CheckingGuardian:
    return CheckingGuardian(draft, born_on_or_after_to_be_under_15(counter.today))
