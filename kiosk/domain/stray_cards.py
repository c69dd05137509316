"""Cards that nobody placed: a staff card or a SIM permanently in a second reader.

Such a card is tried once, silently, since it may be a patron's after all; if it is not accepted, staff are told once and the patron never.
A card that was placed, refused and left behind despite every notice is ignored in the same way.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.effects import ReleaseCard
from kiosk.domain.model import Insertion
from kiosk.domain.states import Counter, Problem, Stray
from kiosk.domain.transition import Step, is_reader_free, left_lying, without_card_left


def found(counter: Counter, insertion: Insertion, *, try_it: bool) -> Counter:
    """Register a card found on a reader. Unless tried now, it is ignored until removed."""
    spent = counter.spent if try_it else counter.spent | {insertion}
    return replace(counter, strays=counter.strays | {insertion}, spent=spent)


def brought(counter: Counter, insertion: Insertion) -> Counter:
    """Somebody placed a card on this reader: staff are told again about the next stray card there."""
    return replace(counter, strays_told=counter.strays_told - {insertion.reader})


def accepted(counter: Counter, insertion: Insertion) -> Counter:
    """The card is a patron's after all."""
    spent = counter.spent - {insertion} if insertion in counter.strays else counter.spent
    return replace(counter, strays=counter.strays - {insertion}, refused=_without(counter, insertion), spent=spent)


def refused(counter: Counter, insertion: Insertion, problem: Problem) -> Counter:
    """A card was refused; it may be left behind."""
    if insertion not in counter.cards:
        return counter
    return replace(counter, refused=(*_without(counter, insertion), Stray(insertion, problem)))


def let_be(counter: Counter, insertion: Insertion, problem: Problem | None = None) -> Step:
    """End the silent reading. With a problem, staff are told about the card, once per reader."""
    counter = replace(counter, spent=counter.spent | ({insertion} & set(counter.cards)))
    if problem is not None and insertion in counter.cards:
        counter = _told(counter, Stray(insertion, problem))
    return counter, (ReleaseCard(insertion),)


def leave_lying(counter: Counter) -> Counter:
    """Treat refused cards that nobody has taken as stray if a reader is still free; the others remain cards left behind."""
    if not is_reader_free(counter, frozenset(counter.cards)):
        return counter
    for stray in counter.refused:
        if stray.insertion in left_lying(counter):
            counter = _told(replace(counter, strays=counter.strays | {stray.insertion}), stray)
    return counter if left_lying(counter) else without_card_left(counter)


def lifted(counter: Counter, insertion: Insertion) -> Counter:
    notice = counter.stray_notice
    return replace(
        counter,
        strays=counter.strays - {insertion},
        refused=_without(counter, insertion),
        stray_notice=None if notice is not None and notice.insertion == insertion else notice,
    )


def _told(counter: Counter, stray: Stray) -> Counter:
    reader = stray.insertion.reader
    if reader in counter.strays_told:
        return counter
    return replace(counter, stray_notice=stray, strays_told=counter.strays_told | {reader})


def _without(counter: Counter, insertion: Insertion) -> tuple[Stray, ...]:
    return tuple(stray for stray in counter.refused if stray.insertion != insertion)
