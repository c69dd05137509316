"""Validity of library card and certificate, and where to look it up if it is unknown."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QWidget

from kiosk.domain.model import IlsCondition, Month, Patron
from kiosk.domain.states import Problem
from kiosk.text import refusal, say
from kiosk.ui.staff.panels import TOP, row
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.icon import icon_label, pixmap
from kiosk.ui.widgets.notice import Notice
from kiosk.ui.widgets.words import Words, unmarked

ENDS_SOON_DAYS = 90


class Validity(QWidget):
    """Expiry of the library card, or why it is unknown."""

    def __init__(self, sizes: StaffSizes) -> None:
        super().__init__()
        self._icon, self._size = icon_label("info", sizes.icon, "blue"), sizes.icon
        self._valid, self._words = Words(say("staff.patron.valid"), "strong"), Words(kind="body")
        inside = row(10)
        inside.addWidget(self._icon, 0, TOP)
        inside.addWidget(self._valid, 0, TOP)
        inside.addWidget(self._words, 1)
        self.setLayout(inside)

    def show_patron(self, patron: Patron, ils: IlsCondition, objection: Problem | None = None) -> None:
        """Show the patron. `ils` distinguishes "not asked" from "no answer"; `objection` is a later refusal by the library system."""
        if objection is not None:
            self._icon.setPixmap(pixmap("error", self._size, "red", self.devicePixelRatioF()))
            self._valid.hide()
            self._words.set_text(refusal(objection.code, "staff", **dict(objection.params)))
            return
        unread = " ".join(patron.valid_said.split())
        icon, colour = (
            ("checkc", "green") if patron.checked and not unread else ("info", "blue") if ils is IlsCondition.NONE else ("warn", "yellow")
        )
        self._icon.setPixmap(pixmap(icon, self._size, colour, self.devicePixelRatioF()))
        self._valid.setVisible(patron.checked and not unread)
        until = patron.valid_until
        if not patron.checked:
            self._words.set_text(say("staff.patron.unchecked" if ils is IlsCondition.NONE else "staff.patron.unchecked-trouble"))
        elif unread:
            self._words.set_text(say("staff.patron.valid-unread", said=unmarked(unread)))
        elif until is None:
            self._words.set_text(say("staff.patron.valid-unknown"))
        else:
            self._words.set_text(say("staff.patron.valid-until", year=until.year, month=until.month, day=until.day))


class CardEnds(Notice):
    """Notice that the library card expires soon but is valid today; otherwise hidden."""

    def __init__(self, sizes: StaffSizes) -> None:
        super().__init__("care", icon_size=sizes.icon, line=1.4, small=True)

    def show_patron(self, patron: Patron, today: date) -> None:
        until = patron.valid_until
        if not patron.checked or until is None or (until - today).days > ENDS_SOON_DAYS:
            self.say("")
        else:
            day = say("staff.patron.card-ends", year=until.year, month=until.month, day=until.day)
            self.say(day, say("staff.patron.card-ends-text"))


class CertificateEnds(Notice):
    """Notice that the certificate expires soon but is valid today; otherwise hidden.

    Shows year and month only: the day is the holder's birthday.
    """

    def __init__(self, sizes: StaffSizes) -> None:
        super().__init__("care", icon_size=sizes.icon, line=1.4, small=True)

    def show_month(self, ends: Month | None) -> None:
        if ends is None:
            self.say("")
        else:
            self.say(say("staff.ends.title", year=ends.year, month=ends.month), say("staff.ends.text"))
