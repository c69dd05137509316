"""What is known of an item after another attempt. An attempt that yields no information overwrites nothing."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.circulation import DONE_BEFORE, ItemAnswer, Outcome, Reason
from kiosk.domain.states import Entry, Progress

NOTHING_ASKED = frozenset({Reason.NOT_REACHED, Reason.NOT_SUPPORTED, Reason.HELD_BACK, Reason.PERHAPS_RESERVED, Reason.LENT_NOW})
"""The library system was not asked, so it has told nothing about the item."""
NOTHING_WANTED = frozenset({Reason.LIBRARY_CARD, Reason.NEXT_CARD, Reason.LENT_NOW})
"""Nobody expects these to have been done."""
_SETTLES = frozenset(
    {
        *(Reason.ITEM_UNKNOWN, Reason.NOT_FOR_LOAN, Reason.MISSING, Reason.LIBRARY_CARD, Reason.NEXT_CARD),
        Reason.NOT_ON_LOAN,
        *DONE_BEFORE,
    }
)
"""Reasons that settle a doubt: a server cannot give them if the earlier request succeeded, or gives them only because it did."""


_AS_OF_NOW = frozenset({Reason.NOT_THERE_YET, Reason.NOT_SEEN_YET, Reason.LOST_ANSWER})
"""Not found as of now; may still appear."""


def is_done_before(entry: Entry) -> bool:
    """Whether the library system has reported that this patron already has it."""
    return entry.progress is Progress.REFUSED and entry.reason in DONE_BEFORE


def in_doubt(entry: Entry) -> bool:
    """Whether the result of the request is uncertain."""
    return entry.progress is Progress.UNKNOWN or (entry.progress is Progress.REFUSED and entry.reason in _AS_OF_NOW)


def is_undone(entry: Entry) -> bool:
    """Whether staff may believe it was done although it was not, or its result is unknown."""
    return entry.progress in (Progress.REFUSED, Progress.UNKNOWN) and not is_done_before(entry) and entry.reason not in NOTHING_WANTED


def after_attempt(before: Entry | None, attempt: Entry) -> Entry:
    """The line of an item requested again, or not requestable, given what was known `before`.

    While a doubt is unsettled, a refusal does not count: an item already lent is refused too.
    """
    if before is None or attempt.progress is not Progress.REFUSED:
        return attempt
    if is_done_before(before) and attempt.reason in NOTHING_ASKED:
        return before
    if not in_doubt(before):
        return attempt
    if attempt.reason in _AS_OF_NOW or attempt.reason in _SETTLES:
        return attempt
    if attempt.reason in NOTHING_ASKED and before.progress is Progress.REFUSED:
        return replace(before, known=None)
    item = attempt.item if attempt.item.title else replace(attempt.item, title=before.item.title, due=attempt.item.due or before.item.due)
    return replace(attempt, item=item, progress=Progress.UNKNOWN)


def after_look(before: Entry, answer: ItemAnswer) -> Entry:
    """The line of an item in doubt after a read-only look-up; `before` itself if it brought nothing new."""
    item = replace(answer.item, number=before.item.number, title=answer.item.title or before.item.title)
    if answer.outcome is Outcome.DONE:
        return Entry(before.service, item, Progress.DONE, None, answer.said, answer.position, answer.instead, answer.fee)
    if answer.outcome is Outcome.REFUSED and before.progress is Progress.UNKNOWN:
        return replace(before, progress=Progress.REFUSED, reason=answer.reason)
    return before
