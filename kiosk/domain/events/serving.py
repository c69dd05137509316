"""What staff did for the patron being served."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from kiosk.domain.events.about import (
    CHANGED_AGAIN,
    CHARACTERS,
    Acting,
    By,
    GoesOn,
    Said,
)
from kiosk.domain.fieldless import Fieldless
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import AnyService
from kiosk.domain.slip import SlipKind


@dataclass(frozen=True, slots=True)
class ServiceChosen:
    """Staff opened a service for the patron."""

    about: ClassVar = Said(By.STAFF, Acting.WITH_HANDOVER, GoesOn.ITEMS)
    service: AnyService


@dataclass(frozen=True, slots=True)
class ItemEntered:
    """An item's barcode for the open service, scanned or typed, unmodified."""

    about: ClassVar = Said(By.STAFF, CHARACTERS, GoesOn.ITEMS)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ItemTyped:
    """A number stands in an item's field that has not been entered, or does so no longer."""

    about: ClassVar = Said(By.STAFF, CHARACTERS, GoesOn.NO)
    standing: bool


class NextPatronCalled(Fieldless):
    """The card scanned among the items is the next patron's: end this session and serve them."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.ITEMS)


class NextPatronDenied(Fieldless):
    """It is not: continue serving the current patron."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.ITEMS)


@dataclass(frozen=True, slots=True)
class RenewalChosen:
    """Renew this item, or everything on loan if None."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.ITEMS)
    item: str | None = None


@dataclass(frozen=True, slots=True)
class HoldConfirmed:
    """Staff have checked that this patron has no hold on this item: place it."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.ITEMS)
    item: str


class HandoverAsked(Fieldless):
    """Type the number into the other window (again)."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.WORK)


@dataclass(frozen=True, slots=True)
class SlipChosen:
    """What to print when this patron's session ends."""

    about: ClassVar = Said(By.STAFF, CHANGED_AGAIN, GoesOn.WORK)
    kind: SlipKind


ServingEvent = (
    ServiceChosen
    | ItemEntered
    | ItemTyped
    | NextPatronCalled
    | NextPatronDenied
    | RenewalChosen
    | HoldConfirmed
    | HandoverAsked
    | SlipChosen
)
