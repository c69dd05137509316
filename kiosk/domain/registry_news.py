"""What the register says: whether it can be reached, and what has become of this counter's own operations.

An answer is told on the page that waits for it. Without such a page a refusal is told to staff when they are free.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.domain.answered_acts import done, told_on_its_page
from kiosk.domain.effects import ForgetRefusal, LookAtStore, Play
from kiosk.domain.events import (
    CounterRetiring,
    CounterRevoked,
    DifferenceSeen,
    Event,
    LeavePressed,
    LedgerDiffered,
    LedgerLoading,
    OperationAccepted,
    OperationRefused,
    RefusalSeen,
    RegistryChanged,
    RegistryClockRead,
    RegistryEvent,
    RestartNeeded,
    UnsentUnlinkingsFound,
)
from kiosk.domain.events.about import By
from kiosk.domain.model import EndedBy, OperationKind, RefusedOperation, RegistryCondition, Sound
from kiosk.domain.states import (
    ClosingLink,
    Counter,
    Flow,
    Registered,
    RegistrationRefused,
    SavingLink,
    Unlinked,
    UnlinkingRefused,
)
from kiosk.domain.transition import Step, go, stay, then

if TYPE_CHECKING:
    from uuid import UUID


def heard(counter: Counter, event: RegistryEvent) -> Step:
    match event:
        case RegistryChanged(condition, since):
            return replace(counter, registry=condition, registry_since=since), ()
        case OperationAccepted(operation):
            return then(_accepted(counter, operation), _counted_anew)
        case OperationRefused(refused):
            return then(_refused(counter, refused), _counted_anew)
        case LedgerLoading(loaded, total):
            return replace(counter, registry_loading=(loaded, total) if loaded < total else None), ()
        case RegistryClockRead(ahead):
            return replace(counter, registry_clock=ahead), ()
        case CounterRetiring():
            return replace(counter, registry_retiring=True), ()
        case CounterRevoked():
            return replace(counter, registry=RegistryCondition.SHUT_OUT), ()
        case RestartNeeded():
            return replace(counter, restart_needed=True), ()
        case LedgerDiffered(at):
            return replace(counter, registry_differed=at), ()
        case DifferenceSeen():
            return replace(counter, registry_differed=None), ()
        case UnsentUnlinkingsFound(unlinkings):
            return replace(counter, unsent_unlinkings=unlinkings), ()
        case RefusalSeen(operation):  # pragma: no branch
            is_told = any(told.operation == operation for told in counter.refused_operations)
            return _seen(counter, operation) if is_told else stay(counter)


def refusals_to_tell(counter: Counter) -> tuple[RefusedOperation, ...]:
    """What staff have not seen yet: first cards that could not be unlinked, since they still work; otherwise the oldest first."""
    return tuple(sorted(counter.refused_operations, key=lambda told: told.kind is not OperationKind.UNLINK))


def _counted_anew(counter: Counter) -> Step:
    """Count what still waits, whichever page is open."""
    return counter, (LookAtStore(),)


def _accepted(counter: Counter, operation: UUID) -> Step:
    """A page that said "pending" says "done"."""
    flow = counter.flow
    if isinstance(flow, SavingLink | ClosingLink) and flow.operation == operation:
        if flow.timer:
            return done(counter, flow, pending=False)
        # Faster than our own store's word that it is saved.
        return replace(counter, flow=replace(flow, accepted=True)), ()
    if not isinstance(flow, Registered | Unlinked) or flow.operation != operation or not flow.pending:
        return stay(counter)
    return go(counter, replace(flow, pending=False), Play(Sound.DONE))


def _refused(counter: Counter, told: RefusedOperation) -> Step:
    """The page that waits for it says why; staff are told until they have seen it, since that page may close by itself."""
    if any(known.operation == told.operation for known in counter.refused_operations):
        return stay(counter)
    return told_on_its_page(replace(counter, refused_operations=(*counter.refused_operations, told)))


def _seen(counter: Counter, operation: UUID) -> Step:
    left = tuple(told for told in counter.refused_operations if told.operation != operation)
    return replace(counter, refused_operations=left), (ForgetRefusal(operation),)


def seen_on_its_page(before: Counter, after: Counter, event: Event) -> Step:
    """Staff who leave the page of a refused operation have seen it; a patron, the next card or a timeout has not."""
    operation = _told_by(before.flow)
    if operation is None or operation == _told_by(after.flow) or not _is_said_by_staff(event):
        return stay(after)
    return _seen(after, operation)


def _told_by(flow: Flow) -> UUID | None:
    return flow.operation if isinstance(flow, RegistrationRefused | UnlinkingRefused) else None


def _is_said_by_staff(event: Event) -> bool:
    if isinstance(event, LeavePressed):
        return event.by is EndedBy.STAFF
    return event.about.by is By.STAFF
