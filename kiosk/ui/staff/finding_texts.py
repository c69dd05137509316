"""What was found of the counter's parts, in words for staff."""

from __future__ import annotations

from datetime import date

from kiosk.domain.availability import why_unavailable
from kiosk.domain.calendar import JAPAN
from kiosk.domain.codefacts import Family
from kiosk.domain.errors import Code
from kiosk.domain.health import BUG, OVERDUE, Finding, cares
from kiosk.domain.states import Counter, CounterFacts, Problem
from kiosk.text import knows, refusal, say
from kiosk.ui.widgets.words import unmarked

_FOUND_BY = {Family.TRUST: "trust", Family.CLOCK: "clock", Family.REVOCATION: "revocation"}
"""Which check a reason comes from; any other, while the readers are well, from the store."""
Care = tuple[str, str]
"""A sentence, and what to do (or nothing)."""

_SAID_ELSEWHERE = frozenset({"service", "reader"})
"""The reader's condition is the counter's own, and known sooner there."""
_FOR_STAFF = frozenset({"clock", "displays", "records", "revocation", "printing"})
"""What staff themselves have to know of while they serve; the rest is for whoever looks after the computer."""
_DECIDED = frozenset({"revocation.none", "revocation.unlimited"})
"""No trouble but decisions, which have a place of their own on the home page."""


def why_unavailable_words(counter: Counter) -> Care | None:
    """Why no My Number Card can be taken now."""
    problem = why_unavailable(counter)
    if problem is None:
        return None
    other = counter.facts.finding("reader")
    if problem.code is Code.READER_MISSING and other.outcome == "reader.other":
        return finding_words(other)
    return _problem_words(problem)


def all_cares(counter: Counter) -> list[Care]:
    """What to look after, worst first."""
    hindered = why_unavailable_words(counter)
    found = [hindered] if hindered else []
    if counter.ils.is_trouble:
        found.append(_problem_words(Problem(Code(counter.ils.value))))
    return found + [finding_words(finding) for finding in _other_findings(counter)]


def cares_for_staff(counter: Counter) -> list[Care]:
    """Beside what keeps cards from being taken."""
    return [finding_words(finding) for finding in _other_findings(counter) if finding.check in _FOR_STAFF]


def finding_words(finding: Finding) -> Care:
    """Of one that somebody has to see to."""
    if (code := finding.params.get("code")) is not None:
        sentence, step = _problem_words(Problem(Code(str(code)), tuple(finding.params.items())))
        # The store's own troubles speak of themselves.
        return (sentence if finding.check == "store" else f"{name_of(finding.check)}: {sentence}"), step
    if finding.word == BUG:
        return f"{name_of(finding.check)}: {value_of(finding)}", say("staff.health.any.bug-next")
    following = f"staff.health.{finding.outcome}-next"
    return value_of(finding), say(following, **_shown(finding)) if knows(following) else ""


def name_of(check: str) -> str:
    return say(f"staff.health.{check}.title")


def value_of(finding: Finding) -> str:
    """What was found, for a table whose row bears the name of the check."""
    if finding.found_nothing:
        return say(f"staff.health.any.{finding.word}", **_shown(finding))
    return say(f"staff.health.{finding.outcome}", **_shown(finding))


def seen_at(finding: Finding, today: date) -> str:
    """When that was; of one that is overdue, when it was looked at last."""
    if finding.at is None:
        return ""
    moment = finding.at.astimezone(JAPAN)
    time = f"{moment:%H:%M}" if moment.date() == today else f"{moment.month}/{moment.day} {moment:%H:%M}"
    return say("staff.status.last" if finding.word == OVERDUE else "staff.status.at", time=time)


def cares_seen(facts: CounterFacts) -> list[Finding]:
    """Beside the reader and the library's system, whose conditions are the counter's own."""
    seen = [finding for finding in cares(facts.findings) if finding.outcome not in _DECIDED]
    return [finding for finding in seen if finding.check not in _SAID_ELSEWHERE or finding.word == BUG]


def _other_findings(counter: Counter) -> list[Finding]:
    problem = why_unavailable(counter)
    return [finding for finding in cares_seen(counter.facts) if finding.check != _told_by(problem, counter)]


def _told_by(problem: Problem | None, counter: Counter) -> str:
    """The check whose finding has been told as the reason already."""
    # What is doubted of the store is said beside it.
    if problem is None or problem.code is Code.STORE_DOUBTED or not counter.reads_cards:
        return ""
    return _FOUND_BY.get(problem.code.about.family, "store")


def _problem_words(problem: Problem) -> Care:
    params = dict(problem.params)
    return refusal(problem.code, "staff", **params), refusal(problem.code, "staff-next", **params)


def _shown(finding: Finding) -> dict[str, str | int]:
    return {name: unmarked(value) if isinstance(value, str) else value for name, value in finding.params.items()}
