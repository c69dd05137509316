"""PIN mistakes."""

from __future__ import annotations

from kiosk.demo.script.moves import WRONG, Moves, Steps


def wrong(do: Moves) -> Steps:
    yield from do.chapter("wrong-pin")
    yield from do.begin("self", "other")
    yield from do.lay("two-tries")
    yield from do.agree()
    yield from do.see_staff("pin.two-left", "pin-two-left")
    yield from do.pin(WRONG)
    yield from do.see_staff("pin.last-try", "last-try-after-mistake")
    yield from do.patron("last.not-today")
    yield from do.see_staff("banner.card-left")
    yield from do.lift()


def last_try(do: Moves) -> Steps:
    yield from do.chapter("last-try")
    yield from do.begin("self", "other")
    yield from do.lay("one-try")
    yield from do.agree()
    yield from do.see_staff("pin.last-try", "last-try")
    yield from do.patron("last.go-on")
    yield from do.see_staff("pin.title")
    yield from do.pin(WRONG)
    yield from do.see_refusal("pin-locked", "pin-locked")
    yield from do.lift()
    yield from do.staff("action.close")


def locked(do: Moves) -> Steps:
    yield from do.chapter("locked")
    yield from do.begin("self", "other")
    yield from do.lay("locked")
    yield from do.agree()
    yield from do.see_refusal("pin-unavailable", "pin-unavailable")
    yield from do.lift()
    yield from do.staff("action.close")
