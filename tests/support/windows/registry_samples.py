"""Sample counters of a library with a register of links: what the staff window shows of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from kiosk.domain.errors import Code
from kiosk.domain.health import Finding
from kiosk.domain.model import OperationKind, RefusedOperation, RegistryCondition, UnlinkReason
from kiosk.domain.operations import UnsentUnlinking
from kiosk.domain.states import (
    AlreadyLinked,
    ConfirmingStop,
    ConfirmingUnlink,
    Counter,
    CounterFacts,
    Draft,
    Registered,
    RegistrationRefused,
    Section,
    Unlinked,
    UnlinkingRefused,
    Waiting,
)
from tests.support.windows.patron_samples import (
    DRAFT,
    FACTS,
    LINK,
    NUMBER,
    OPERATION,
    SEEN_AT,
    Params,
    counter,
    found,
    problem,
)

COUNTED: Params = {"links": 12840, "pending": 3, "registered": 137, "used": 5120}
BUSY = found(FACTS, Finding("store.fine", COUNTED, SEEN_AT))
"""A counter in daily use, with three operations to be sent."""
Scene = tuple[Counter, CounterFacts]
LONG_AGO = SEEN_AT - timedelta(days=2)
NOT_CURRENT = {
    RegistryCondition.STARTING: None,
    RegistryCondition.UNREACHABLE: SEEN_AT,
    RegistryCondition.OUTDATED: SEEN_AT,
    RegistryCondition.TOO_LONG_OFFLINE: LONG_AGO,
    RegistryCondition.SHUT_OUT: SEEN_AT,
}
STOPPING = (Code.REGISTRY_TOO_LONG_OFFLINE, Code.REGISTRY_SHUT_OUT)
UNSENT = (UnsentUnlinking(NUMBER.masked, SEEN_AT), UnsentUnlinking("2104 ＊＊＊＊ 61", SEEN_AT))
"""Two of the three operations that are to be sent."""
SENT = found(FACTS, Finding("store.fine", COUNTED | {"pending": 0}, SEEN_AT))
NEW = found(FACTS, Finding("store.fine", COUNTED | {"links": 0, "pending": 0}, SEEN_AT))
"""A counter just enrolled."""
REFUSED = {
    OperationKind.LINK: (
        Code.LINKED_ELSEWHERE,
        Code.NUMBER_LINKED_ELSEWHERE,
        Code.STOPPED_SINCE,
        Code.OPERATION_REUSED,
        Code.COUNTER_DOUBLED,
        Code.MADE_TOO_LONG_AGO,
    ),
    OperationKind.REPLACE: (Code.PREMISES_CHANGED, Code.SITE_KEY_CHANGED),
    OperationKind.UNLINK: (Code.OPERATION_NEWER, Code.OPERATION_UNREADABLE),
}
"""What an operation of each kind may be refused for."""


def refused_operations() -> tuple[RefusedOperation, ...]:
    each = [(kind, code) for kind, codes in REFUSED.items() for code in codes]
    return tuple(RefusedOperation(UUID(int=place), kind, code, NUMBER.masked, SEEN_AT) for place, (kind, code) in enumerate(each, 1))


def _around_home() -> dict[str, Scene]:
    """What the home screen and 状況 say of the register, whatever staff are doing."""
    conditions: dict[str, tuple[dict[str, object], CounterFacts]] = {
        "unsent": ({"registry": RegistryCondition.CURRENT, "unsent_unlinkings": UNSENT[:1]}, BUSY),
        "unsent-starting": ({"registry": RegistryCondition.STARTING, "unsent_unlinkings": UNSENT}, BUSY),
        "unsent-unreachable": (
            {"registry": RegistryCondition.UNREACHABLE, "registry_since": SEEN_AT, "unsent_unlinkings": UNSENT},
            BUSY,
        ),
        "unsent-too-long": (
            {"registry": RegistryCondition.TOO_LONG_OFFLINE, "registry_since": LONG_AGO, "unsent_unlinkings": UNSENT},
            BUSY,
        ),
        "unsent-shut-out": (
            {"registry": RegistryCondition.SHUT_OUT, "registry_since": SEEN_AT, "unsent_unlinkings": UNSENT},
            BUSY,
        ),
        "loading": ({"registry": RegistryCondition.STARTING, "registry_loading": (4000, 12840)}, NEW),
        "loading-cut": (
            {"registry": RegistryCondition.UNREACHABLE, "registry_since": SEEN_AT, "registry_loading": (4000, 12840)},
            NEW,
        ),
        "loading-anew": ({"registry": RegistryCondition.CURRENT, "registry_loading": (4000, 12840)}, SENT),
        "retiring": ({"registry": RegistryCondition.CURRENT, "registry_retiring": True}, BUSY),
        "left": ({"registry": RegistryCondition.SHUT_OUT, "registry_since": SEEN_AT, "registry_retiring": True}, SENT),
        "left-with-operations": ({"registry": RegistryCondition.SHUT_OUT, "registry_retiring": True}, BUSY),
        "restart": ({"restart_needed": True}, FACTS),
        "clock-ahead": ({"registry": RegistryCondition.CURRENT, "registry_clock": -330}, FACTS),
        "clock-behind": ({"registry": RegistryCondition.CURRENT, "registry_clock": 90_000}, FACTS),
        "differed": ({"registry": RegistryCondition.CURRENT, "registry_differed": SEEN_AT}, FACTS),
    }
    shown = {f"home-{name}": (counter(Waiting(), **around), facts) for name, (around, facts) in conditions.items()}
    return shown | {
        f"status-{name}": (counter(Waiting(), beside=Section.STATUS, **around), facts) for name, (around, facts) in conditions.items()
    }


def registry_scenes() -> dict[str, Scene]:
    """By name. Those of the patron's window are among `patron_samples`."""
    current = {"registry": RegistryCondition.CURRENT}
    shown = {
        "status-registry-current": (counter(Waiting(), beside=Section.STATUS, **current), FACTS),
        "registered-pending": (counter(Registered(DRAFT, OPERATION, pending=True, replaced=False), **current), BUSY),
        "registered-pending-replaced": (counter(Registered(DRAFT, OPERATION, pending=True, replaced=True), **current), BUSY),
        "already-pending": (counter(AlreadyLinked(DRAFT, replace(LINK, pending=True)), **current), BUSY),
        "unlink-stop": (counter(ConfirmingStop(UnlinkReason.LOST, NUMBER, True), **current), FACTS),
        "unlinked-everywhere": (counter(Unlinked(UnlinkReason.WISH, NUMBER, OPERATION, pending=False), **current), FACTS),
        "unlinked-stopped": (
            counter(Unlinked(UnlinkReason.LOST, NUMBER, OPERATION, pending=False, card_stopped=True, link_known=False), **current),
            FACTS,
        ),
        "unlinked-stop-pending": (
            counter(Unlinked(UnlinkReason.LOST, NUMBER, OPERATION, pending=True, card_stopped=True, link_known=False), **current),
            FACTS,
        ),
    }
    for condition, since in NOT_CURRENT.items():
        around: dict[str, object] = {"registry": condition, "registry_since": since}
        name = "registry-starting" if condition is RegistryCondition.STARTING else condition.value
        shown |= {
            f"waiting-{name}": (counter(Waiting(), **around), BUSY),
            f"status-{name}": (counter(Waiting(), beside=Section.STATUS, **around), BUSY),
            f"unlink-confirm-{name}": (counter(ConfirmingUnlink(UnlinkReason.LOST, LINK, True), **around), FACTS),
            f"unlink-stop-{name}": (counter(ConfirmingStop(UnlinkReason.LOST, NUMBER, True), **around), FACTS),
            f"unlinked-{name}": (
                counter(Unlinked(UnlinkReason.LOST, NUMBER, OPERATION, pending=True, card_stopped=False), **around),
                FACTS,
            ),
        }
    for code in STOPPING:
        around = {"registry": RegistryCondition(code.value), "registry_since": LONG_AGO}
        shown[f"registration-refused-{code}"] = counter(RegistrationRefused(Draft(), problem(code)), **around), FACTS
    for told in refused_operations():
        undone = problem(told.code)
        if told.kind is OperationKind.UNLINK:
            page: UnlinkingRefused | RegistrationRefused = UnlinkingRefused(
                replace(undone, entered=NUMBER.text), UnlinkReason.LOST, True, OPERATION
            )
        else:
            page = RegistrationRefused(DRAFT, undone, OPERATION)
        shown[f"undone-{told.code}"] = counter(page, refused_operations=(replace(told, operation=OPERATION),), **current), FACTS
        shown[f"told-at-home-{told.code}"] = counter(Waiting(), refused_operations=(told,), **current), FACTS
    shown |= _around_home()
    shown["told-at-home-several"] = counter(Waiting(), refused_operations=refused_operations(), **current), FACTS
    return shown
