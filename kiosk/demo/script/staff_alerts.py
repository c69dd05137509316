"""Alerts to staff: a rolled-back store, and cards on a second reader."""

from __future__ import annotations

from kiosk.demo.script.moves import Moves, Steps


def doubted(do: Moves) -> Steps:
    """First chapter: an older copy was restored, and no card is served until staff have confirmed that."""
    yield from do.chapter("doubted")
    yield from do.see_notice("banner.doubt-accept", "doubted-home")
    yield from do.staff("rail.status")
    yield from do.see_staff("status.title", "doubted-status")
    yield from do.staff("action.back-to-work")
    yield from do.lay("fine")
    yield from do.see_refusal("store-doubted", "doubted-card")
    yield from do.lift()
    yield from do.staff("action.close")
    yield from do.see_notice("banner.doubt-accept")
    yield from do.staff("banner.doubt-accept")
    yield from do.see_staff("home.title")


def second_reader(do: Moves) -> Steps:
    """A card left on a reader is reported once; two cards at once are reported with their readers."""
    yield from do.chapter("second-reader")
    yield from do.guide.plug_second()
    yield from do.see_notice("banner.stray-seen", "stray")
    yield from do.staff("banner.stray-seen")
    yield from do.guide.lift_second()
    yield from do.begin("self", "other")
    yield from do.lay("two-tries")
    yield from do.see_staff("confirm.title")
    yield from do.guide.lay_second("child")
    yield from do.see_staff("banner.two-cards", "two-cards")
    yield from do.guide.lift_second()
    yield from do.staff("confirm.leave")
    yield from do.lift()
    yield from do.see_staff("home.title")


def late(do: Moves) -> Steps:
    """A session ended with an item in doubt; ten seconds later the library system is checked once more."""
    yield from do.chapter("late")
    yield from do.see_notice("banner.late-seen", "late-loan")
    yield from do.staff("banner.late-seen")
