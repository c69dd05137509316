"""番号を入れる欄: targets are taught, tried and forgotten while nobody is served. Whatever else begins ends it."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.effects import StartTimer
from kiosk.domain.events import (
    FieldsChosen,
    FieldSeen,
    FieldsEvent,
    FieldsFailed,
    FieldTaught,
    FieldTypingBegan,
    TargetForgotten,
    TargetKept,
    TargetsRead,
    TargetTried,
    TargetTryPressed,
    TeachingStopped,
    TeachPressed,
)
from kiosk.domain.field_effects import ForgetTarget, KeepTarget, ReadTargets, StopTeaching, TeachField, TryTarget
from kiosk.domain.model import Ticket
from kiosk.domain.states import Counter, FieldAct, FieldDone, Fields, Problem, Section
from kiosk.domain.transition import Step, asking, stay

FORGET_SECONDS = 300
"""How long what was taught may stand on the screen: the title of a window may name a patron."""
_READ_AFTER = {FieldAct.KEEPING: FieldDone.KEPT, FieldAct.FORGETTING: FieldDone.FORGOTTEN, FieldAct.TRYING: FieldDone.GONE}
"""What has been done, once the targets are read again."""


def may_open(counter: Counter) -> bool:
    """Not while a patron is being served, nor in a demo, whose configuration types nowhere."""
    return counter.flow.about.rests and not counter.facts.demo


def heard(counter: Counter, event: FieldsEvent) -> Step:
    if isinstance(event, FieldsChosen):
        return _opened(counter) if may_open(counter) else stay(counter)
    page = counter.fields
    if page is None:
        return stay(counter)
    is_free = page.act in (FieldAct.NOTHING, FieldAct.TAUGHT)
    match event:
        case TeachPressed(way, unchecked) if is_free:
            counter, ticket = asking(counter)
            return _at(counter, Fields(FieldAct.WATCHING, ticket, page.targets)), (TeachField(ticket, way, unchecked),)
        case TeachingStopped():
            return _at(counter, Fields(FieldAct.NOTHING, targets=page.targets)), ((StopTeaching(),) if page.may_type else ())
        case TargetKept(name, title, services, suffix) if page.taught is not None:
            target = replace(page.taught.target, name=name, title=title, services=services, suffix=suffix)
            counter, ticket = asking(counter)
            return _at(counter, replace(page, act=FieldAct.KEEPING, ticket=ticket, name=name, problem=None)), (KeepTarget(ticket, target),)
        case TargetTryPressed(name) if is_free:
            counter, ticket = asking(counter)
            return _at(counter, Fields(FieldAct.TRYING, ticket, page.targets, name=name)), (TryTarget(ticket, name),)
        case TargetForgotten(name) if is_free:
            counter, ticket = asking(counter)
            return _at(counter, Fields(FieldAct.FORGETTING, ticket, page.targets, name=name)), (ForgetTarget(ticket, name),)
        case TargetsRead(_, targets):
            return _at(counter, Fields(FieldAct.NOTHING, targets=targets, name=page.name, done=_READ_AFTER.get(page.act))), ()
        case FieldSeen(_, seen):
            return _at(counter, replace(page, seen=seen)), ()
        case FieldTypingBegan(_, number):
            return _at(counter, replace(page, act=FieldAct.TYPING, number=number)), ()
        case FieldTaught(_, taught):
            counter, timer = asking(counter)
            return _at(counter, Fields(FieldAct.TAUGHT, targets=page.targets, taught=taught, timer=timer)), (
                StartTimer(timer, FORGET_SECONDS),
            )
        case TargetTried(_, checked):
            done = FieldDone.TRIED if checked else FieldDone.TRIED_UNCHECKED
            return _at(counter, Fields(FieldAct.NOTHING, targets=page.targets, name=page.name, done=done)), ()
        case FieldsFailed(_, code, params):
            back = FieldAct.TAUGHT if page.act is FieldAct.KEEPING else FieldAct.NOTHING
            kept = replace(page, act=back, ticket=Ticket(0), seen=None, problem=Problem(code, params))
            return _at(counter, kept), ()
    return stay(counter)


def time_up(counter: Counter, page: Fields) -> Step:
    """What was taught and not kept goes from the screen."""
    return _at(counter, Fields(FieldAct.NOTHING, targets=page.targets)), ()


def keep(after: Counter) -> Step:
    """The page is open only while nobody is served: whoever closes it, or comes, stops what it does."""
    page = after.fields
    if page is None:
        return (replace(after, beside=None), ()) if after.beside is Section.FIELDS else stay(after)
    if after.beside is Section.FIELDS and after.flow.about.rests:
        return stay(after)
    closed = replace(after, fields=None, beside=None if after.beside is Section.FIELDS else after.beside)
    return closed, ((StopTeaching(),) if page.may_type else ())


def _opened(counter: Counter) -> Step:
    counter, ticket = asking(counter)
    return replace(counter, beside=Section.FIELDS, leaving_for=None, fields=Fields(ticket=ticket)), (ReadTargets(ticket),)


def _at(counter: Counter, page: Fields) -> Counter:
    return replace(counter, fields=page)
