"""Text of each item in the list, as values: stateless and without Qt."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from enum import StrEnum, unique
from itertools import islice

from kiosk.domain.circulation import DONE_BEFORE, Instead, Item, ItemAnswer, Outcome, Reason
from kiosk.domain.itemservices import ITEM_SERVICES, is_loan
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Service
from kiosk.domain.serving.knowledge import NOTHING_WANTED, in_doubt, is_done_before, is_undone
from kiosk.domain.states import UNANSWERED, Dealings, Entry, Progress
from kiosk.service_texts import ServiceText
from kiosk.text import plain, say
from kiosk.ui.staff.item_answers import told
from kiosk.ui.staff.serving.due_date import due_said, due_spoken, due_words, is_overdue

MOST = 100
"""Maximum lines of one list: more than anybody may borrow, few enough to render at once."""
_LONGEST_TITLE = 160
_OPEN = frozenset({Reason.NOT_REACHED, Reason.NOT_SUPPORTED, Reason.HELD_BACK, Reason.PERHAPS_RESERVED, Reason.FEE})
"""Not done, but possibly still possible."""
_OF_PATRON = frozenset({Reason.PATRON_STOPPED, Reason.TOO_MANY})
"""Reasons that lie with the patron, not the item."""
_OF_NUMBER = frozenset({Reason.ITEM_UNKNOWN, Reason.LIBRARY_CARD, Reason.NEXT_CARD})
"""The number is not that of an item, as far as known."""
_WHY_IS_ELSEWHERE = frozenset({Reason.OTHER, Reason.PATRON_STOPPED})
"""The protocol gives no cause; the server's message may."""
_RETURN_IN_TIME = frozenset({Reason.RESERVED, Reason.NO_MORE_RENEWALS})
"""If renewal is refused, the patron is asked to return the item by its due day, unless that has passed."""


@unique
class Look(StrEnum):
    PLAIN = "plain"
    WAITING = "waiting"
    ASKED = "asked"
    DONE = "done"
    CARE = "care"
    """Outcome unknown, or done earlier."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """Text of one item. `title`, `number` and `said` come from outside and are shown verbatim; the others may contain markup."""

    key: str
    """Unique in its list and stable."""
    look: Look
    title: str
    number: str = ""
    """Grouped; empty if it replaces the title."""
    aside: str = ""
    """At the right end: due date, queue position, or state."""
    why: str = ""
    step: str = ""
    said: str = ""
    result: str = ""
    """The outcome, if `aside` shows something else."""
    renews: str = ""
    """Barcode that its button renews; empty: no button."""
    reserves: str = ""
    """Barcode for which its button confirms that no such hold exists."""
    spoken: str = ""
    """The whole line for screen readers."""
    undone: bool = False
    """See `is_undone`."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Context of the lines."""

    today: date
    sure_of_today: bool = True
    """Whether the clock is trusted: if not, nothing is called overdue."""
    stopped: str = ""
    """Why the patron is blocked, in words; empty if unknown."""


def entry_lines(entries: Iterable[Entry], service: Service, setting: Setting) -> list[Line]:
    """Return the requests of this session for one service, newest first. Beyond MOST lines, done items are dropped before undone ones."""
    asked = [entry for entry in entries if entry.service is service]
    room = max(MOST - sum(map(is_undone, asked)), 0)
    places = [*filter(is_undone, asked)][:MOST], [entry for entry in asked if not is_undone(entry)][:room]
    kept = {id(entry) for part in places for entry in part}
    shown = [entry for entry in asked if id(entry) in kept]
    lines: list[Line] = []
    times: Tally[str] = Tally()
    for entry in reversed(shown):
        times[entry.item.number] += 1
        lines.append(_entry_line(entry, f"{entry.item.number}#{times[entry.item.number]}", setting))
    return lines[::-1]


def loan_lines(dealings: Dealings, setting: Setting) -> list[Line]:
    """Return all loans, each with the outcome of its renewal, preceded by items scanned that are not on the list."""
    answers: dict[str, Entry] = {}
    for entry in dealings.entries:
        if entry.service is Service.RENEWAL:
            answers.setdefault(entry.item.number, entry)
    loans = dealings.loans or ()
    listed = {loan.number for loan in loans}
    lines = [_entry_line(entry, number, setting) for number, entry in answers.items() if number not in listed]
    for place, loan in enumerate(islice(loans, MOST)):
        key = loan.number or f"title {place}"
        lines.append(_loan_line(loan, key, answers.get(loan.number), loan.number in dealings.undescribed, setting))
    return lines[:MOST]


def summary(dealings: Dealings, service: Service) -> str:
    """Return the numbers of items done, not done and unknown in this session; "" before the first request."""
    asked = (*dealings.entries, *dealings.earlier.values())
    entries = [entry for entry in asked if entry.service is service and entry.reason not in NOTHING_WANTED]
    before = sum(map(is_done_before, entries)) if ITEM_SERVICES[service].twice is not None else 0
    of = Tally(Progress.UNKNOWN if in_doubt(entry) else entry.progress for entry in entries)
    instead = Tally(entry.instead for entry in entries if entry.progress is Progress.DONE)
    counts = {
        ServiceText.COUNT_DONE.of(service): instead[None],
        "staff.items.renewed": instead[Instead.RENEWED],
        "staff.items.same-date": instead[Instead.SAME_DATE],
        "staff.items.earlier": instead[Instead.EARLIER],
        ServiceText.COUNT_BEFORE.of(service): before,
        ServiceText.COUNT_REFUSED.of(service): of[Progress.REFUSED] - before,
        "staff.items.unknown": of[Progress.UNKNOWN],
    }
    said = [say(key, count=count) for key, count in counts.items() if count]
    waiting = sum(of[progress] for progress in UNANSWERED)
    return "、".join([*said, say("staff.items.waiting", count=waiting)] if said and waiting else said)


def are_more_than_shown(dealings: Dealings, service: Service) -> bool:
    """Whether this session has more requests than are shown."""
    return sum(entry.service is service for entry in (*dealings.entries, *dealings.earlier.values())) > MOST


def grouped(number: str) -> str:
    """Return digits in groups of four; anything else unchanged."""
    if not number.isdigit():
        return number
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _names(item: Item, reason: Reason | None = None) -> tuple[str, str]:
    """Return title and number; without a title the number replaces it, labelled with what it is."""
    title = " ".join(item.title.split())
    if not title:
        what = f"staff.line.{reason}-number" if reason in _OF_NUMBER else "staff.line.untitled"
        return say(what, number=grouped(item.number)), ""
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…", grouped(item.number)


def _entry_line(entry: Entry, key: str, setting: Setting) -> Line:
    title, number = _names(entry.item, entry.reason)
    if entry.progress in UNANSWERED:
        look = Look.WAITING if entry.progress is Progress.WAITING else Look.ASKED
        aside = say(f"staff.line.{entry.progress}")
        return Line(key, look, title, number, aside, spoken=_spoken(title, aside))
    if entry.progress is Progress.DONE:
        return _done(entry, key, title, number, setting.today)
    line = _not_done(entry, key, title, number, setting.stopped)
    if entry.reason is Reason.ALREADY_LENT and entry.item.due is not None:
        # Staff are to tell the patron the due date.
        spoken = _spoken(title, line.aside, due_spoken(entry.item.due), line.why + line.step) + line.said
        return replace(line, aside=f"{line.aside}\n{due_words(entry.item.due, setting.today)}".strip(), spoken=spoken)
    return line


def _done(entry: Entry, key: str, title: str, number: str, today: date) -> Line:
    service, said = entry.service, _said(entry)
    if not is_loan(service):
        done = say(ServiceText.DONE.of(service))
        place = "" if entry.position is None else say("staff.line.position", position=entry.position)
        return Line(key, Look.DONE, title, number, place or done, said=said, spoken=_spoken(title, done, place) + said)
    due = due_words(entry.item.due, today) or say("staff.line.undated")
    if entry.instead is not None:
        # Something else was done than requested.
        done, why, step = (say(f"staff.line.{entry.instead}{part}") for part in ("", "-why", "-step"))
        spoken = _spoken(title, done, due_spoken(entry.item.due), why + step) + said
        aside, result = (due, done) if service is Service.RENEWAL else (f"{done}\n{due}", "")
        return Line(key, Look.CARE, title, number, aside, why, step, said, result, spoken=spoken)
    if service is Service.RENEWAL and (entry.item.due is None or entry.item.due.day is None):
        # Without a date it is unknown whether the loan was extended.
        done, why, step = say("staff.line.done-renewal"), say("staff.line.undated-why"), say("staff.line.undated-step")
        return Line(key, Look.CARE, title, number, due, why, step, said, done, spoken=_spoken(title, done, why + step) + said)
    done = say(ServiceText.DONE.of(service))
    result = done if service is Service.RENEWAL else ""
    spoken = _spoken(title, done, due_spoken(entry.item.due)) + said
    return Line(key, Look.DONE, title, number, due, said=said, result=result, spoken=spoken)


def _said(entry: Entry) -> str:
    """Return the fee and the server's message, whatever the outcome."""
    fee = say("staff.line.fee", fee=" ".join(entry.fee.split())) if entry.fee.strip() else ""
    said = say("staff.line.said", said=" ".join(entry.said.split())) if entry.said.strip() else ""
    due = due_said(entry.item.due) if is_loan(entry.service) else ""
    return "\n".join(filter(None, (fee, due, said)))


def _not_done(entry: Entry, key: str, title: str, number: str, stopped: str, *, overdue: bool = False) -> Line:
    service = entry.service
    why, step = told(service, ItemAnswer(entry.item, Outcome(entry.progress.value), entry.reason, entry.said, entry.position))
    if entry.reason is Reason.PATRON_STOPPED and stopped and not in_doubt(entry):
        why, step = why + say("staff.line.stopped-why", reasons=stopped), say("staff.line.stopped-step")
    elif (entry.reason or Reason.OTHER) in _WHY_IS_ELSEWHERE and entry.said.strip() and not in_doubt(entry):
        step = say("staff.line.said-step")
    if overdue and entry.reason in _RETURN_IN_TIME:
        step = say("staff.line.overdue-step")
    said = _said(entry)
    if in_doubt(entry):
        look, aside = Look.CARE, say("staff.line.unknown")
    elif entry.reason is Reason.ITEM_UNKNOWN:
        look, aside = Look.REFUSED, say(f"staff.line.{entry.reason}")
    elif entry.reason in DONE_BEFORE or entry.reason in NOTHING_WANTED:
        look, aside = Look.CARE, say(f"staff.line.{entry.reason}")
    elif entry.reason in _OPEN:
        look, aside = Look.REFUSED, say(ServiceText.OPEN.of(service))
    else:
        refused = ServiceText.REFUSED_TO_PATRON if entry.reason in _OF_PATRON else ServiceText.REFUSED
        look, aside = Look.REFUSED, say(refused.of(service))
    spoken = _spoken(title, aside, why + step) + said
    reserves = entry.item.number if entry.reason is Reason.PERHAPS_RESERVED and entry.progress is Progress.REFUSED else ""
    return Line(key, look, title, number, aside, why, step, said, reserves=reserves, spoken=spoken, undone=is_undone(entry))


def _loan_line(loan: Item, key: str, answer: Entry | None, described_later: bool, setting: Setting) -> Line:
    if answer is not None and (answer.progress is Progress.DONE or answer.progress in UNANSWERED):
        return _entry_line(answer, key, setting)
    title, number = _names(loan)
    due, overdue = due_words(loan.due, setting.today) or say("staff.line.no-due"), ""
    if setting.sure_of_today and is_overdue(loan.due, setting.today):
        overdue = say("staff.line.overdue")
        due = f"{due}\n{overdue}"
    if answer is not None:
        line = _not_done(answer, key, title, number, setting.stopped, overdue=bool(overdue))
        # No retry of a renewal that may have succeeded: staff check in the library system first.
        again = loan.number if answer.progress is Progress.REFUSED else ""
        spoken = "、".join(filter(None, (line.spoken, plain(overdue))))
        return replace(line, aside=due, result=line.aside, renews=again, spoken=spoken)
    sent = due_said(loan.due)
    if described_later:
        aside = say("staff.line.describing")
        return Line(key, Look.PLAIN, title, number, aside, renews=loan.number, spoken=_spoken(title, aside))
    spoken = _spoken(title, due_spoken(loan.due), overdue, sent)
    return Line(key, Look.CARE if overdue else Look.PLAIN, title, number, due, said=sent, renews=loan.number, spoken=spoken)


def _spoken(title: str, *sentences: str) -> str:
    return "、".join([title, *(plain(sentence) for sentence in sentences if sentence)])
