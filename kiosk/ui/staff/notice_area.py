"""Placement of notices: over the top bar and the page's margin, where they cover no control and move nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QFrame, QWidget

from kiosk.text import say
from kiosk.ui.staff.panels import MIDDLE, TOP, column, row
from kiosk.ui.staff.scroll import BAR, ScrollArea
from kiosk.ui.theme import StaffSizes
from kiosk.ui.timing import Timing
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.notice import Notice

_CLICK = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease)
SEEN = "O"
"""The letter of the chord that puts the first notice away."""
_DEAF_SECONDS = 0.7
"""Time a hand already moving needs to notice that the notice has changed."""


class NoticeBand(QFrame):
    """Stack of notices that shows one at a time; the others are folded away, with their buttons, until staff unfold them over the page.

    A visible notice keeps its place: a later one never replaces it, so that nobody presses the wrong button. `urgent` notices, which have
    no harmful button, precede all others except `question`, which answers a press and so is shown at once with its buttons, with the
    urgent one below it. `tell` notices are informational and come last; whatever replaces one ignores presses for a moment.
    """

    def __init__(
        self,
        sizes: StaffSizes,
        question: Notice,
        urgent: Sequence[Notice],
        others: Sequence[Notice],
        tell: Sequence[Notice],
        timing: Timing,
    ) -> None:
        super().__init__()
        self.setProperty("band", "notices")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._sizes, self._question, self._urgent, self._others = sizes, question, urgent, (*others, *tell)
        self._tell, self._timing = tell, timing
        self._order: list[Notice] = []
        self._first: Notice | None = None
        self._deaf_until = 0.0
        self._is_open = False
        self._buttons: dict[Notice, list[QAbstractButton]] = {}
        self._seen: dict[Notice, Button] = {}
        inside = QWidget()
        inside.setProperty("scrolled", "true")
        self._stack = column(6)
        for notice in (question, *urgent, *self._others):
            self._stack.addWidget(notice)
        self._stack.addStretch(1)
        inside.setLayout(self._stack)
        self._area = ScrollArea()
        self._area.setWidget(inside)
        self._fold = Button("", "secondary")
        self._fold.setProperty("compact", "true")
        self._fold.clicked.connect(self._turn)
        self._fold.installEventFilter(self)
        across = row(8, (6, 2, 6, 2))
        across.addWidget(self._area, 1)
        across.addWidget(self._fold, 0, TOP)
        self.setLayout(across)
        self.hide()

    def give(self, notice: Notice, *buttons: QAbstractButton) -> None:
        """Add buttons to a notice; they are shown only together with its full text."""
        self._buttons.setdefault(notice, []).extend(buttons)
        layout = notice.layout()
        for button in buttons:
            button.setProperty("compact", "true")
            button.installEventFilter(self)
            if layout is not None:
                layout.addWidget(button)
                layout.setAlignment(button, MIDDLE)

    def give_seen(self, notice: Notice, button: Button) -> None:
        """Add the button that puts the notice away. One chord walks through the notices: it belongs to the first that is shown.

        The button is slim, so that the chord takes no width from the text: what no longer fits is folded, with its buttons.
        """
        self.give(notice, button)
        self._seen[notice] = button

    def stand_in(self, frame: QWidget) -> None:
        self.setParent(frame)
        frame.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() is QEvent.Type.Resize:
            self.fit()
        if not isinstance(watched, QAbstractButton):
            return False
        # The second half of a double click would hit whatever has appeared there.
        if event.type() is QEvent.Type.MouseButtonDblClick:
            return True
        return watched is not self._fold and event.type() in _CLICK and self._timing.now() < self._deaf_until

    def _turn(self) -> None:
        self._is_open = not self._is_open
        self.fit()

    def fit(self) -> None:
        """Arrange the active notices in the space available."""
        before = [notice for notice in self._order if notice.speaks]
        new = [notice for notice in self._others if notice.speaks and notice not in before]
        self._order = sorted((*before, *new), key=lambda notice: notice in self._tell)
        urgent = [notice for notice in self._urgent if notice.speaks]
        first = self._question if self._question.speaks else next(filter(_has_focus, (*urgent, *self._order)), None)
        told = [*filter(None, [first]), *(notice for notice in (*urgent, *self._order) if notice is not first)]
        if not told:
            self._is_open, self._first = False, None
            self.hide()
            return
        # A keyboard user on a notice's button also sees the hint that answers the key.
        self._lay_out(told, both=first is not None and told[1:2] == urgent[:1] and bool(urgent))
        self.show()
        self.raise_()

    def _lay_out(self, told: Sequence[Notice], *, both: bool) -> None:
        first, *others = told
        if self._first in self._tell and self._first in self._buttons and self._first is not first and not self._is_open:
            self._deaf_until = self._timing.now() + _DEAF_SECONDS
        self._first = first
        shown = told if self._is_open else told[: 2 if both else 1]
        for place, notice in enumerate(told):
            self._stack.insertWidget(place, notice)
        for notice in (self._question, *self._urgent, *self._others):
            notice.setVisible(notice in shown)
            self._show_whole(notice, whole=True)
        self._name_fold(others, is_cut=False)
        is_cut = first is not self._question and self._needed([first]) > self._room()
        if is_cut and not self._is_open:
            self._show_whole(first, whole=False)
        if not is_cut and not others:
            self._is_open = False
            shown = told
        self._name_fold(others, is_cut=is_cut)
        following = next((self._seen[notice] for notice in shown if notice in self._seen), None)
        for button in self._seen.values():
            button.give_chord(SEEN if button is following else "")
        parent = cast("QWidget", self.parent())
        in_its_place = len(shown) == 1 and first is not self._question and not self._is_open
        most = self._room() if in_its_place else parent.height() - self._sizes.status
        wanted = max(self._sizes.top, self._needed(shown))
        self.setGeometry(self._sizes.rail, 0, parent.width() - self._sizes.rail, min(wanted, most))

    def _show_whole(self, notice: Notice, *, whole: bool) -> None:
        notice.show_detail(whole)
        for button in self._buttons.get(notice, ()):
            button.setVisible(whole)

    def _name_fold(self, others: Sequence[Notice], *, is_cut: bool) -> None:
        if self._is_open:
            self._fold.set_text(say("staff.banner.fold"))
        elif is_cut and others:
            self._fold.set_text(say("staff.banner.unfold-and", count=len(others)))
        else:
            self._fold.set_text(say("staff.banner.unfold") if is_cut else say("staff.banner.others", count=len(others)))
        self._fold.setVisible(is_cut or bool(others) or self._is_open)

    def _room(self) -> int:
        """Return the height of the top bar plus the margin at the top of each page."""
        return self._sizes.top + self._sizes.margin_y - 2

    def _needed(self, notices: Iterable[Notice]) -> int:
        parent = cast("QWidget", self.parent())
        fold = self._fold.sizeHint().width() + 8 if not self._fold.isHidden() else 0
        width = parent.width() - self._sizes.rail - 12 - BAR - fold
        heights = [notice.heightForWidth(width) for notice in notices]
        return sum(heights) + 6 * (len(heights) - 1) + 5


def _has_focus(notice: Notice) -> bool:
    focused = cast("QWidget | None", notice.window().focusWidget())
    return focused is not None and notice.isAncestorOf(focused)
