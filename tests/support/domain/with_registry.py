"""A scripted counter in a library with a register of links."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from kiosk.domain.errors import Code
from kiosk.domain.events import (
    LibraryCardEntered,
    OperationRefused,
    RegistryChanged,
    TimeUp,
    UnlinkConfirmed,
    UnlinkingChosen,
    UnlinkReasonChosen,
)
from kiosk.domain.model import OperationKind, RefusedOperation, RegistryCondition, UnlinkReason
from kiosk.domain.states import (
    ClosingLink,
    CounterRules,
    Registered,
    SavingLink,
    Unlinked,
    When,
)
from tests.support.domain.scripted_counter import NUMBER, Card, ScriptedCounter, link

AT = datetime(2026, 11, 23, 5, 32, tzinfo=UTC)
SERVES = CounterRules(confirm_holder=When.NEVER)


def with_registry(
    condition: RegistryCondition = RegistryCondition.CURRENT, rules: CounterRules = SERVES, *, linked: tuple[Card, ...] = ()
) -> ScriptedCounter:
    desk = ScriptedCounter(rules, links=[link(card) for card in linked], pending=True)
    return desk.tell(RegistryChanged(condition, AT))


def registered(desk: ScriptedCounter) -> UUID:
    desk.to_pad(Card())
    desk.press_pin()
    no_answer_in_time(desk)
    return desk.at(Registered).operation


def unlinked(desk: ScriptedCounter) -> UUID:
    desk.tell(UnlinkingChosen(), UnlinkReasonChosen(UnlinkReason.WISH), LibraryCardEntered(NUMBER.text), UnlinkConfirmed())
    no_answer_in_time(desk)
    return desk.at(Unlinked).operation


def no_answer_in_time(desk: ScriptedCounter) -> None:
    """The wait for the register's answer ends, if it has begun."""
    if isinstance(desk.flow, SavingLink | ClosingLink) and desk.flow.timer:
        desk.tell(TimeUp(desk.flow.timer))


def refused(operation: UUID, code: Code = Code.LINKED_ELSEWHERE) -> OperationRefused:
    return OperationRefused(RefusedOperation(operation, OperationKind.LINK, code, NUMBER.masked, AT))


def told(desk: ScriptedCounter) -> list[UUID]:
    return [each.operation for each in desk.counter.refused_operations]
