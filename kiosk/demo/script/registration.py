"""連携登録: for oneself, a child, somebody else, and with an unusable library card."""

from __future__ import annotations

from kiosk.demo.script.moves import RIGHT, Moves, Steps
from kiosk.text import say


def own(do: Moves) -> Steps:
    yield from do.chapter("self")
    yield from do.see_staff("home.title", "home")
    yield from do.staff("home.registration-start")
    yield from do.see_staff("applicant.title", "applicant")
    yield from do.staff("applicant.self")
    yield from do.see_staff("record.title", "record")
    yield from do.staff("action.next", step=say("staff.step.library-card"))
    yield from do.see_staff("library-card.title", "library-card")
    yield from do.scan("misread")
    yield from do.see_why("number-check-digit", "library-card-misread")
    yield from do.scan("own")
    yield from do.see_staff("my-number-card.title", "my-number-card")
    yield from do.lay("fine")
    yield from do.see_staff("confirm.title", "confirm")
    yield from do.patron("confirm.act")
    yield from do.see_staff("pin.title", "pin")
    yield from do.pin(RIGHT)
    yield from do.see_staff("registered.title", "registered")
    yield from do.staff("registered.print")
    yield from do.see_staff("registered.print-again", "registered-printed")
    yield from do.guide.slip()
    yield from do.lift()
    yield from do.staff("action.done")
    yield from do.see_staff("home.title")


def unusable(do: Moves) -> Steps:
    """Unusable library cards are reported before the PIN is asked for; a patron who is blocked may still register."""
    yield from do.chapter("unusable")
    yield from do.begin("self", "expired")
    yield from do.see_why("library-card-expired", "register-expired", part="staff-next")
    yield from do.scan("stopped")
    yield from do.see_why("library-card-stopped", "register-stopped", part="staff-next-told")
    yield from do.scan("unknown")
    yield from do.see_why("library-card-unknown", "register-unknown", part="staff-next")
    yield from do.staff("action.leave")


def upright(do: Moves) -> Steps:
    """With the patron's display in portrait."""
    yield from do.chapter("upright")
    yield from do.see_staff("home.title")
    yield from do.guide.turn(upright=True)
    yield from do.picture("upright-waiting")
    yield from do.begin("self", "soon")
    yield from do.lay("next-generation")
    yield from do.see_staff("confirm.title", "upright-confirm")
    yield from do.patron("confirm.act")
    yield from do.see_patron("pin.title", "upright-pin")
    yield from do.patron("leave")
    yield from do.see_staff("banner.card-left")
    yield from do.lift()
    yield from do.guide.turn(upright=False)


def child(do: Moves) -> Steps:
    yield from do.chapter("child")
    yield from do.begin("child", "child")
    yield from do.see_staff("my-number-card.title-child")
    yield from do.lay("child")
    yield from do.see_staff("confirm.title", "confirm-child")
    yield from do.patron("confirm.act")
    yield from do.see_staff("pin.title", "pin-child")
    yield from do.pin(RIGHT)
    yield from do.see_staff("registered.title", "registered-child")
    yield from do.lift()
    yield from do.patron("end")


def proxy(do: Moves) -> Steps:
    yield from do.chapter("proxy")
    yield from do.see_staff("home.title")
    yield from do.staff("home.registration-start")
    yield from do.staff("applicant.other")
    yield from do.see_staff("guide.proxy-1", "proxy-refused")
    yield from do.staff("action.close")
