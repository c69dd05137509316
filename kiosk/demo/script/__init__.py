"""Script of the tour, by chapters."""

from __future__ import annotations

from kiosk.demo.script import cards, lending, library_cards, outage, pages, pin, registration, registry, staff_alerts
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
WITH_SERVER = (registry.elsewhere, registry.away, registry.back, registry.too_long, registry.shut_out)
"""What follows where the library's server runs."""


def walk(guide: Guide) -> Steps:
    """Run all chapters in order."""
    moves = Moves(guide)
    for chapter in CHAPTERS + (WITH_SERVER if guide.tray.registry is not None else ()):
        yield from chapter(moves)
