"""What the patron sees, as a drawing and a sentence; never the patron's actual pixels."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from kiosk.domain.availability import why_unavailable
from kiosk.domain.health import Finding
from kiosk.domain.patron_view import PatronView, is_in_sight, patron_view
from kiosk.domain.session_end import as_the_patron_reads
from kiosk.domain.states import Counter, PageName
from kiosk.text import say
from kiosk.ui.patron.message_texts import boxes_of, leave_of, step_of
from kiosk.ui.patron_illustrations import picture_of
from kiosk.ui.reading_time import ReadingTime
from kiosk.ui.staff.miniature import Around, Miniature
from kiosk.ui.staff.panels import column, row
from kiosk.ui.theme import StaffSizes
from kiosk.ui.widgets.icon import icon_label
from kiosk.ui.widgets.words import Words

_UNSEEN = {"displays.one": "gone", "displays.other": "gone", "displays.mirrored": "same"}
"""Display findings under which the patron does not see the patron window."""
_WINDOW = "patron-window"
_DRAWN = {PageName.CONFIRM: "confirm", PageName.PIN: "pin", PageName.LAST_TRY: "last", PageName.DONE: "done"}
"""Pages with a drawing of their own; the others share the one of a text page."""


def out_of_sight(counter: Counter) -> str:
    """Return why the patron sees no page, as suffix of `staff.mirror.…`; "" if they see one."""
    displays = counter.facts.finding("displays")
    if (why := _UNSEEN.get(displays.outcome)) is not None and not _has_another(displays):
        return why
    return "" if is_in_sight(counter) else "single"


def sentences(view: PatronView) -> list[str]:
    """Return suffixes of `staff.mirror.…`: the page, then its overlays."""
    reader = view.page is PageName.CLOSED and view.problem is not None and view.problem.code.about.is_reader_trouble
    over = [name for name, shown in (("take-card", view.take_card), ("go-on", view.go_on)) if shown]
    return ["no-reader" if reader else view.page, *over]


def around(counter: Counter, view: PatronView) -> Around:
    """Return frame and overlays of the patron's page. The pages for turning a shared display have no frame."""
    turned = view.page in (PageName.HANDOVER, PageName.RETURNING)
    language = None if view.page is PageName.RETURNING else counter.language
    leaves = view.page is PageName.HANDOVER or bool(leave_of(view.page, counter))
    care, private = boxes_of(counter, view)
    step = None if turned else step_of(counter.flow)
    return Around(language, leaves, step, view.take_card, view.go_on, care, private)


def _has_another(displays: Finding) -> bool:
    """Whether the patron window is on another display than configured (`ui.display_assignment`)."""
    return displays.outcome == "displays.other" and bool(displays.number("apart"))


class PatronMirror(QWidget):
    """Mirror of the patron's page. `wide` puts the title below the drawing, as on pages where the patron acts."""

    def __init__(self, sizes: StaffSizes, *, wide: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(say("staff.mirror.name"))
        self._wide = wide
        self._shown: Counter | None = None
        self._reading = ReadingTime(self, self._show)
        width = sizes.pin_panel - 2 * sizes.margin_x if wide else sizes.side - 2 * sizes.margin_x
        self._picture = Miniature(width, round(width * (0.58 if wide else 0.36)))
        self._title, self._language, self._sentence = Words(kind="strong"), Words(kind="note"), Words(kind="note", centred=True)
        # The title keeps its place while the drawing is hidden.
        keeping = self._picture.sizePolicy()
        keeping.setRetainSizeWhenHidden(True)
        self._picture.setSizePolicy(keeping)
        inside = column(round(sizes.gap * 0.5))
        if wide:
            inside.addStretch(1)
            inside.addWidget(self._picture, 4)
            below = row(10)
            below.addStretch(1)
            below.addWidget(icon_label("screen", sizes.icon, "sub"))
            below.addWidget(self._language)
            below.addStretch(1)
            inside.addLayout(below)
            inside.addWidget(self._sentence)
            inside.addStretch(1)
        else:
            above = row(10)
            above.addWidget(icon_label("screen", sizes.icon))
            above.addWidget(self._title, 1)
            above.addWidget(self._language, 0, Qt.AlignmentFlag.AlignVCenter)
            inside.addLayout(above)
            inside.addWidget(self._picture, 1)
            inside.addWidget(self._sentence)
        self.setLayout(inside)

    def show_state(self, counter: Counter) -> None:
        self._shown = as_the_patron_reads(counter)
        self._reading.follow(counter.flow)
        self._show()

    def _show(self) -> None:
        if self._shown is None:
            return
        counter = self._shown
        language = say(f"staff.language.{counter.language}")
        self._title.set_text(say("staff.mirror.title"))
        self._language.set_text(say("staff.mirror.title-language", language=language) if self._wide else language)
        why = out_of_sight(counter)
        self._picture.setVisible(not why)
        if why:
            self._sentence.set_text(say(f"staff.mirror.{why}"))
            return
        view = patron_view(counter, why_unavailable(counter), self._reading.lasted)
        inset = "" if view.page in _DRAWN else picture_of(view.page, counter)
        self._picture.show_page(f"{_WINDOW}-{_DRAWN.get(view.page, 'words')}", inset, around(counter, view))
        self._sentence.set_text("\n".join(say(f"staff.mirror.{said}") for said in sentences(view)))
