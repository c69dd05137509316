"""Health findings in words for staff."""

from __future__ import annotations

from datetime import date

from kiosk.domain.availability import registry_problem, why_unavailable
from kiosk.domain.codefacts import Family
from kiosk.domain.errors import Code
from kiosk.domain.health import BUG, OVERDUE, Finding, cares
from kiosk.domain.states import Counter, CounterFacts, Problem
from kiosk.text import knows, refusal, say
from kiosk.ui.staff.registry_words import Care, registry_care, registry_cares
from kiosk.ui.staff.times import to_the_day_and_minute
from kiosk.ui.widgets.words import unmarked

_FOUND_BY = {Family.TRUST: "trust", Family.CLOCK: "clock", Family.REVOCATION: "revocation", Family.REGISTRY: ""}
"""Check that reports a problem of this family; any other problem, with working readers, comes from the store."""

_SAID_ELSEWHERE = frozenset({"service", "reader"})
"""The counter holds these conditions itself, and more up to date."""
_FOR_STAFF = frozenset({"clock", "displays", "records", "revocation", "printing", "handover", "local-api"})
"""Checks relevant to staff while serving; the others concern whoever maintains the computer."""
_FINDINGS_FOR_STAFF = frozenset({"store.migrated"})
"""Findings relevant to staff of checks that otherwise are not: patrons who were linked come to the counter."""
_DECIDED = frozenset({"revocation.none", "revocation.unlimited"})
"""Configured deliberately, hence no problem; shown separately on the home page."""


def why_unavailable_words(counter: Counter) -> Care | None:
    """Return why no My Number Card can be read now, or None."""
    problem = why_unavailable(counter)
    if problem is None:
        return None
    if problem == registry_problem(counter):
        return registry_care(counter)
    other = counter.facts.finding("reader")
    if problem.code is Code.READER_MISSING and other.outcome == "reader.other":
        return finding_words(other)
    return _problem_words(problem)


def all_cares(counter: Counter) -> list[Care]:
    """Return everything that needs attention, worst first."""
    hindered = why_unavailable_words(counter)
    found = [hindered] if hindered else []
    found += _registry_beside(counter)
    if counter.ils.is_trouble:
        found.append(_problem_words(Problem(Code(counter.ils.value))))
    return found + [finding_words(finding) for finding in _other_findings(counter)]


def cares_for_staff(counter: Counter) -> list[Care]:
    """Return what staff need to know, apart from why cards cannot be read."""
    others = [finding for finding in _other_findings(counter) if finding.check in _FOR_STAFF or finding.outcome in _FINDINGS_FOR_STAFF]
    return _registry_beside(counter) + [finding_words(finding) for finding in others]


def _registry_beside(counter: Counter) -> list[Care]:
    """Return what needs attention about the register, without the reason why no card can be read."""
    stopped = registry_problem(counter)
    told = registry_care(counter) if stopped is not None and why_unavailable(counter) == stopped else None
    return [care for care in registry_cares(counter) if care != told]


def finding_words(finding: Finding) -> Care:
    """Return sentence and next step of a finding that needs attention."""
    if (code := finding.params.get("code")) is not None:
        sentence, step = _problem_words(Problem(Code(str(code)), tuple(finding.params.items())))
        # Store problems need no prefix.
        return (sentence if finding.check == "store" else f"{name_of(finding.check)}: {sentence}"), step
    if finding.word == BUG:
        return f"{name_of(finding.check)}: {value_of(finding)}", say("staff.health.any.bug-next")
    following = f"staff.health.{finding.outcome}-next"
    return value_of(finding), say(following, **_shown(finding)) if knows(following) else ""


def name_of(check: str) -> str:
    return say(f"staff.health.{check}.title")


def value_of(finding: Finding) -> str:
    """Return the finding for a table whose row is labelled with the check."""
    if finding.found_nothing:
        return say(f"staff.health.any.{finding.word}", **_shown(finding))
    return say(f"staff.health.{finding.outcome}", **_shown(finding))


def seen_at(finding: Finding, today: date) -> str:
    """Return the time of the finding; if it is overdue, that of the last check."""
    if finding.at is None:
        return ""
    time = to_the_day_and_minute(finding.at, today)
    return say("staff.status.last" if finding.word == OVERDUE else "staff.status.at", time=time)


def cares_seen(facts: CounterFacts) -> list[Finding]:
    """Return the findings that need attention, except deliberate settings.

    Service and reader are left out too, unless their check has a bug: the counter holds these conditions itself.
    """
    seen = [finding for finding in cares(facts.findings) if finding.outcome not in _DECIDED]
    return [finding for finding in seen if finding.check not in _SAID_ELSEWHERE or finding.word == BUG]


def _other_findings(counter: Counter) -> list[Finding]:
    problem = why_unavailable(counter)
    return [finding for finding in cares_seen(counter.facts) if finding.check != _told_by(problem, counter)]


def _told_by(problem: Problem | None, counter: Counter) -> str:
    """Return the check already reported as the reason cards are unavailable."""
    # Doubts about the store are reported separately.
    if problem is None or problem.code is Code.STORE_DOUBTED or not counter.reads_cards:
        return ""
    return _FOUND_BY.get(problem.code.about.family, "store")


def _problem_words(problem: Problem) -> Care:
    params = dict(problem.params)
    return refusal(problem.code, "staff", **params), refusal(problem.code, "staff-next", **params)


def _shown(finding: Finding) -> dict[str, str | int]:
    return {name: unmarked(value) if isinstance(value, str) else value for name, value in finding.params.items()}
