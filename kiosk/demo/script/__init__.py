"""Script of the tour, by chapters."""

from __future__ import annotations

from kiosk.demo.script import cards, lending, library_cards, outage, pages, pin, registration, staff_alerts
from kiosk.demo.script.moves import Moves, Steps
from kiosk.demo.tour_driver import Guide

CHAPTERS = (
    staff_alerts.doubted,
    registration.own,
    staff_alerts.second_reader,
    lending.items,
    lending.renewals,
    lending.holds,
    lending.elsewhere,
    pages.beside_the_work,
    outage.lost_answers,
    outage.down,
    pages.trial_scan,
    outage.up_again,
    registration.unusable,
    registration.upright,
    registration.child,
    registration.proxy,
    pin.wrong,
    staff_alerts.late,
    library_cards.kinds,
    pin.last_try,
    pin.locked,
    cards.renewed,
    cards.refusals,
    cards.languages,
    cards.lost,
    pages.pages,
)
"""Each starts and ends on the waiting page unless it states otherwise."""


def walk(guide: Guide) -> Steps:
    """Run all chapters in order."""
    moves = Moves(guide)
    for chapter in CHAPTERS:
        yield from chapter(moves)
