"""My Number Cards: renewed, unusable, in other languages, lost."""

from __future__ import annotations

from kiosk.demo.script.moves import RIGHT, Moves, Steps
from kiosk.domain.model import Language
from kiosk.text import say


def renewed(do: Moves) -> Steps:
    yield from do.chapter("renewed")
    yield from do.lay("renewed")
    yield from do.see_refusal("not-linked", "not-linked")
    yield from do.staff("refusal.register")
    yield from do.staff("applicant.self")
    yield from do.staff("action.next", step=say("staff.step.library-card"))
    yield from do.see_staff("library-card.title")
    yield from do.scan("own")
    yield from do.see_staff("replacement.title", "replacement")
    yield from do.staff("replacement.renewed")
    yield from do.agree()
    yield from do.pin(RIGHT)
    yield from do.see_staff("registered.replaced", "registered-replaced")
    yield from do.lift()
    yield from do.staff("action.done")


def refusals(do: Moves) -> Steps:
    yield from do.chapter("refusals")
    refusals = {
        "expired": "card-expired",
        "no-certificate": "no-certificate",
        "not-my-number-card": "not-my-number-card",
        "phone": "phone-not-accepted",
        "unknown-authority": "issuer-unknown",
    }
    for card, code in refusals.items():
        yield from do.lay(card)
        yield from do.see_refusal(code, f"refused-{code}")
        yield from do.lift()
    yield from do.staff("action.close")


def languages(do: Moves) -> Steps:
    """A registration in the two other languages, with a card about to expire."""
    yield from do.chapter("languages")
    yield from do.guide.press(do.guide.patron, say("patron.language.name", Language.EASY_JAPANESE))
    yield from do.see_patron("waiting.title", "easy-waiting", Language.EASY_JAPANESE)
    yield from do.begin("self", "other")
    yield from do.guide.press(do.guide.patron, say("patron.language.name", Language.EASY_JAPANESE))
    yield from do.lay("about-to-expire")
    yield from do.see_staff("confirm.title", "easy-confirm")
    yield from do.patron("confirm.act", Language.EASY_JAPANESE)
    yield from do.see_patron("pin.title", "easy-pin", Language.EASY_JAPANESE)
    yield from do.guide.press(do.guide.patron, say("patron.language.name", Language.ENGLISH))
    yield from do.see_patron("pin.title", "english-pin", Language.ENGLISH)
    yield from do.guide.pin(RIGHT, say("patron.pin.confirm", Language.ENGLISH))
    yield from do.see_patron("done.title", "english-done", Language.ENGLISH)
    yield from do.lift()
    yield from do.staff("action.done")
    yield from do.see_staff("home.title")
    yield from do.lay("about-to-expire")
    yield from do.staff("holder.yes")
    yield from do.see_staff("ends.text", "ends-soon")
    yield from do.lift()
    yield from do.end()


def lost(do: Moves) -> Steps:
    yield from do.chapter("lost-card")
    yield from do.see_staff("home.title")
    yield from do.staff("home.unlinking-start")
    yield from do.see_staff("unlinking.title", "unlink-reason")
    yield from do.staff("unlinking.lost")
    yield from do.see_staff("unlink-number.stop", "unlink-stop")
    yield from do.staff("unlink-number.stopped")
    yield from do.picture("unlink-number")
    yield from do.scan("own")
    yield from do.see_staff("unlink-confirm.title", "unlink-confirm")
    yield from do.staff("unlink-confirm.do")
    yield from do.see_staff("unlinked.title", "unlinked")
    yield from do.staff("action.done")
