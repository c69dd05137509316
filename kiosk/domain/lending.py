"""Lending: from a card on the reader to a patron with a library card number.

The card thread checks certificate, dates, chain and (if configured) revocation at every tap; this module decides what follows: link, PIN if
the library requires it, library system, photo check, patron.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain import looking_ahead, proof, stray_cards
from kiosk.domain.availability import registry_problem
from kiosk.domain.card_reading import Ways, while_read
from kiosk.domain.effects import Act, AskRegistry, FindLinks, LookUpPatron, Play, RecordAct, ReleaseCard
from kiosk.domain.errors import Code, Refused
from kiosk.domain.events import (
    CardFailed,
    CardKnown,
    CardLifted,
    CardRead,
    Event,
    HolderConfirmed,
    HolderDenied,
    LeavePressed,
    LibraryCardEntered,
    LinksFound,
    PatronFound,
    PatronRefused,
    RegistryAnswered,
    StoreFailed,
)
from kiosk.domain.looking_ahead import is_due
from kiosk.domain.model import CardReading, Insertion, LibraryCardNumber, Link, Patron, RegistryCondition, Shown, Sound
from kiosk.domain.rules import link_of, read_library_card
from kiosk.domain.serving import session
from kiosk.domain.states import (
    ConfirmingHolder,
    Counter,
    Early,
    FindingLink,
    LendGoal,
    LendingFlow,
    LendingRefused,
    LookingUpPatron,
    PatronShown,
    Problem,
    Reading,
    Waiting,
    When,
)
from kiosk.domain.transition import (
    Step,
    asking,
    call_up,
    end_session,
    go,
    overtaken_by,
    problem_of,
    refused_number,
    same_card,
    start_reading,
    stay,
    then,
)


def step(counter: Counter, flow: LendingFlow, event: Event) -> Step:  # noqa: C901
    if isinstance(flow, Reading) and (said := while_read(counter, flow, event, _ways(flow))) is not None:
        return said
    match flow, event:
        case ((Waiting() | LendingRefused()), LibraryCardEntered(text)):
            return _library_card(counter, flow, text)
        case ((Reading() | FindingLink() | LookingUpPatron()), LibraryCardEntered(text)):
            return _library_card_instead(counter, flow, text)
        case Reading(), CardKnown(tokens=tokens) if not counter.registry.stops_cards:
            return looking_ahead.look(counter, flow, tokens)
        case Reading(early=Early() as early), (LinksFound() | PatronFound() | PatronRefused()):
            return looking_ahead.looked(counter, flow, early, event)
        case Reading(), StoreFailed():
            return go(counter, replace(flow, early=None))
        case Reading(_, insertion), CardRead(reading=accepted):
            return _accepted(stray_cards.accepted(same_card(counter, accepted.token), insertion), flow, accepted)
        case Reading(_, insertion), CardFailed():
            counter = stray_cards.refused(counter, insertion, problem_of(counter, event))
            return _refuse(counter, problem_of(counter, event), insertion)
        case FindingLink(proved=LendGoal() as goal), LinksFound(by_card=links):
            return _proved(counter, flow, goal, links)
        case FindingLink(reading=reading), LinksFound(by_card=links):
            return _linked(counter, replace(flow, ended=reading.token in event.ended), link_of(reading.token, links))
        case FindingLink(_, insertion, reading), RegistryAnswered(link=None, answered=heard):
            return _refuse(counter, flow.no_link(heard=heard), insertion, reading=reading)
        case FindingLink(_, insertion, reading), RegistryAnswered(link=Link() as link):
            return _is_linked(counter, insertion, reading, link, flow.wrong, elsewhere=True)
        case ((FindingLink() | ConfirmingHolder()), StoreFailed(code=code)):
            return _refuse(counter, Problem(code), flow.insertion)
        case LookingUpPatron(), PatronFound(patron=patron):
            return _patron(counter, flow, patron)
        case LookingUpPatron(), PatronRefused(_, code, params):
            return _no_patron(counter, flow, Problem(code, params))
        case ConfirmingHolder(confirmed=None), HolderConfirmed():
            return _confirmed(counter, flow)
        case ConfirmingHolder(), LinksFound(by_card=links):
            return _still_linked(counter, flow, links)
        case ConfirmingHolder(insertion, reading, patron), HolderDenied():
            return _refuse(counter, Problem(Code.HOLDER_DENIED), insertion, patron.number, reading)
        case LendingRefused(), CardLifted(where) if (fresh := overtaken_by(counter, where)) is not None:
            return start_reading(counter, fresh)
        case LendingRefused(insertion=insertion), CardLifted(where) if where == insertion:
            return go(counter, replace(flow, insertion=None))
        case ((Reading() | FindingLink() | LookingUpPatron() | LendingRefused() | ConfirmingHolder()), LeavePressed()):
            return end_session(counter)
        case Waiting(Problem()), LeavePressed():
            return go(counter, Waiting())
    return stay(counter)


def proof_ended(counter: Counter, end: proof.Proved | proof.Failed) -> Step:
    """Continue after the PIN required by `lending_pin`."""
    if not isinstance(end.goal, LendGoal):
        return stay(counter)
    if isinstance(end, proof.Failed):
        refuse = _tell if end.over else _refuse
        return refuse(counter, end.problem, end.insertion, end.goal.number, end.goal.reading)
    if (stopped := registry_problem(counter)) is not None:
        return _refuse(counter, stopped, end.insertion, reading=end.goal.reading)
    if counter.rules.lending_pin is When.FIRST_OF_DAY:
        counter = replace(counter, proved_today=counter.proved_today | {end.goal.reading.token})
    counter, ticket = asking(counter)
    again = FindingLink(ticket, end.insertion, end.goal.reading, proved=end.goal)
    return go(counter, again, FindLinks(ticket, (end.goal.reading.token,), None))


def _ways(flow: Reading) -> Ways:
    return Ways(
        read=start_reading,
        back=lambda counter: go(counter, Waiting()),
        fail=lambda counter, problem: _refuse(counter, problem, flow.insertion),
    )


def _library_card(counter: Counter, flow: Waiting | LendingRefused, text: str) -> Step:
    """A library card was scanned. It ends the session of a card refused before, but an invalid number does not end the refusal."""
    try:
        number = read_library_card(text, counter.rules.barcode)
    except Refused as refusal:
        if isinstance(flow, LendingRefused):
            return go(counter, replace(flow, wrong=refused_number(counter, refusal, text)))
        ended, effects = end_session(counter, Waiting(refused_number(counter, refusal, text)))
        return replace(ended, language=counter.language), effects
    return call_up(counter, number)


def _library_card_instead(counter: Counter, flow: Reading | FindingLink | LookingUpPatron, text: str) -> Step:
    """Staff use the library card while the My Number Card is being read or does not respond. An invalid number changes nothing."""
    try:
        number = read_library_card(text, counter.rules.barcode)
    except Refused as refusal:
        return go(counter, replace(flow, wrong=refused_number(counter, refusal, text)))
    if isinstance(flow, LookingUpPatron) and flow.number == number and flow.shown is Shown.LIBRARY_CARD:
        return go(counter, replace(flow, wrong=None))
    release = () if flow.insertion is None else (ReleaseCard(flow.insertion),)
    return then((counter, release), lambda released: call_up(released, number))


def _accepted(counter: Counter, flow: Reading, reading: CardReading) -> Step:
    """The card is accepted: continue from whatever the early look-up has reached for its token."""
    insertion, early = flow.insertion, flow.early
    if (stopped := registry_problem(counter)) is not None:
        return _refuse(counter, stopped, insertion, reading=reading)
    if early is None or reading.token not in early.tokens:
        counter, ticket = asking(counter)
        return go(counter, FindingLink(ticket, insertion, reading, flow.wrong), FindLinks(ticket, (reading.token,), None))
    finding = FindingLink(early.asked, insertion, reading, flow.wrong, ended=reading.token in early.ended)
    if early.links is None:
        return go(counter, finding)
    link = link_of(reading.token, early.links)
    if link is None or link != early.only_link or is_due(counter.rules.lending_pin, reading.token, counter.proved_today):
        return _linked(counter, finding, link)
    looking = LookingUpPatron(early.asked, link.number, Shown.MY_NUMBER_CARD, insertion, reading, wrong=flow.wrong)
    released = replace(counter, flow=looking), (ReleaseCard(insertion),)
    patron, problem = early.patron, early.problem
    if patron is not None:
        return then(released, lambda known: _patron(known, looking, patron))
    if problem is not None:
        return then(released, lambda known: _no_patron(known, looking, problem))
    return released


def _linked(counter: Counter, flow: FindingLink, link: Link | None) -> Step:
    """The store has answered. Links made elsewhere may not have arrived: where it has none, the library's server is asked once."""
    if link is not None:
        return _is_linked(counter, flow.insertion, flow.reading, link, flow.wrong)
    if counter.registry not in (RegistryCondition.STARTING, RegistryCondition.CURRENT):
        problem = flow.no_link(heard=counter.registry is RegistryCondition.NONE)
        return _refuse(counter, problem, flow.insertion, reading=flow.reading)
    counter, ticket = asking(counter)
    return go(counter, replace(flow, ticket=ticket, elsewhere=True), AskRegistry(ticket, flow.reading.token))


def _is_linked(
    counter: Counter, insertion: Insertion, reading: CardReading, link: Link, wrong: Problem | None, *, elsewhere: bool = False
) -> Step:
    if (stopped := registry_problem(counter)) is not None:
        return _refuse(counter, stopped, insertion, reading=reading)
    if is_due(counter.rules.lending_pin, reading.token, counter.proved_today):
        return proof.begin(counter, LendGoal(reading, link.number, elsewhere), insertion)
    return _look_up(counter, LendGoal(reading, link.number, elsewhere), insertion, wrong=wrong)


def _look_up(counter: Counter, goal: LendGoal, insertion: Insertion, *, pin_checked: bool = False, wrong: Problem | None = None) -> Step:
    counter, ticket = asking(counter)
    flow = LookingUpPatron(ticket, goal.number, Shown.MY_NUMBER_CARD, insertion, goal.reading, pin_checked, wrong, goal.elsewhere)
    return go(counter, flow, ReleaseCard(insertion), LookUpPatron(ticket, goal.number))


def _no_patron(counter: Counter, flow: LookingUpPatron, problem: Problem) -> Step:
    """The library system rejected the patron, or gave no answer; in the latter case the patron is served unchecked."""
    if problem.code.about.is_ils_trouble:
        return _patron(counter, flow, Patron(flow.number))
    if flow.shown is Shown.LIBRARY_CARD:
        problem = replace(problem, entered=flow.number.text)
    return _refuse(counter, problem, flow.insertion, flow.number, flow.reading)


def _patron(counter: Counter, flow: LookingUpPatron, patron: Patron) -> Step:
    """Show the card's owner, unless another card is present by now: staff would compare one card and lend on another's number."""
    next_card = overtaken_by(counter, flow.insertion)
    if next_card is not None:
        return then(end_session(counter, keep=next_card), lambda ended: start_reading(ended, next_card))
    insertion, reading = flow.insertion, flow.reading
    if insertion is not None and reading is not None and is_due(counter.rules.confirm_holder, reading.token, counter.seen_today):
        return go(counter, ConfirmingHolder(insertion, reading, patron, flow.pin_checked, flow.elsewhere), Play(Sound.DONE))
    return _show(counter, flow, patron, flow.shown)


def _proved(counter: Counter, flow: FindingLink, goal: LendGoal, links: tuple[Link, ...]) -> Step:
    if not _stands(goal.number, link_of(goal.reading.token, links), elsewhere=goal.elsewhere):
        return _refuse(counter, Problem(Code.STOPPED_MEANWHILE), flow.insertion, reading=goal.reading)
    return _look_up(counter, goal, flow.insertion, pin_checked=True, wrong=flow.wrong)


def _confirmed(counter: Counter, flow: ConfirmingHolder) -> Step:
    """The page may have been open for minutes: a card reported lost at another counter meanwhile must not be served."""
    if (stopped := registry_problem(counter)) is not None:
        return _refuse(counter, stopped, flow.insertion, reading=flow.reading)
    counter, ticket = asking(counter)
    return go(counter, replace(flow, confirmed=ticket), FindLinks(ticket, (flow.reading.token,), None))


def _still_linked(counter: Counter, flow: ConfirmingHolder, links: tuple[Link, ...]) -> Step:
    if not _stands(flow.patron.number, link_of(flow.reading.token, links), elsewhere=flow.elsewhere):
        return _refuse(counter, Problem(Code.STOPPED_MEANWHILE), flow.insertion, reading=flow.reading)
    if counter.rules.confirm_holder is When.FIRST_OF_DAY:
        counter = replace(counter, seen_today=counter.seen_today | {flow.reading.token})
    return _show(counter, flow, flow.patron, Shown.MY_NUMBER_CARD)


def _stands(number: LibraryCardNumber, link: Link | None, *, elsewhere: bool) -> bool:
    """Whether the card still leads to this number. A link that the server has told of may be on its way here."""
    return elsewhere if link is None else link.number == number


def _show(counter: Counter, came_from: LookingUpPatron | ConfirmingHolder, patron: Patron, shown: Shown) -> Step:
    """Serve the patron and record the use of a My Number Card. No sound after staff have just confirmed the holder."""
    looked = isinstance(came_from, ConfirmingHolder)
    reading = came_from.reading
    effects: list[RecordAct | Play] = [] if looked else [Play(Sound.DONE)]
    if reading is not None:
        effects.append(RecordAct(Act.USE, patron.number, None, reading.revocation, came_from.pin_checked, looked))
    served = PatronShown(patron, shown, came_from.insertion, reading, holder_confirmed=looked, pin_checked=came_from.pin_checked)
    return then((counter, tuple(effects)), lambda recorded: session.begin(recorded, served))


def _refuse(
    counter: Counter,
    problem: Problem,
    insertion: Insertion | None,
    number: LibraryCardNumber | None = None,
    reading: CardReading | None = None,
) -> Step:
    """Refuse with one cause; a card placed meanwhile is read at once, so that nobody has to place it a third time."""
    fresh = overtaken_by(counter, insertion)
    if fresh is not None:
        release = (ReleaseCard(insertion),) if insertion is not None else ()
        return then((counter, release), lambda released: start_reading(released, fresh))
    return _tell(counter, problem, insertion, number, reading)


def _tell(
    counter: Counter, problem: Problem, insertion: Insertion | None, number: LibraryCardNumber | None, reading: CardReading | None
) -> Step:
    """Show the refusal, whatever card is present by now, because it results from the patron's own input."""
    release = (ReleaseCard(insertion),) if insertion is not None else ()
    record = RecordAct(Act.REFUSAL, number, problem.code, card_read=insertion is not None)
    if reading is not None:
        record = replace(record, revocation=reading.revocation)
    stays = insertion if problem.code.is_of_no_link and insertion in counter.cards else None
    linked = reading is not None and number is not None
    return go(counter, LendingRefused(problem, stays, linked), Play(Sound.REFUSED), record, *release)
