"""番号を入れる欄: what staff do on that page, and the answers."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from kiosk.domain.errors import Code
from kiosk.domain.events.about import ENDS_NOTHING, LIES_OVER, Acting, Answering, By, GoesOn, Said
from kiosk.domain.events.answer import Answer
from kiosk.domain.field_effects import ForgetTarget, KeepTarget, ReadTargets, TeachField, TryTarget
from kiosk.domain.field_targets import FieldTarget, SeenField, TaughtField, WayIn
from kiosk.domain.fieldless import Fieldless
from kiosk.domain.lazy_dataclass import dataclass


class FieldsChosen(Fieldless):
    """Open the page, from 状況. Closed while a patron is being served."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, LIES_OVER, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class TeachPressed:
    """Teach a field: a trial number will be typed into what somebody clicks into. `unchecked`: only the window, and nothing is typed."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    way: WayIn = WayIn.KEYS
    unchecked: bool = False


class TeachingStopped(Fieldless):
    """Do not wait for a click any longer, or do not keep what was taught."""

    __slots__ = ()
    about: ClassVar = Said(By.STAFF, ENDS_NOTHING, GoesOn.NO)


@dataclass(frozen=True, slots=True)
class TargetKept:
    """Write what was taught into the configuration."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    name: str
    title: str = field(repr=False)
    services: tuple[str, ...] = ()
    suffix: str = "none"


@dataclass(frozen=True, slots=True)
class TargetTryPressed:
    """Type a trial number as for a patron."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    name: str


@dataclass(frozen=True, slots=True)
class TargetForgotten:
    """Remove a target from the configuration, after the page has asked."""

    about: ClassVar = Said(By.STAFF, Acting.ALWAYS, GoesOn.NO)
    name: str


@dataclass(frozen=True, slots=True)
class TargetsRead(Answer):
    """The targets of the configuration, as they are now; of a trial, once the target is not among them."""

    about: ClassVar = Answering((ReadTargets, KeepTarget, TryTarget, ForgetTarget))
    targets: tuple[FieldTarget, ...]


@dataclass(frozen=True, slots=True)
class FieldSeen(Answer):
    """Something else has the focus now. The question stays open."""

    about: ClassVar = Answering((TeachField,))
    seen: SeenField


@dataclass(frozen=True, slots=True)
class FieldTypingBegan(Answer):
    """The field is chosen, and the trial number is going into it. The question stays open."""

    about: ClassVar = Answering((TeachField,))
    number: str


@dataclass(frozen=True, slots=True)
class FieldTaught(Answer):
    about: ClassVar = Answering((TeachField,))
    taught: TaughtField


@dataclass(frozen=True, slots=True)
class TargetTried(Answer):
    """The number was typed. `checked`: and read back."""

    about: ClassVar = Answering((TryTarget,))
    checked: bool


@dataclass(frozen=True, slots=True)
class FieldsFailed(Answer):
    """What was asked for was not done."""

    about: ClassVar = Answering((ReadTargets, TeachField, KeepTarget, TryTarget, ForgetTarget))
    code: Code
    params: tuple[tuple[str, str | int], ...] = ()


FieldsPressed = FieldsChosen | TeachPressed | TeachingStopped | TargetKept | TargetTryPressed | TargetForgotten
FieldsAnswer = TargetsRead | FieldSeen | FieldTypingBegan | FieldTaught | TargetTried | FieldsFailed
FieldsEvent = FieldsPressed | FieldsAnswer
