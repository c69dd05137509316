"""番号を入れる欄, a page beside the work: the targets of the configuration, and what is being done about one."""

from __future__ import annotations

from enum import StrEnum, unique

from kiosk.domain.effects import Question
from kiosk.domain.field_effects import ForgetTarget, KeepTarget, ReadTargets, TeachField, TryTarget
from kiosk.domain.field_targets import FieldTarget, SeenField, TaughtField
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import Ticket
from kiosk.domain.states.asked import Asked
from kiosk.domain.states.problem import Problem


@unique
class FieldAct(StrEnum):
    """What the page waits for."""

    NOTHING = "nothing"
    READING = "reading"
    WATCHING = "watching"
    """Somebody is to click into the field."""
    TYPING = "typing"
    """A trial number is going into it."""
    TAUGHT = "taught"
    """Staff are to say what it is for."""
    KEEPING = "keeping"
    TRYING = "trying"
    FORGETTING = "forgetting"


@unique
class FieldDone(StrEnum):
    """What has just been done."""

    KEPT = "kept"
    TRIED = "tried"
    TRIED_UNCHECKED = "tried-unchecked"
    FORGOTTEN = "forgotten"
    GONE = "gone"
    """Not done: somebody else has removed it."""


_QUESTIONS: dict[FieldAct, type[Question]] = {
    FieldAct.READING: ReadTargets,
    FieldAct.WATCHING: TeachField,
    FieldAct.TYPING: TeachField,
    FieldAct.KEEPING: KeepTarget,
    FieldAct.TRYING: TryTarget,
    FieldAct.FORGETTING: ForgetTarget,
}


@dataclass(frozen=True, slots=True)
class Fields:
    """The page, while it is open."""

    act: FieldAct = FieldAct.READING
    ticket: Ticket = Ticket(0)
    targets: tuple[FieldTarget, ...] | None = None
    """None: not known yet."""
    seen: SeenField | None = None
    """While it is watched."""
    number: str = ""
    """The trial number being typed."""
    taught: TaughtField | None = None
    timer: Ticket = Ticket(0)
    """When what was seen is to go from the screen."""
    name: str = ""
    """Of the target that the act, what is done or the problem is about."""
    done: FieldDone | None = None
    problem: Problem | None = None

    @property
    def waits_for(self) -> tuple[Asked, ...]:
        question = _QUESTIONS.get(self.act)
        return () if question is None else (Asked(question, self.ticket),)

    @property
    def is_taught(self) -> bool:
        """Whether it is waited for a click, or what was clicked is being learnt."""
        return self.act in (FieldAct.WATCHING, FieldAct.TYPING)

    @property
    def may_type(self) -> bool:
        """Whether something is to be stopped when the page is closed."""
        return self.is_taught or self.act is FieldAct.TRYING
