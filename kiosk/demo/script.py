"""What the tour does, chapter by chapter."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kiosk.demo.guide import Guide
from kiosk.domain.model import GuardianCheck, Language
from kiosk.text import say

Steps = Iterator[Callable[[], bool]]
RIGHT, WRONG = "1234", "9999"


class Script:
    def __init__(self, guide: Guide) -> None:
        self._guide = guide

    def walk(self) -> Steps:
        """All chapters."""
        yield from self._own()
        yield from self._lending()
        yield from self._child()
        yield from self._proxy()
        yield from self._wrong_pin()
        yield from self._last_try()
        yield from self._locked()
        yield from self._renewed()
        yield from self._refusals()
        yield from self._languages()
        yield from self._lost_card()
        yield from self._pages()

    # --- short ways of saying things ----------------------------------------------------------------------------------------

    def _staff(self, key: str, **params: str | int) -> Steps:
        yield from self._guide.press(self._guide.staff, say(f"staff.{key}", **params))

    def _patron(self, key: str, language: Language = Language.JAPANESE) -> Steps:
        yield from self._guide.press(self._guide.patron, say(f"patron.{key}", language))

    def _see_staff(self, key: str, picture: str = "") -> Steps:
        yield from self._guide.see(self._guide.staff, say(f"staff.{key}"))
        if picture:
            yield from self._guide.picture(picture)

    def _see_patron(self, key: str, picture: str = "", language: Language = Language.JAPANESE) -> Steps:
        yield from self._guide.see(self._guide.patron, say(f"patron.{key}", language))
        if picture:
            yield from self._guide.picture(picture)

    def _pin(self, digits: str) -> Steps:
        yield from self._guide.pin(digits, say("patron.pin.confirm"))

    def _begin(self, applicant: str, library_card: str) -> Steps:
        """From home to the My Number Card."""
        yield from self._see_staff("home.title")
        yield from self._staff("home.registration-start")
        yield from self._staff(f"applicant.{applicant}")
        yield from self._staff("action.next", step=say("staff.step.guardian" if applicant == "child" else "staff.step.library-card"))
        if applicant == "child":
            yield from self._guardian()
        yield from self._see_staff("library-card.title-child" if applicant == "child" else "library-card.title")
        yield from self._guide.scan(library_card)

    def _guardian(self) -> Steps:
        yield from self._see_staff("guardian.title", "guardian")
        for check in GuardianCheck:
            yield from self._staff(f"guardian.check-{check}")
        yield from self._guide.picture("guardian-checked")
        yield from self._staff("action.next", step=say("staff.step.library-card"))

    def _agree(self) -> Steps:
        yield from self._see_staff("confirm.title")
        yield from self._patron("confirm.act")

    # --- chapters -----------------------------------------------------------------------------------------------------------

    def _own(self) -> Steps:
        yield from self._guide.chapter("self")
        yield from self._see_staff("home.title", "home")
        yield from self._staff("home.registration-start")
        yield from self._see_staff("applicant.title", "applicant")
        yield from self._staff("applicant.self")
        yield from self._see_staff("record.title", "record")
        yield from self._staff("action.next", step=say("staff.step.library-card"))
        yield from self._see_staff("library-card.title", "library-card")
        yield from self._guide.scan("misread")
        yield from self._guide.see(self._guide.staff, say("refusal.number-check-digit.staff"))
        yield from self._guide.picture("library-card-misread")
        yield from self._guide.scan("own")
        yield from self._see_staff("my-number-card.title", "my-number-card")
        yield from self._guide.lay("fine")
        yield from self._see_staff("confirm.title", "confirm")
        yield from self._patron("confirm.act")
        yield from self._see_staff("pin.title", "pin")
        yield from self._pin(RIGHT)
        yield from self._see_staff("registered.title", "registered")
        yield from self._guide.lift()
        yield from self._staff("action.done")
        yield from self._see_staff("home.title")

    def _lending(self) -> Steps:
        yield from self._guide.chapter("lending")
        yield from self._guide.lay("fine")
        yield from self._see_staff("holder.title", "holder")
        yield from self._staff("holder.yes")
        yield from self._see_staff("patron.choose", "patron-shown")
        yield from self._staff("patron.loan")
        yield from self._see_staff("patron.enter", "patron-loan")
        yield from self._guide.lift()
        yield from self._staff("action.end")
        yield from self._see_staff("home.title")

    def _child(self) -> Steps:
        yield from self._guide.chapter("child")
        yield from self._begin("child", "child")
        yield from self._see_staff("my-number-card.title-child")
        yield from self._guide.lay("child")
        yield from self._see_staff("confirm.title", "confirm-child")
        yield from self._patron("confirm.act")
        yield from self._see_staff("pin.title", "pin-child")
        yield from self._pin(RIGHT)
        yield from self._see_staff("registered.title", "registered-child")
        yield from self._guide.lift()
        yield from self._patron("end")

    def _proxy(self) -> Steps:
        yield from self._guide.chapter("proxy")
        yield from self._see_staff("home.title")
        yield from self._staff("home.registration-start")
        yield from self._staff("applicant.other")
        yield from self._see_staff("guide.proxy-1", "proxy-refused")
        yield from self._staff("action.close")

    def _wrong_pin(self) -> Steps:
        yield from self._guide.chapter("wrong-pin")
        yield from self._begin("self", "other")
        yield from self._guide.lay("two-tries")
        yield from self._agree()
        yield from self._see_staff("pin.two-left", "pin-two-left")
        yield from self._pin(WRONG)
        yield from self._see_staff("pin.last-try", "last-try-after-mistake")
        yield from self._patron("last.not-today")
        yield from self._see_staff("home.title")
        yield from self._guide.lift()

    def _last_try(self) -> Steps:
        yield from self._guide.chapter("last-try")
        yield from self._begin("self", "other")
        yield from self._guide.lay("one-try")
        yield from self._agree()
        yield from self._see_staff("pin.last-try", "last-try")
        yield from self._patron("last.go-on")
        yield from self._see_staff("pin.title")
        yield from self._pin(WRONG)
        yield from self._guide.see(self._guide.staff, say("refusal.pin-locked.title"))
        yield from self._guide.picture("pin-locked")
        yield from self._guide.lift()
        yield from self._staff("action.close")

    def _locked(self) -> Steps:
        yield from self._guide.chapter("locked")
        yield from self._begin("self", "other")
        yield from self._guide.lay("locked")
        yield from self._agree()
        yield from self._guide.see(self._guide.staff, say("refusal.pin-unavailable.title"))
        yield from self._guide.picture("pin-unavailable")
        yield from self._guide.lift()
        yield from self._staff("action.close")

    def _renewed(self) -> Steps:
        yield from self._guide.chapter("renewed")
        yield from self._guide.lay("renewed")
        yield from self._guide.see(self._guide.staff, say("refusal.not-linked.title"))
        yield from self._guide.picture("not-linked")
        yield from self._staff("refusal.register")
        yield from self._staff("applicant.self")
        yield from self._staff("action.next", step=say("staff.step.library-card"))
        yield from self._see_staff("library-card.title")
        yield from self._guide.scan("own")
        yield from self._see_staff("replacement.title", "replacement")
        yield from self._staff("replacement.renewed")
        yield from self._agree()
        yield from self._pin(RIGHT)
        yield from self._see_staff("registered.replaced", "registered-replaced")
        yield from self._guide.lift()
        yield from self._staff("action.done")

    def _refusals(self) -> Steps:
        yield from self._guide.chapter("refusals")
        refusals = {
            "expired": "card-expired",
            "no-certificate": "no-certificate",
            "not-my-number-card": "not-my-number-card",
            "phone": "phone-not-accepted",
            "unknown-authority": "issuer-unknown",
        }
        for card, code in refusals.items():
            yield from self._guide.lay(card)
            yield from self._guide.see(self._guide.staff, say(f"refusal.{code}.title"))
            yield from self._guide.picture(f"refused-{code}")
            yield from self._guide.lift()
        yield from self._staff("action.close")

    def _languages(self) -> Steps:
        """The same registration in the two other languages, with a card that ends soon and one whose key is another's."""
        yield from self._guide.chapter("languages")
        yield from self._guide.press(self._guide.patron, say("patron.language.ja_easy"))
        yield from self._see_patron("waiting.title", "easy-waiting", Language.EASY_JAPANESE)
        yield from self._begin("self", "other")
        yield from self._guide.press(self._guide.patron, say("patron.language.ja_easy"))
        yield from self._guide.lay("about-to-expire")
        yield from self._see_staff("confirm.title", "easy-confirm")
        yield from self._patron("confirm.act", Language.EASY_JAPANESE)
        yield from self._see_patron("pin.title", "easy-pin", Language.EASY_JAPANESE)
        yield from self._guide.press(self._guide.patron, say("patron.language.en"))
        yield from self._see_patron("pin.title", "english-pin", Language.ENGLISH)
        yield from self._guide.pin(RIGHT, say("patron.pin.confirm", Language.ENGLISH))
        yield from self._see_patron("done.title", "english-done", Language.ENGLISH)
        yield from self._guide.lift()
        yield from self._staff("action.done")
        yield from self._see_staff("home.title")
        yield from self._guide.lay("about-to-expire")
        yield from self._staff("holder.yes")
        yield from self._see_staff("patron.choose", "ends-soon")
        yield from self._guide.lift()
        yield from self._staff("action.end")

    def _lost_card(self) -> Steps:
        yield from self._guide.chapter("lost-card")
        yield from self._see_staff("home.title")
        yield from self._staff("home.unlinking-start")
        yield from self._see_staff("unlinking.title", "unlink-reason")
        yield from self._staff("unlinking.lost")
        yield from self._see_staff("unlink-number.stop", "unlink-stop")
        yield from self._staff("unlink-number.stopped")
        yield from self._guide.picture("unlink-number")
        yield from self._guide.scan("own")
        yield from self._see_staff("unlink-confirm.title", "unlink-confirm")
        yield from self._staff("unlink-confirm.do")
        yield from self._see_staff("unlinked.title", "unlinked")
        yield from self._staff("action.done")

    def _pages(self) -> Steps:
        yield from self._guide.chapter("pages")
        yield from self._staff("rail.status")
        yield from self._see_staff("status.title", "status")
        yield from self._staff("rail.help")
        yield from self._see_staff("help.lending", "help")
        yield from self._staff("rail.home")
        yield from self._see_staff("home.title")
