"""The thread on which fields of other programs are taught, tried and forgotten: whoever is to click may take a minute."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.events import Event, FieldSeen, FieldsFailed, FieldTaught, FieldTypingBegan, TargetsRead, TargetTried
from kiosk.domain.field_effects import FieldQuestion, ForgetTarget, KeepTarget, ReadTargets, StopTeaching, TeachField, TryTarget
from kiosk.domain.model import Ticket
from kiosk.effects.ports import FieldTeacher
from kiosk.effects.worker import Worker


class FieldsThread:
    """Answers through `post`; every method returns at once."""

    def __init__(self, teacher: FieldTeacher | None, post: Callable[[Event], None]) -> None:
        self._teacher, self._post = teacher, post
        self._worker = Worker("fields", post)
        self._wanted = Ticket(0)
        """What is being taught or tried. Set on the GUI thread, read on this one."""

    def ask(self, question: FieldQuestion | StopTeaching) -> None:
        if isinstance(question, StopTeaching):
            self._wanted = Ticket(0)
            return
        if isinstance(question, TeachField | TryTarget):
            self._wanted = question.ticket
        self._worker.do(
            lambda: self._answered(question), lambda error: FieldsFailed(question.ticket, error.code, tuple(error.params.items()))
        )

    def drop(self) -> None:
        self._wanted = Ticket(0)
        self._worker.drop()

    def stop(self, limit: float) -> None:
        self._worker.stop(limit)

    def _answered(self, question: FieldQuestion) -> Event | None:
        teacher, ticket = self._teacher, question.ticket
        if teacher is None:
            raise Unavailable(Code.HANDOVER_IMPOSSIBLE)
        match question:
            case TeachField():
                return self._taught(teacher, question)
            case TryTarget(_, name) if name in {target.name for target in teacher.targets()}:
                checked = teacher.try_out(name, is_wanted=lambda: self._wanted == ticket)
                return None if checked is None else TargetTried(ticket, checked)
            case KeepTarget(_, target):
                teacher.keep(target)
            case ForgetTarget(_, name):
                teacher.forget(name)
            case ReadTargets() | TryTarget():
                pass
        return TargetsRead(ticket, teacher.targets())

    def _taught(self, teacher: FieldTeacher, question: TeachField) -> Event | None:
        ticket = question.ticket
        taught = teacher.teach(
            question.way,
            unchecked=question.unchecked,
            seen=lambda seen: self._post(FieldSeen(ticket, seen)),
            typing=lambda number: self._post(FieldTypingBegan(ticket, number)),
            is_wanted=lambda: self._wanted == ticket,
        )
        return None if taught is None else FieldTaught(ticket, taught)
