"""貸出, 貸出延長, 予約 through the library system, and the number for services elsewhere."""

from __future__ import annotations

from kiosk.demo.script.moves import Moves, Steps
from kiosk.text import plain, say
from kiosk.ui.staff.serving.item_texts import grouped

NOT_LENT = 4
"""Not counting one already lent to this patron."""


def items(do: Moves) -> Steps:
    """The holder is confirmed by a held key. Three items are lent; five are not, each for a different reason.

    Then the next patron's card is scanned too early.
    """
    yield from do.chapter("items")
    yield from do.lay("fine")
    yield from do.see_staff("holder.title", "holder")
    yield from do.guide.hold(say("staff.holder.yes"), "held-key")
    yield from do.see_staff("items.empty-loan", "patron-shown")
    for name in ("bamboo", "post", "stars"):
        yield from do.scan_item(name)
    yield from do.picture("lending-queue")
    yield from do.see_item("stars", "done-loan")
    yield from do.scan_item("shelf")
    yield from do.see_item("shelf", "refused-loan", "lent")
    for name in ("own-renewable", "reference", "unknown"):
        yield from do.scan_item(name)
    yield from do.see_item("unknown", "item-unknown", title=plain(say("staff.line.item-unknown-number", number=grouped("1103099999"))))
    yield from do.scan_item("on-loan")
    yield from do.see_item("on-loan", "refused-loan", "not-lent")
    for _ in range(NOT_LENT):
        yield from do.staff("undone.look")
    said = f"{plain(say('staff.undone.loan', count=NOT_LENT))} {plain(say('staff.undone.place', place=NOT_LENT))}"
    yield from do.guide.see(do.guide.staff, said)
    yield from do.picture("undone")
    yield from do.lift()
    yield from do.scan("other")
    yield from do.see_staff("next-card.note")
    yield from do.scan_item("kitchen")
    yield from do.picture("next-card")
    yield from do.staff("next-card.stay")
    yield from do.end()
    yield from do.guide.slip()


def renewals(do: Moves) -> Steps:
    """Renew one loan, then all of another patron's, one of them overdue."""
    yield from do.chapter("renewals")
    yield from do.serve_own()
    yield from do.staff("patron.renewal")
    yield from do.see_listed("own-wanted", "loans")
    yield from do.renew("own-renewable")
    yield from do.see_item("own-renewable", "done-renewal", "renewed-one")
    yield from do.renew("own-renewed")
    yield from do.see_item("own-renewed", "refused-renewal", "renewed-not")
    yield from do.lift()
    yield from do.end()
    yield from do.guide.slip()
    yield from do.scan("busy")
    yield from do.see_staff("patron.name", "patron-by-number")
    yield from do.staff("patron.renewal")
    yield from do.see_listed("busy-4")
    yield from do.staff("items.renew-all")
    yield from do.see_item("busy-4", "done-renewal")
    yield from do.see_item("busy-overdue", "refused-renewal", "renewed-all")
    yield from do.end()
    yield from do.guide.slip()


def holds(do: Moves) -> Steps:
    yield from do.chapter("holds")
    yield from do.serve_own()
    yield from do.staff("patron.hold")
    yield from do.see_staff("items.empty-hold", "holds")
    yield from do.scan_item("queue")
    yield from do.scan_item("on-loan")
    yield from do.see_item("on-loan", "done-hold")
    for name in ("queue", "reference"):
        yield from do.scan_item(name)
    yield from do.see_item("queue", "already-reserved")
    yield from do.see_item("reference", "refused-hold", "held")
    yield from do.lift()
    yield from do.end()
    yield from do.guide.slip()


def elsewhere(do: Moves) -> Steps:
    """Services done in the library system's own windows, by the number in large type; finally a slip of all loans."""
    yield from do.chapter("elsewhere")
    yield from do.serve_own()
    for service in ("interlibrary-loan", "ndl-digital"):
        yield from do.staff(f"patron.{service}")
        yield from do.see_staff("patron.enter", f"number-{service}")
    yield from do.staff("patron.copy")
    yield from do.staff("patron.internet-terminal")
    yield from do.guide.press(do.guide.staff, f"{plain(say('staff.patron.slip-name'))}: {plain(say('staff.patron.slip-all'))}")
    yield from do.picture("number-copied")
    yield from do.lift()
    yield from do.end()
    yield from do.guide.slip()


def untitled(number: str) -> str:
    """Return how an item without a title is shown."""
    return plain(say("staff.line.untitled", number=grouped(number)))
