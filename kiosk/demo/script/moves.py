"""Shorthand for the guide's actions, by text key."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kiosk.demo.ils import ITEMS
from kiosk.demo.tour_driver import Guide
from kiosk.domain.model import GuardianCheck, Language
from kiosk.text import plain, say
from kiosk.ui.staff.serving.item_texts import grouped

Steps = Iterator[Callable[[], bool]]
RIGHT, WRONG = "1234", "9999"


class Moves:
    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.chapter, self.picture = guide.chapter, guide.picture
        self.lay, self.lift, self.scan, self.scan_item = guide.lay, guide.lift, guide.scan, guide.scan_item

    def staff(self, key: str, **params: str | int) -> Steps:
        """Press a button in the staff window."""
        yield from self.guide.press(self.guide.staff, say(f"staff.{key}", **params))

    def patron(self, key: str, language: Language = Language.JAPANESE) -> Steps:
        """Press a button in the patron window."""
        yield from self.guide.press(self.guide.patron, say(f"patron.{key}", language))

    def see_staff(self, key: str, picture: str = "", **params: str | int) -> Steps:
        yield from self._see(say(f"staff.{key}", **params), picture)

    def see_notice(self, key: str, picture: str = "") -> Steps:
        """Wait for a notice, by the key of its button."""
        yield from self.guide.notice(say(f"staff.{key}"))
        yield from self.see_staff(key, picture)

    def see_refusal(self, code: str, picture: str = "") -> Steps:
        """Wait for the page of a refusal; its title alone may stand in a notice on another page."""
        yield from self.guide.see(self.guide.staff, say("staff.refusal.here"))
        yield from self._see(say(f"refusal.{code}.title"), picture)

    def see_why(self, code: str, picture: str = "", *, part: str = "staff") -> Steps:
        """Wait for the text of a refusal shown beside a field or in a notice, not on its own page."""
        yield from self._see(say(f"refusal.{code}.{part}"), picture)

    def see_item(self, name: str, became: str, picture: str = "", title: str = "") -> Steps:
        """Wait for a list line: the item by its key in ITEMS, and its outcome. `title`: for an item without one."""
        yield from self._see(f"{title or ITEMS[name].title}、{plain(say(f'staff.line.{became}'))}", picture)

    def see_listed(self, name: str, picture: str = "") -> Steps:
        """Wait for a loan in the list, once its title has arrived."""
        yield from self._see(ITEMS[name].title, picture)

    def see_patron(self, key: str, picture: str = "", language: Language = Language.JAPANESE) -> Steps:
        yield from self.guide.see(self.guide.patron, say(f"patron.{key}", language))
        if picture:
            yield from self.picture(picture)

    def _see(self, sentence: str, picture: str) -> Steps:
        yield from self.guide.see(self.guide.staff, sentence)
        if picture:
            yield from self.picture(picture)

    # --- ways that are gone more than once --------------------------------------------------------------------------------------

    def pin(self, digits: str) -> Steps:
        yield from self.guide.pin(digits, say("patron.pin.confirm"))

    def begin(self, applicant: str, library_card: str) -> Steps:
        """Start a registration, from home up to the My Number Card."""
        child = applicant == "child"
        yield from self.see_staff("home.title")
        yield from self.staff("home.registration-start")
        yield from self.staff(f"applicant.{applicant}")
        yield from self.staff("action.next", step=say("staff.step.guardian" if child else "staff.step.library-card"))
        if child:
            yield from self._guardian()
        yield from self.see_staff("library-card.title-child" if child else "library-card.title")
        yield from self.scan(library_card)

    def _guardian(self) -> Steps:
        yield from self.see_staff("guardian.title", "guardian")
        for check in GuardianCheck:
            yield from self.staff(f"guardian.check-{check}")
        yield from self.picture("guardian-checked")
        yield from self.staff("action.next", step=say("staff.step.library-card"))

    def agree(self) -> Steps:
        yield from self.see_staff("confirm.title")
        yield from self.patron("confirm.act")

    def serve_own(self) -> Steps:
        """Place the first patron's My Number Card and wait for the serving page."""
        yield from self.lay("fine")
        yield from self.staff("holder.yes")
        yield from self.see_staff("patron.name")

    def renew(self, name: str) -> Steps:
        """Press the renew button of one loan; its accessible name includes title and number."""
        item = ITEMS[name]
        yield from self.guide.press(self.guide.staff, " ".join((say("staff.line.renew"), item.title, grouped(item.number))))

    def end(self) -> Steps:
        yield from self.staff("action.end")
        yield from self.see_staff("home.title")
