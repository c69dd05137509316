"""What the patron sees, as a drawing and a sentence; never a copy of the patron's pixels."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from kiosk.domain.health import Finding
from kiosk.domain.hindrance import hindrance
from kiosk.domain.states import (
    AskingPin,
    CheckingPin,
    ConfirmingLink,
    Counter,
    CounterFacts,
    LastTryWarning,
    Reading,
    ReadingTries,
    SavingLink,
)
from kiosk.text import say
from kiosk.ui.staff.panels import column, picture_of, row
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.words import Words

_UNSEEN = {"displays.one": "gone", "displays.other": "gone", "displays.mirrored": "same"}
"""With such displays the patron sees nothing of what is meant for them."""


_WAITING, _PIN = "patron-window-waiting", "patron-window-pin"


def mirrored(counter: Counter, facts: CounterFacts) -> tuple[str, str]:
    """A drawing, empty where none would be true, and the sentence `staff.mirror.…`."""
    flow = counter.flow
    displays = facts.finding("displays")
    if (unseen := _UNSEEN.get(displays.outcome)) is not None and not _has_another(displays):
        return "", unseen
    match flow:
        case ConfirmingLink():
            return _WAITING, "confirm"
        case AskingPin() | LastTryWarning():
            return _PIN, "pin"
        case SavingLink():
            return _WAITING, "saving"
        case ReadingTries() | CheckingPin():
            return _PIN, "reading"
        case Reading(insertion=insertion) if insertion not in counter.strays:
            return _WAITING, "reading"
    if not counter.reads_cards:
        return "", "away"
    return ("", "closed") if hindrance(counter, facts) is not None else (_WAITING, "place")


def _has_another(displays: Finding) -> bool:
    """Whether the patron's window has gone to another display than the config names (`ui.arrangement`)."""
    return displays.outcome == "displays.other" and bool(displays.number("apart"))


class PatronMirror(QWidget):
    """`wide` puts the title below the drawing, as on the pages where the patron acts."""

    def __init__(self, sizes: StaffSizes, *, wide: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(say("staff.mirror.name"))
        self._wide = wide
        width = sizes.pin_panel - 2 * sizes.margin_x if wide else sizes.side - 2 * sizes.margin_x
        self._picture = Picture(_WAITING, width, round(width * (0.58 if wide else 0.36)))
        self._title, self._language, self._sentence = Words(kind="strong"), Words(kind="note"), Words(kind="note", centred=True)
        # The title keeps its place while there is nothing to draw.
        keeping = self._picture.sizePolicy()
        keeping.setRetainSizeWhenHidden(True)
        self._picture.setSizePolicy(keeping)
        inside = column(round(sizes.gap * 0.5))
        if wide:
            inside.addStretch(1)
            inside.addWidget(self._picture, 4)
            below = row(10)
            below.addStretch(1)
            below.addWidget(picture_of("screen", sizes.icon, "sub"))
            below.addWidget(self._language)
            below.addStretch(1)
            inside.addLayout(below)
            inside.addWidget(self._sentence)
            inside.addStretch(1)
        else:
            above = row(10)
            above.addWidget(picture_of("screen", sizes.icon))
            above.addWidget(self._title, 1)
            above.addWidget(self._language, 0, Qt.AlignmentFlag.AlignVCenter)
            inside.addLayout(above)
            inside.addWidget(self._picture, 1)
            inside.addWidget(self._sentence)
        self.setLayout(inside)

    def show_state(self, counter: Counter, facts: CounterFacts) -> None:
        picture, sentence = mirrored(counter, facts)
        self._picture.setVisible(bool(picture))
        if picture:
            self._picture.show_picture(picture)
        language = say(f"staff.language.{counter.language}")
        self._title.set_text(say("staff.mirror.title"))
        self._language.set_text(say("staff.mirror.title-language", language=language) if self._wide else language)
        self._sentence.set_text(say(f"staff.mirror.{sentence}"))
