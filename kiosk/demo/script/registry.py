"""The library's server and another counter: registered and stopped there, nobody to be reached, another was first, shut out."""

from __future__ import annotations

from kiosk.demo.script.moves import RIGHT, Moves, Steps


def elsewhere(do: Moves) -> Steps:
    """A card registered at another counter serves here a moment later, and is stopped here when it is unlinked there."""
    yield from do.chapter("registry-elsewhere")
    yield from do.see_staff("bar.links-synced")
    yield from do.guide.until_settled()
    yield from do.guide.registry("register")
    yield from do.guide.until_settled()
    yield from do.lay("fine")
    yield from do.staff("holder.yes")
    yield from do.see_staff("patron.name", "registered-elsewhere")
    yield from do.lift()
    yield from do.end()
    yield from do.guide.registry("unlink")
    yield from do.guide.until_settled()
    yield from do.lay("fine")
    yield from do.see_refusal("link-ended", "stopped-elsewhere")
    yield from do.lift()
    yield from do.staff("action.close")


def away(do: Moves) -> Steps:
    """What is done meanwhile holds here alone; at the other counter somebody registers another card with the same number."""
    yield from do.chapter("registry-away")
    yield from do.guide.registry("cut")
    yield from do.see_staff("registry.unreachable", "away-home")
    yield from do.begin("self", "own")
    yield from do.lay("fine")
    yield from do.agree()
    yield from do.see_staff("pin.title")
    yield from do.pin(RIGHT)
    yield from do.see_staff("registered.pending", "registered-pending")
    yield from do.lift()
    yield from do.staff("action.done")
    yield from do.guide.registry("first")
    yield from do.guide.until_settled()
    yield from do.staff("home.unlinking-start")
    yield from do.staff("unlinking.lost")
    yield from do.staff("unlink-number.stopped")
    yield from do.scan("child")
    yield from do.see_staff("unlink-confirm.only-here", "unlink-only-here")
    yield from do.staff("unlink-confirm.do")
    yield from do.see_staff("unlinked.only-here", "unlinked-only-here")
    yield from do.staff("action.done")
    yield from do.see_staff("registry.unreachable", "away-unsent")


def back(do: Moves) -> Steps:
    """The unlinking is confirmed; the registration is refused, since the other counter's came first."""
    yield from do.chapter("registry-back")
    yield from do.guide.registry("mend")
    yield from do.see_notice("banner.refused-seen", "refused-first")
    yield from do.staff("banner.refused-seen")
    yield from do.see_staff("bar.links-synced", "all-confirmed")


def too_long(do: Moves) -> Steps:
    """Library cards still serve, and unlinking still works."""
    yield from do.chapter("registry-too-long")
    yield from do.guide.registry("cut")
    yield from do.guide.registry("skip")
    yield from do.see_why("registry-too-long-offline", "too-long-home", part="title")
    yield from do.lay("about-to-expire")
    yield from do.see_refusal("registry-too-long-offline", "too-long-card")
    yield from do.lift()
    yield from do.staff("action.close")
    yield from do.guide.registry("come-back")
    yield from do.guide.registry("mend")
    yield from do.see_staff("bar.links-synced", "in-step-again")


def shut_out(do: Moves) -> Steps:
    """The administrator takes this counter out of service, which ends the tour."""
    yield from do.chapter("registry-shut-out")
    yield from do.guide.registry("retire")
    yield from do.see_staff("registry.left", "shut-out-home")
    yield from do.staff("rail.status")
    yield from do.see_staff("status.registry-left", "shut-out-status")
    yield from do.staff("action.back-to-work")
