"""Whether the counter can take cards, and how its own problems change what is reported about a card."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.errors import Code
from kiosk.domain.events import CardFailed, Event, PatronRefused, ReaderChanged, ServiceAnswered, ServiceSilent
from kiosk.domain.health import Finding
from kiosk.domain.model import IlsCondition, ReaderCondition
from kiosk.domain.reader_trouble import reader_problem
from kiosk.domain.states import Counter, Problem, Tried

_COUNTED = frozenset({"code", "links", "pending", "registered", "used"})
_TRUST = {"trust.missing": Code.TRUST_MISSING, "trust.unusable": Code.TRUST_UNUSABLE, "trust.ended": Code.TRUST_ENDED}


def why_unavailable(counter: Counter) -> Problem | None:
    """Why no My Number Card can be taken now; None if one can. Library cards are not affected."""
    facts = counter.facts
    if (reader := reader_problem(counter)) is not None:
        return reader
    if (code := _TRUST.get(facts.finding("trust").outcome)) is not None:
        return doubted(counter) if code is Code.TRUST_ENDED and counter.doubts_clock else Problem(code)
    if facts.finding("revocation").number("closed"):
        return Problem(Code.REVOCATION_TOO_OLD)
    if counter.doubt is not None:
        return Problem(Code.STORE_DOUBTED)
    store = facts.finding("store")
    if store.outcome == "store.wrong":
        return Problem(Code(str(store.params["code"])))
    return registry_problem(counter)


def registry_problem(counter: Counter) -> Problem | None:
    """Why the register stops cards and registrations; None if it does not. Unlinking and library cards are not affected."""
    return Problem(Code(counter.registry.value)) if counter.registry.stops_cards else None


def store_doubt(store: Finding) -> Problem | None:
    """The problem found in the store that staff have to acknowledge, without the counts reported alongside; None if there is none."""
    if store.outcome != "store.doubted":
        return None
    found = tuple((name, value) for name, value in store.params.items() if name not in _COUNTED)
    return Problem(Code(str(store.params["code"])), found)


def doubted(counter: Counter) -> Problem:
    """The problem that the computer's date is implausible."""
    today = counter.today
    return Problem(Code.CLOCK_DOUBTFUL, (("year", today.year), ("month", today.month), ("day", today.day)))


def doubt_dates(counter: Counter, event: Event) -> Event:
    """With an implausible clock, a card rejected for its dates may be valid: report the clock instead of the card."""
    match event:
        case CardFailed(code=code, params=params):
            by_date = code.about.by_date or ("reason", "authority-expired") in params
        case PatronRefused(code=code, params=params):
            # Judged by our own clock; if the library system itself rejects the card, no date is given.
            by_date = code is Code.LIBRARY_CARD_EXPIRED and "until" in dict(params)
        case _:
            return event
    if not by_date or not counter.doubts_clock:
        return event
    told = doubted(counter)
    return replace(event, code=told.code, params=told.params)


def tried_by_now(counter: Counter) -> Counter:
    """The answer to 「いま試す」 has come, even if unchanged. Later changes are not attributed to the press."""
    if counter.tried is None or not counter.tried.under_way or counter.ils is IlsCondition.STARTING:
        return counter
    return replace(counter, tried=Tried(under_way=False, at=counter.now))


def hear_of_readers(counter: Counter, event: ReaderChanged | ServiceSilent | ServiceAnswered) -> Counter:
    """Apply a reader event. While the PC/SC service is silent, the condition stays SILENT whatever was last known of the readers."""
    before = counter.reader_before
    match event:
        case ReaderChanged(condition, names, wanted, incident):
            heard = replace(counter, reader_names=names, reader_wanted=wanted, reader_incident=incident)
            return replace(heard, reader=condition) if before is None else replace(heard, reader_before=condition)
        case ServiceSilent():
            return counter if before is not None else replace(counter, reader=ReaderCondition.SILENT, reader_before=counter.reader)
        case ServiceAnswered():  # pragma: no branch
            return counter if before is None else replace(counter, reader=before, reader_before=None)
