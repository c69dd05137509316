"""What the patron sees, as a drawing and a sentence; never a copy of the patron's pixels."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from kiosk.domain.model import ReaderCondition
from kiosk.domain.states import AskingPin, CheckingPin, ConfirmingLink, Counter, LastTryWarning, Reading, ReadingTries, SavingLink
from kiosk.text import say
from kiosk.ui.staff.panels import column, picture_of, row
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.picture import Picture
from kiosk.ui.widgets.words import Words


def sentence_for(counter: Counter) -> str:
    flow = counter.flow
    if isinstance(flow, ConfirmingLink):
        return say("staff.mirror.confirm")
    if isinstance(flow, AskingPin | LastTryWarning):
        return say("staff.mirror.pin")
    if isinstance(flow, SavingLink):
        return say("staff.mirror.saving")
    tried = isinstance(flow, Reading) and flow.insertion in counter.strays
    if isinstance(flow, Reading | ReadingTries | CheckingPin) and not tried:
        return say("staff.mirror.reading")
    if counter.reader not in (ReaderCondition.READY, ReaderCondition.STARTING):
        return say("staff.mirror.away")
    return say("staff.mirror.place")


class PatronMirror(QWidget):
    """`wide` puts the title below the drawing, as on the pages where the patron acts."""

    def __init__(self, sizes: StaffSizes, *, wide: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(say("staff.mirror.name"))
        self._wide = wide
        width = sizes.pin_panel - 2 * sizes.margin_x if wide else sizes.side - 2 * sizes.margin_x
        self._picture = Picture("patron-window-waiting", width, round(width * (0.58 if wide else 0.36)))
        self._title, self._language, self._sentence = Words(kind="strong"), Words(kind="note"), Words(kind="note", centred=True)
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

    def show_state(self, counter: Counter) -> None:
        typing = isinstance(counter.flow, AskingPin | CheckingPin | LastTryWarning | ReadingTries)
        self._picture.show_picture("patron-window-pin" if typing else "patron-window-waiting")
        language = say(f"staff.language.{counter.language}")
        self._title.set_text(say("staff.mirror.title"))
        self._language.set_text(say("staff.mirror.title-language", language=language) if self._wide else language)
        self._sentence.set_text(sentence_for(counter))
