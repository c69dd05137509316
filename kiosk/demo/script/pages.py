"""状況 and 使い方."""

from __future__ import annotations

from kiosk.demo.ils import ITEMS, PATRONS
from kiosk.demo.script.moves import Moves, Steps
from kiosk.domain.model import LibraryCardNumber
from kiosk.text import plain, say


def trial_scan(do: Moves) -> Steps:
    """On the page 状況; ends there."""
    yield from do.chapter("trial-scan")
    yield from do.scan("own")
    yield from do.see_staff("scan.good-card", "trial-card", number=LibraryCardNumber(PATRONS["own"]).grouped)
    yield from do.scan("misread")
    yield from do.picture("trial-misread")
    yield from do.guide.press(do.guide.staff, f"{plain(say('staff.scan.kinds'))}: {plain(say('staff.scan.item'))}")
    yield from do.scan_item("bamboo")
    yield from do.see_staff("scan.good-item", "trial-item", number=ITEMS["bamboo"].number)


def pages(do: Moves) -> Steps:
    yield from do.chapter("pages")
    yield from do.staff("rail.status")
    yield from do.see_staff("status.title", "status")
    yield from do.staff("rail.help")
    yield from do.see_staff("help.lending", "help")
    yield from do.staff("action.back-to-work")
    yield from do.see_staff("home.title")


def beside_the_work(do: Moves) -> Steps:
    """Leaving unfinished work asks for confirmation; help opens over the work and returns to it."""
    yield from do.chapter("beside")
    yield from do.lay("fine")
    yield from do.see_staff("holder.yes")
    yield from do.staff("rail.unlinking")
    yield from do.see_notice("leaving.stay", "leaving-asked")
    yield from do.staff("leaving.stay")
    yield from do.staff("holder.yes")
    yield from do.see_staff("patron.name")
    yield from do.staff("rail.help")
    yield from do.see_staff("beside.kept", "help-beside")
    yield from do.staff("action.back-to-work")
    yield from do.see_staff("patron.name")
    yield from do.lift()
    yield from do.end()
