"""What 番号を入れる欄 asks of the outside: see `effects`."""

from __future__ import annotations

from kiosk.domain.field_targets import FieldTarget, WayIn
from kiosk.domain.fieldless import Fieldless
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Ticket


@dataclass(frozen=True, slots=True)
class ReadTargets:
    """Read the targets of the configuration. Answered by TargetsRead or FieldsFailed."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class TeachField:
    """Wait for staff to click into a field of another program, and learn what it does. Answered by any number of FieldSeen, by
    FieldTypingBegan once a trial number is being typed, and at last by FieldTaught or FieldsFailed.
    """

    ticket: Ticket
    way: WayIn
    unchecked: bool
    """Only the window, into which nothing is typed."""


class StopTeaching(Fieldless):
    """Type no more trial numbers, and wait for no click. Not answered, nor is what was asked before."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class KeepTarget:
    """Write a target into the configuration. Answered by TargetsRead or FieldsFailed."""

    ticket: Ticket
    target: FieldTarget


@dataclass(frozen=True, slots=True)
class TryTarget:
    """Type a trial number as for a patron. Answered by TargetTried, FieldsFailed or TargetsRead."""

    ticket: Ticket
    name: str


@dataclass(frozen=True, slots=True)
class ForgetTarget:
    """Remove a target from the configuration. Answered by TargetsRead or FieldsFailed."""

    ticket: Ticket
    name: str


FieldQuestion = ReadTargets | TeachField | KeepTarget | TryTarget | ForgetTarget
"""Questions about fields of other programs, asked on a thread of their own."""
