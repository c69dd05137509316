"""The latest finding of each check, and how long it remains valid."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.availability import store_doubt
from kiosk.domain.effects import ForgetCrashes, LookAtStore
from kiosk.domain.events import CheckFound, CrashesSeen
from kiosk.domain.health import UNSEEN, Finding, overdue
from kiosk.domain.states import Counter
from kiosk.domain.transition import Step
from kiosk.domain.watched_checks import WATCHED, best_before


def heard(counter: Counter, event: CheckFound | CrashesSeen) -> Step:
    """A check has found something, or staff have seen what one found."""
    if isinstance(event, CheckFound):
        return _found(counter, event.finding), ()
    return _found(counter, Finding("crashes.none")), (ForgetCrashes(),)


def _found(counter: Counter, finding: Finding) -> Counter:
    """Store the latest finding of its check. A doubt about the store blocks cards until a later finding clears it."""
    if finding.at is None and finding.word != UNSEEN:
        finding = replace(finding, at=counter.now)
    counter = _with(counter, finding)
    counter = replace(counter, found_at={**counter.found_at, finding.check: counter.monotonic})
    # Where it could not be read, nobody knows whether it is still doubted.
    if finding.check != "store" or finding.outcome == "store.wrong" or finding.found_nothing:
        return counter
    return replace(counter, doubt=store_doubt(finding))


def look(counter: Counter) -> Step:
    """Mark stale findings as overdue, so that a check that hangs does not leave good news on display.

    The store is examined when due, and at every tick while it is wrong: no card is accepted until then.
    """
    known = {finding.check: counter.monotonic for finding in counter.facts.findings} | dict(counter.found_at)
    for finding in counter.facts.findings:
        late = overdue(finding.check, finding.at)
        if finding != late and counter.monotonic - known[finding.check] > best_before(finding.check):
            counter = _with(counter, late)
    store = counter.facts.finding("store")
    is_due = "store" not in counter.found_at or counter.monotonic - known["store"] >= WATCHED["store"]
    looks = (LookAtStore(),) if is_due or store.outcome == "store.wrong" else ()
    return replace(counter, found_at=known), looks


def _with(counter: Counter, finding: Finding) -> Counter:
    """Insert a finding, in the order of WATCHED."""
    by_check = {known.check: known for known in counter.facts.findings} | {finding.check: finding}
    ordered = tuple(by_check[check] for check in WATCHED if check in by_check)
    return replace(counter, facts=replace(counter.facts, findings=ordered))
