"""Random news from the library's register of links, any at all or such as concern what the counter shows; and the rules they keep to."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from kiosk.domain.effects import CloseLink, Effect, FindLinks, ForgetRefusal, SaveLink
from kiosk.domain.errors import Code
from kiosk.domain.events import (
    CounterRetiring,
    CounterRevoked,
    DifferenceSeen,
    Event,
    LedgerDiffered,
    LedgerLoading,
    OperationAccepted,
    OperationRefused,
    RefusalSeen,
    RegistryAnswered,
    RegistryChanged,
    RegistryClockRead,
    RestartNeeded,
    TimeUp,
    UnsentUnlinkingsFound,
)
from kiosk.domain.events.about import By
from kiosk.domain.model import EndedBy, Link, LinkToken, OperationKind, RefusedOperation, RegistryCondition, Ticket
from kiosk.domain.operations import UnsentUnlinking
from kiosk.domain.states import ClosingLink, Counter, FindingLink, Flow, SavingLink

OPERATIONS = tuple(UUID(int=number) for number in (1, 2, 3))
AT = datetime(2026, 11, 23, 5, 32, tzinfo=UTC)


def registry_news(draw: random.Random, counter: Counter) -> Event:
    """Mostly about the operation that the page is about, if it is about one."""
    operation = getattr(counter.flow, "operation", None)
    if operation is None or draw.random() < 0.2:
        operation = draw.choice(OPERATIONS)
    conditions = [RegistryCondition.CURRENT] * 4 + list(RegistryCondition)
    refused = RefusedOperation(operation, draw.choice(list(OperationKind)), draw.choice(list(Code)), "2104 ＊＊＊＊ 53", AT)
    changed = RegistryChanged(draw.choice(conditions), draw.choice([None, AT]))
    news: list[Event] = [changed, OperationAccepted(operation), OperationRefused(refused), RefusalSeen(operation)] * 3
    beside: list[Event] = [
        LedgerLoading(draw.randrange(3), 2),
        RegistryClockRead(draw.randrange(-90, 90)),
        CounterRetiring(),
        CounterRevoked(),
        RestartNeeded(),
        LedgerDiffered(AT),
        DifferenceSeen(),
        UnsentUnlinkingsFound(draw.choice([(), (UnsentUnlinking("2104 ＊＊＊＊ 53", AT),)])),
    ]
    return draw.choice(news + beside)


def registry_said(draw: random.Random, ticket: Ticket, link: Link) -> Event:
    """An arbitrary answer to the question for one card."""
    return RegistryAnswered(ticket, draw.choice([None, link]), draw.random() < 0.7)


def registry_awaited(draw: random.Random, flow: Flow, link: Callable[[LinkToken], Link]) -> Event | None:
    """The answer that a state waits for from the register, or the end of its wait."""
    match flow:
        case FindingLink(ticket, reading=reading, elsewhere=True):
            return registry_said(draw, ticket, link(reading.token))
        case SavingLink(timer=timer) | ClosingLink(timer=timer) if timer:
            return TimeUp(timer)
    return None


def registry_back(counter: Counter) -> list[Event]:
    """The register is there again, if it stops cards."""
    return [RegistryChanged(RegistryCondition.CURRENT)] if counter.registry.stops_cards else []


def hold_rules_of_registry(before: Counter, event: Event, after: Counter, effects: tuple[Effect, ...]) -> None:
    """What the register stops stays stopped, acts are named by the UUID of their step, and only staff make a refusal be forgotten."""
    acts = [effect for effect in effects if isinstance(effect, SaveLink | CloseLink)]
    assert {act.operation for act in acts} <= {before.next_operation}, event
    if before.registry.stops_cards:
        assert not any(isinstance(act, SaveLink) for act in acts), event
        assert not any(isinstance(effect, FindLinks) and effect.tokens for effect in effects), event
    kept = {told.operation for told in after.refused_operations}
    gone = {told.operation for told in before.refused_operations} - kept
    assert gone <= {effect.operation for effect in effects if isinstance(effect, ForgetRefusal)}, event
    assert not gone or (event.about.by is not By.NOBODY and getattr(event, "by", EndedBy.STAFF) is EndedBy.STAFF), event
