"""The library system loses an answer, hangs, stops, and recovers."""

from __future__ import annotations

from kiosk.demo.ils import ITEMS
from kiosk.demo.script.lending import untitled
from kiosk.demo.script.moves import Moves, Steps


def lost_answers(do: Moves) -> Steps:
    """A lost answer is recovered; another cannot be, as the system is down. The number is still handed over."""
    yield from do.chapter("lost-answers")
    yield from do.serve_own()
    yield from do.guide.trouble("lose")
    yield from do.scan_item("crafts")
    yield from do.see_item("crafts", "done-loan", "answer-found-out")
    yield from do.guide.trouble("silent")
    yield from do.scan_item("baker")
    yield from do.guide.until_changed()
    yield from do.guide.trouble("stop")
    yield from do.see_item("baker", "unknown", "answer-unknown", title=untitled(ITEMS["baker"].number))
    yield from do.staff("patron.interlibrary-copy")
    yield from do.see_staff("patron.enter", "outage-number")
    yield from do.lift()
    yield from do.end()
    yield from do.guide.slip()


def down(do: Moves) -> Steps:
    """The patron is shown as not checked. Ends on the page 状況, with the system restarted."""
    yield from do.chapter("down")
    yield from do.picture("outage-home")
    yield from do.serve_own()
    yield from do.see_staff("patron.unchecked-trouble", "outage-unchecked")
    yield from do.staff("items.retry")
    yield from do.picture("outage-tried")
    yield from do.lift()
    yield from do.end()
    yield from do.staff("rail.status")
    yield from do.see_why("ils-unreachable", "outage-status")
    yield from do.guide.trouble("start")


def up_again(do: Moves) -> Steps:
    """Starts on the page 状況. The item in doubt is requested again: it is on loan to this patron, once."""
    yield from do.chapter("up-again")
    yield from do.see_staff("bar.ils-ready", "up-again")
    yield from do.staff("action.back-to-work")
    yield from do.serve_own()
    yield from do.see_staff("items.empty-loan")
    yield from do.scan_item("baker")
    yield from do.see_item("baker", "already-lent", "found-again")
    yield from do.lift()
    yield from do.end()
