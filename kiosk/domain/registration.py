"""Registration (連携登録): whose card, what is recorded, guardian, library card, My Number Card, agreement, PIN, link.

The PIN is the last act and is the consent: nothing waits for a person between VERIFY and save.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain import proof, strays
from kiosk.domain.effects import Act, FindLinks, LookUpPatron, Play, ReadCard, RecordAct, ReleaseCard, SaveLink
from kiosk.domain.errors import ILS_TROUBLE, Code, Refused
from kiosk.domain.events import (
    ApplicantChosen,
    BackPressed,
    CardFailed,
    CardLifted,
    CardPlaced,
    CardRead,
    Event,
    GuardianCheckSet,
    LeavePressed,
    LibraryCardEntered,
    LinkAgreed,
    LinkSaved,
    LinksFound,
    NextPressed,
    PatronFound,
    PatronRefused,
    ReplacementChosen,
    SlipAsked,
    StoreFailed,
)
from kiosk.domain.model import Applicant, GuardianCheck, Insertion, Patron, SlipKind, Sound
from kiosk.domain.papers import is_on_its_way, put_on_paper
from kiosk.domain.reading import Ways, while_read
from kiosk.domain.rules import born_on_or_after_to_be_under_15, read_library_card
from kiosk.domain.slip import Slip
from kiosk.domain.states import (
    AlreadyLinked,
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
    LinkGoal,
    Problem,
    ReadingMyNumberCard,
    Registered,
    RegistrationFlow,
    RegistrationRefused,
    SavingLink,
)
from kiosk.domain.turn import (
    Step,
    asking,
    card_to_read,
    end_session,
    go,
    overtaken_by,
    problem_of,
    same_card,
    seen,
    stay,
    taken_up,
    then,
    watch_for_card_left,
)

LAY_ANEW = frozenset(
    {
        Code.NOT_MY_NUMBER_CARD,
        Code.LIBRARY_CARD_ON_READER,
        Code.PHONE_NOT_ACCEPTED,
        Code.CARD_REMOVED,
        Code.CARD_SILENT,
        Code.CARD_INTERRUPTED,
        Code.CARD_WAITED,
        Code.CARD_UNREADABLE,
        Code.CARD_IN_USE,
        Code.CARD_ANSWER_UNEXPECTED,
        Code.READER_MISSING,
        Code.READER_SERVICE_MISSING,
        Code.READER_DENIED,
    }
)
"""Trouble that another laying of a card may mend; all else ends the registration."""


def begin(counter: Counter) -> Step:
    return go(counter, ChoosingApplicant(Draft()))


def step(counter: Counter, flow: RegistrationFlow, event: Event) -> Step:
    match flow, event:
        case (
            (
                ChoosingApplicant()
                | ExplainingRecord()
                | CheckingGuardian()
                | AwaitingLibraryCard()
                | CheckingLibraryCard()
                | AwaitingMyNumberCard()
                | ReadingMyNumberCard()
                | FindingLinks()
                | ChoosingReplacement()
                | AlreadyLinked()
                | ConfirmingLink()
                | Registered()
                | RegistrationRefused()
            ),
            LeavePressed(),
        ):
            return end_session(counter)
        case Registered(draft), SlipAsked() if counter.rules.prints_slips:
            slip = Slip(SlipKind.RECORDED, draft.number, language=counter.language)
            return stay(counter) if is_on_its_way(counter, slip) else put_on_paper(counter, slip)
        case ((ChoosingApplicant() | ExplainingRecord() | CheckingGuardian()), _):
            return _about_the_person(counter, flow, event)
        case ((AwaitingLibraryCard() | CheckingLibraryCard()), _):
            return _about_the_library_card(counter, flow, event)
        case ((AwaitingMyNumberCard() | ReadingMyNumberCard() | FindingLinks()), _):
            return _about_the_card(counter, flow, event)
        case ((ChoosingReplacement() | ConfirmingLink() | SavingLink()), _):
            return _about_the_link(counter, flow, event)
    return stay(counter)


def proof_ended(counter: Counter, end: proof.Proved | proof.Failed) -> Step:
    """Save at once when the holder is proved; otherwise lay the card anew, or end."""
    goal = end.goal
    if not isinstance(goal, LinkGoal):
        return stay(counter)
    if isinstance(end, proof.Failed):
        if end.over:
            return _refuse(counter, goal.draft, end.problem, ReleaseCard(end.insertion))
        return _lay_anew(counter, goal.draft, end.problem, end.insertion)
    counter, ticket = asking(counter)
    save = SaveLink(ticket, goal.reading.token, goal.draft.number, goal.reading.revocation, goal.draft.by_guardian, goal.replaces)
    saving = SavingLink(ticket, goal.draft, end.insertion, replaced=goal.replaces is not None)
    return go(counter, saving, ReleaseCard(end.insertion), save)


def _about_the_person(counter: Counter, flow: ChoosingApplicant | ExplainingRecord | CheckingGuardian, event: Event) -> Step:
    draft = flow.draft
    match flow, event:
        case ChoosingApplicant(), ApplicantChosen(None):
            return _refuse(counter, draft, Problem(Code.PROXY_REFUSED))
        case ChoosingApplicant(), ApplicantChosen(Applicant() as applicant):
            return go(counter, ExplainingRecord(replace(draft, applicant=applicant, checks=frozenset())))
        case ChoosingApplicant(), BackPressed():
            return end_session(counter)
        case ExplainingRecord(), NextPressed():
            if draft.by_guardian:
                return go(counter, _guardian(counter, draft))
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


def _guardian(counter: Counter, draft: Draft) -> CheckingGuardian:
    return CheckingGuardian(draft, born_on_or_after_to_be_under_15(counter.today))


def _about_the_library_card(counter: Counter, flow: AwaitingLibraryCard | CheckingLibraryCard, event: Event) -> Step:
    draft = flow.draft
    match flow, event:
        case _, LibraryCardEntered(text):
            return _library_card(counter, flow, text)
        case _, BackPressed():
            return go(counter, _guardian(counter, draft) if draft.by_guardian else ExplainingRecord(draft))
        case CheckingLibraryCard(ticket), PatronFound(answers, patron) if answers == ticket:
            return _await_card(counter, replace(draft, patron=patron))
        case CheckingLibraryCard(ticket, _, number), PatronRefused(answers, code) if answers == ticket and code in ILS_TROUBLE:
            return _await_card(counter, replace(draft, patron=Patron(number)))
        case CheckingLibraryCard(ticket), PatronRefused(answers, code, params) if answers == ticket:
            return go(counter, AwaitingLibraryCard(draft, Problem(code, params)), Play(Sound.REFUSED))
    return stay(counter)


def _library_card(counter: Counter, flow: AwaitingLibraryCard | CheckingLibraryCard, text: str) -> Step:
    """Look it up, in the place of another that is still looked up; the same one again changes nothing."""
    try:
        number = read_library_card(text, counter.rules.barcode)
    except Refused as refusal:
        return go(counter, AwaitingLibraryCard(flow.draft, Problem(refusal.code, tuple(refusal.params.items()))))
    if isinstance(flow, CheckingLibraryCard) and flow.number == number:
        return stay(counter)
    counter, ticket = asking(counter)
    return go(counter, CheckingLibraryCard(ticket, flow.draft, number), LookUpPatron(ticket, number))


def _about_the_card(counter: Counter, flow: AwaitingMyNumberCard | ReadingMyNumberCard | FindingLinks, event: Event) -> Step:
    draft = flow.draft
    if isinstance(flow, ReadingMyNumberCard) and (said := while_read(counter, flow, event, _ways(flow))) is not None:
        return said
    match flow, event:
        case AwaitingMyNumberCard(), CardPlaced(insertion):
            return _read(counter, draft, insertion, flow.problem if insertion in counter.strays else None)
        case AwaitingMyNumberCard(), CardLifted(where) if (fresh := overtaken_by(counter, where)) is not None:
            return _read(counter, draft, fresh)
        case AwaitingMyNumberCard(), LibraryCardEntered():
            return go(counter, AwaitingMyNumberCard(draft, Problem(Code.BARCODE_ON_WRONG_STEP)))
        case AwaitingMyNumberCard(), BackPressed():
            return go(counter, AwaitingLibraryCard(replace(draft, patron=None)))
        case ((ReadingMyNumberCard() | FindingLinks()), BackPressed()):
            return go(counter, AwaitingLibraryCard(replace(draft, patron=None)), ReleaseCard(flow.insertion))
        case ReadingMyNumberCard(ticket, _, insertion), CardRead(answers, where, reading) if answers == ticket and where == insertion:
            counter = strays.accepted(counter, insertion)
            if insertion not in counter.cards:
                return _lay_anew(counter, draft, Problem(Code.CARD_REMOVED), insertion)
            counter, ticket = asking(same_card(counter, reading.token))
            number = draft.number
            return go(counter, FindingLinks(ticket, draft, insertion, reading), FindLinks(ticket, reading.token, number))
        case ReadingMyNumberCard(ticket, _, insertion), CardFailed(answers, where, code) if answers == ticket and where == insertion:
            counter = strays.refused(counter, insertion, problem_of(counter, event))
            if code in LAY_ANEW:
                return _lay_anew(counter, draft, problem_of(counter, event), insertion)
            return _refuse(counter, draft, problem_of(counter, event), ReleaseCard(insertion))
        case FindingLinks(insertion=insertion), CardLifted(where) if where == insertion:
            return _lay_anew(counter, draft, Problem(Code.CARD_REMOVED), insertion)
        case FindingLinks(ticket), LinksFound(answers) if answers == ticket:
            return _links_found(counter, flow, event)
        case FindingLinks(ticket, insertion=insertion), StoreFailed(answers, code) if answers == ticket:
            return _refuse(counter, draft, Problem(code), ReleaseCard(insertion))
    return stay(counter)


def _ways(flow: ReadingMyNumberCard) -> Ways:
    draft, before = flow.draft, flow.before
    return Ways(
        read=lambda counter, other: _read(counter, draft, other, before if other in counter.strays else None),
        back=lambda counter: go(counter, AwaitingMyNumberCard(draft, before)),
        fail=lambda counter, problem: _lay_anew(counter, draft, problem, flow.insertion),
    )


def _await_card(counter: Counter, draft: Draft) -> Step:
    """Ask for the card, unless one that has had no session yet lies there already."""
    lying = card_to_read(counter)
    if lying is not None:
        return _read(counter, draft, lying)
    return go(counter, AwaitingMyNumberCard(draft))


def _read(counter: Counter, draft: Draft, insertion: Insertion, before: Problem | None = None) -> Step:
    counter, ticket = asking(taken_up(counter, insertion))
    reading = ReadingMyNumberCard(ticket, draft, insertion, before=before)
    return go(counter, reading, *seen(counter, insertion), ReadCard(ticket, insertion))


def _lay_anew(counter: Counter, draft: Draft, problem: Problem, insertion: Insertion) -> Step:
    """The insertion is over: whatever lies there now is read, shown and agreed to from the beginning."""
    fresh = overtaken_by(counter, insertion)
    if fresh is not None:
        return then((counter, (ReleaseCard(insertion),)), lambda released: _read(released, draft, fresh))
    return go(counter, AwaitingMyNumberCard(draft, problem), Play(Sound.REFUSED), ReleaseCard(insertion))


def _links_found(counter: Counter, flow: FindingLinks, found: LinksFound) -> Step:
    number = flow.draft.number
    if found.by_card is None and found.by_number is None:
        return go(counter, ConfirmingLink(flow.draft, flow.insertion, flow.reading))
    if found.by_card is not None and found.by_card.number == number:
        return go(counter, AlreadyLinked(flow.draft, found.by_card), ReleaseCard(flow.insertion))
    return go(counter, ChoosingReplacement(flow.draft, flow.insertion, flow.reading, found.by_card, found.by_number))


def _about_the_link(counter: Counter, flow: ChoosingReplacement | ConfirmingLink | SavingLink, event: Event) -> Step:
    match flow, event:
        case ChoosingReplacement(draft, insertion, reading), ReplacementChosen(reason):
            return go(counter, ConfirmingLink(draft, insertion, reading, reason))
        case ConfirmingLink(draft, insertion, reading, replaces), LinkAgreed():
            return proof.begin(counter, LinkGoal(draft, reading, replaces), insertion)
        case ((ChoosingReplacement() | ConfirmingLink()), CardLifted(where)) if where == flow.insertion:
            return _lay_anew(counter, flow.draft, Problem(Code.CARD_REMOVED), flow.insertion)
        case SavingLink(ticket, draft, _, replaced), LinkSaved(answers, pending) if answers == ticket:
            counter, effects = go(counter, Registered(draft, pending, replaced), Play(Sound.DONE))
            counter, timers = watch_for_card_left(replace(counter, spent=frozenset(counter.cards)))
            return counter, (*effects, *timers)
        case SavingLink(ticket, draft), StoreFailed(answers, code) if answers == ticket:
            return _refuse(counter, draft, Problem(code))
    return stay(counter)


def _refuse(counter: Counter, draft: Draft, problem: Problem, *effects: ReleaseCard) -> Step:
    number = None if draft.patron is None else draft.patron.number
    record = RecordAct(Act.REFUSAL, number, problem.code)
    return go(counter, RegistrationRefused(draft, problem), Play(Sound.REFUSED), record, *effects)
