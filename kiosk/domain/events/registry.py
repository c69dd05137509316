"""What the library's register of links says, and that staff have read it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from kiosk.domain.events.about import Acting, By, GoesOn, Said, SignOfLife, Told
from kiosk.domain.fieldless import Fieldless
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import RefusedOperation, RegistryCondition

if TYPE_CHECKING:
    from uuid import UUID

    from kiosk.domain.operations import UnsentUnlinking


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


@dataclass(frozen=True, slots=True)
class LedgerLoading:
    """Links of the library's ledger are arriving, for the first time or anew: `loaded` of about `total`. Equal once all are here."""

    about: ClassVar = Told(SignOfLife.NEVER)
    loaded: int
    total: int


@dataclass(frozen=True, slots=True)
class RegistryClockRead:
    """What the register's clock showed. `ahead`: whole seconds by which it is ahead of this computer's; 0 where they agree."""

    about: ClassVar = Told(SignOfLife.NEVER)
    ahead: int


class CounterRetiring(Fieldless):
    """The register has said that this counter is to deliver what it holds, and then to leave."""

    __slots__ = ()
    about: ClassVar = Told(SignOfLife.NEVER)


@dataclass(frozen=True, slots=True)
class LedgerDiffered:
    """The links here were not the register's, and are being fetched anew. `at`: when that was found; aware."""

    about: ClassVar = Told(SignOfLife.NEVER)
    at: datetime


class DifferenceSeen(Fieldless):
    """Staff have read that the links here were not the register's."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class UnsentUnlinkingsFound:
    """The unlinkings that so far stop cards at this counter alone, oldest first."""

    about: ClassVar = Told(SignOfLife.NEVER)
    unlinkings: tuple[UnsentUnlinking, ...]


class CounterRevoked(Fieldless):
    """The register has revoked this counter by name: the program ends, and its store and keys are erased."""

    __slots__ = ()
    about: ClassVar = Told(SignOfLife.NEVER)


class RestartNeeded(Fieldless):
    """The counter was enrolled, or given another server, beside this program, which goes on with what it began with."""

    __slots__ = ()
    about: ClassVar = Told(SignOfLife.NEVER)


MembershipEvent = CounterRetiring | CounterRevoked | RestartNeeded
LedgerEvent = LedgerLoading | LedgerDiffered
RegistryNews = RegistryChanged | OperationAccepted | OperationRefused | LedgerEvent | RegistryClockRead | MembershipEvent
"""What the register, or the thread that speaks with it, tells."""
RegistryEvent = RegistryNews | UnsentUnlinkingsFound | RefusalSeen | DifferenceSeen
