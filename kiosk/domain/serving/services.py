"""The chosen service: done here item by item, or elsewhere with the number; and counting its use."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.effects import Act, HandOver, Play, RecordAct
from kiosk.domain.errors import Code
from kiosk.domain.itemservices import ITEM_SERVICES
from kiosk.domain.model import AnyService, IlsCondition, Service, Sound
from kiosk.domain.serving.questions import ask_for_loans
from kiosk.domain.states import Counter, Handing, HandoverWhen, PatronShown, Problem
from kiosk.domain.transition import Step, asking, go, then


def is_served_here(counter: Counter, service: AnyService | None) -> bool:
    """Whether this service is done on our window rather than in the library system's own."""
    return counter.ils is not IlsCondition.NONE and service in ITEM_SERVICES


def is_done_here(counter: Counter, service: AnyService) -> bool:
    """As `is_served_here`, and the library system is reachable."""
    return is_served_here(counter, service) and not counter.ils.is_trouble


def types_the_number(counter: Counter, flow: PatronShown, service: AnyService) -> bool:
    """Whether choosing this service types the number into the other window at once."""
    wanted = counter.rules.handover is HandoverWhen.ON_CHOICE and flow.handing is not Handing.UNDER_WAY
    return wanted and not is_done_here(counter, service)


def choose(counter: Counter, flow: PatronShown, service: AnyService) -> Step:
    """Open a service here, or hand the number over; the latter also for services done here while the library system is unreachable."""
    flow = replace(flow, service=service, wrong=None, leaving=False)
    counted: tuple[RecordAct, ...] = ()
    if is_done_here(counter, service):
        return ask_for_loans(counter, flow) if service is Service.RENEWAL else go(counter, flow)
    if not is_served_here(counter, service):
        flow, counted = count(flow, service)
    elif service is Service.RENEWAL and flow.dealings.loans is None and not flow.dealings.listing:
        # Nobody can be asked; show that, and since when.
        flow = replace(flow, dealings=replace(flow.dealings, problem=Code(counter.ils.value), failed_at=counter.now))
    counter = replace(counter, flow=flow)
    if types_the_number(counter, flow, service):
        return then((counter, counted), lambda chosen: hand_over(chosen, flow))
    return counter, counted


def count(flow: PatronShown, service: AnyService) -> tuple[PatronShown, tuple[RecordAct, ...]]:
    """Count the use of a service, once per session. The patron is recorded only for the NDL's, whose rules require a record of each use."""
    key = service.value if isinstance(service, Service) else f"local: {service.name}"
    if key in flow.used:
        return flow, ()
    record = RecordAct(Act.SERVICE, service=service.value if isinstance(service, Service) else "local")
    if service is Service.NDL_DIGITAL:
        record = replace(record, number=flow.patron.number, holder_confirmed=flow.holder_confirmed, pin_checked=flow.pin_checked)
        if flow.reading is None:
            record = replace(record, card_read=False)
        else:
            record = replace(record, revocation=flow.reading.revocation)
    return replace(flow, used=flow.used | {key}), (record,)


def hand_over(counter: Counter, flow: PatronShown) -> Step:
    counter, ticket = asking(counter)
    handing = replace(flow, handing=Handing.UNDER_WAY, handing_ticket=ticket, handing_problem=None, clipboard_lost=False)
    return go(counter, handing, HandOver(ticket, flow.patron.number, flow.service))


def not_handed_over(counter: Counter, flow: PatronShown, problem: Problem) -> Step:
    """Typing failed. What was typed before still counts, unless keys were pressed since."""
    handed = flow.handed and problem.code not in (Code.HANDOVER_CHANGED, Code.HANDOVER_NOT_SHOWN)
    return go(
        counter,
        replace(flow, handing=Handing.FAILED, handing_problem=problem, handing_failed_at=counter.now, handed=handed),
        Play(Sound.REFUSED),
    )
