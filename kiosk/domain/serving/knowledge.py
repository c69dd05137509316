"""What is known of an item after one more attempt: an attempt that tells nothing overwrites nothing."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.circulation import DONE_BEFORE, ItemAnswer, Outcome, Reason
from kiosk.domain.states import Entry, Progress

NOTHING_ASKED = frozenset({Reason.NOT_REACHED, Reason.NOT_SUPPORTED, Reason.HELD_BACK, Reason.PERHAPS_RESERVED, Reason.LENT_NOW})
"""The library's system was not asked, and has said nothing of the item."""
NOTHING_WANTED = frozenset({Reason.LIBRARY_CARD, Reason.NEXT_CARD, Reason.LENT_NOW})
"""Nobody misses that it was not done."""
_SETTLES = frozenset(
    {
        *(Reason.ITEM_UNKNOWN, Reason.NOT_FOR_LOAN, Reason.MISSING, Reason.LIBRARY_CARD, Reason.NEXT_CARD),
        Reason.NOT_ON_LOAN,
        *DONE_BEFORE,
    }
)
"""What a server cannot say because it has carried out the same request before, or says just because it has."""


_AS_OF_NOW = frozenset({Reason.NOT_THERE_YET, Reason.NOT_SEEN_YET, Reason.LOST_ANSWER})
"""It was not there when it was looked for, and may come yet."""


def is_done_before(entry: Entry) -> bool:
    """Whether the library's system has said that this patron has it already."""
    return entry.progress is Progress.REFUSED and entry.reason in DONE_BEFORE


def in_doubt(entry: Entry) -> bool:
    """Whether something was asked for of which it is not certain what became of it."""
    return entry.progress is Progress.UNKNOWN or (entry.progress is Progress.REFUSED and entry.reason in _AS_OF_NOW)


def is_undone(entry: Entry) -> bool:
    """Whether staff may believe of an item that it was done, and it was not, or nobody knows."""
    return entry.progress in (Progress.REFUSED, Progress.UNKNOWN) and not is_done_before(entry) and entry.reason not in NOTHING_WANTED


def after_attempt(before: Entry | None, attempt: Entry) -> Entry:
    """The line of an item that was asked for again, or could not be, when `before` was known of it.

    As long as a doubt is not settled nothing is said to be refused: what is lent already is refused as well.
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
    """The line of an item in doubt after one more look, which asks for nothing: `before` itself where it shows nothing new."""
    item = replace(answer.item, number=before.item.number, title=answer.item.title or before.item.title)
    if answer.outcome is Outcome.DONE:
        return Entry(before.service, item, Progress.DONE, None, answer.said, answer.position, answer.instead, answer.fee)
    if answer.outcome is Outcome.REFUSED and before.progress is Progress.UNKNOWN:
        return replace(before, progress=Progress.REFUSED, reason=answer.reason)
    return before
