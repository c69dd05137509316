"""Slips being printed, and those that failed: kept only as long as somebody may be waiting for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kiosk.domain.effects import PrintSlip
from kiosk.domain.errors import Code
from kiosk.domain.model import Ticket
from kiosk.domain.slip import Slip
from kiosk.domain.states import Counter, Paper, PatronShown, Registered
from kiosk.domain.transition import Step, asking


def put_on_paper(counter: Counter, slip: Slip) -> Step:
    """Print a slip, replacing an identical one that failed."""
    counter, ticket = asking(counter)
    others = tuple(paper for paper in counter.papers if paper.trouble is None or paper.slip != slip)
    return replace(counter, papers=(*others, Paper(ticket, slip))), (PrintSlip(ticket, slip),)


def is_on_its_way(counter: Counter, slip: Slip) -> bool:
    return any(paper.slip == slip and paper.trouble is None for paper in counter.papers)


def printed(counter: Counter, ticket: Ticket) -> Step:
    return replace(counter, papers=tuple(paper for paper in counter.papers if paper.ticket != ticket)), ()


def not_printed(counter: Counter, ticket: Ticket, code: Code) -> Step:
    """Printing failed, or its result is unknown: staff are told and can print again."""
    return replace(counter, papers=tuple(_told(paper, ticket, code, counter.now) for paper in counter.papers)), ()


def _told(paper: Paper, ticket: Ticket, code: Code, at: datetime | None) -> Paper:
    return replace(paper, trouble=code, at=at) if paper.ticket == ticket else paper


def print_again(counter: Counter) -> Step:
    """Print all failed slips again, in their original order."""
    effects: tuple[PrintSlip, ...] = ()
    papers = []
    for paper in counter.papers:
        if paper.trouble is not None:
            counter, ticket = asking(counter)
            paper = Paper(ticket, paper.slip)
            effects = (*effects, PrintSlip(ticket, paper.slip))
        papers.append(paper)
    return replace(counter, papers=tuple(papers)), effects


def without_troubles(counter: Counter) -> Counter:
    """Drop failed slips: staff have acknowledged them, or nobody waits for them any more."""
    return replace(counter, papers=tuple(paper for paper in counter.papers if paper.trouble is None))


def at_the_end(before: Counter, after: Counter) -> Counter:
    """Drop failed slips when a patron who was served leaves."""
    served = (PatronShown, Registered)
    if isinstance(before.flow, served) and not isinstance(after.flow, served):
        return without_troubles(after)
    return after
