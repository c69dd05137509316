"""The end of a registration without a link."""

from __future__ import annotations

from kiosk.domain.effects import Act, Play, RecordAct, ReleaseCard
from kiosk.domain.model import Sound
from kiosk.domain.states import Counter, Draft, Problem, RegistrationRefused
from kiosk.domain.transition import Step, go


def refuse(counter: Counter, draft: Draft, problem: Problem, *effects: ReleaseCard) -> Step:
    number = None if draft.patron is None else draft.patron.number
    record = RecordAct(Act.REFUSAL, number, problem.code)
    return go(counter, RegistrationRefused(draft, problem), Play(Sound.REFUSED), record, *effects)
