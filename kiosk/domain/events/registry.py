"""What the library's register of links says, and that staff have read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from kiosk.domain.events.about import Acting, By, GoesOn, Said, SignOfLife, Told
from kiosk.domain.model import RefusedOperation, RegistryCondition


@dataclass(frozen=True, slots=True)
class RegistryChanged:
    """The connection to the register changed."""

    about: ClassVar = Told(SignOfLife.NEVER)
    condition: RegistryCondition
    since: datetime | None = None
    """When the register last answered, or shut this counter out; aware, None if not known."""


@dataclass(frozen=True, slots=True)
class OperationAccepted:
    """The register has confirmed an operation of this counter."""

    about: ClassVar = Told(SignOfLife.BY_FLOW)
    operation: UUID


@dataclass(frozen=True, slots=True)
class OperationRefused:
    """The register has refused an operation of this counter for good. Posted again after each start until staff have seen it."""

    about: ClassVar = Told(SignOfLife.BY_FLOW)
    refused: RefusedOperation


@dataclass(frozen=True, slots=True)
class RefusalSeen:
    """Staff have read the notice about this refused operation."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    operation: UUID


RegistryEvent = RegistryChanged | OperationAccepted | OperationRefused | RefusalSeen
