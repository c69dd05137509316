"""What scrolls on the staff pages, and by which keys."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractSlider, QFrame, QLayout, QScrollArea, QScrollBar, QSizePolicy, QWidget

_ACTIONS = QAbstractSlider.SliderAction
SCROLLS = {
    Qt.Key.Key_PageDown: _ACTIONS.SliderPageStepAdd,
    Qt.Key.Key_PageUp: _ACTIONS.SliderPageStepSub,
    Qt.Key.Key_Home: _ACTIONS.SliderToMinimum,
    Qt.Key.Key_End: _ACTIONS.SliderToMaximum,
    Qt.Key.Key_Down: _ACTIONS.SliderSingleStepAdd,
    Qt.Key.Key_Up: _ACTIONS.SliderSingleStepSub,
}
"""What keys do to what scrolls."""

BAR = 12
"""Width of a scroll bar, as the style sheet has it."""


class ScrollArea(QScrollArea):
    """Scrolls downwards only. A key is for it as long as there is anything to scroll, else for whatever it stands in.

    Its bar is one of its own, beside Qt's, which is never shown: assistive tools ask for Qt's by number, and a page that is left, or a
    list that grows, between two of their questions is a wrong number, of which Qt dies (QAccessibleAbstractScrollArea::child).
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._below: int | None = None
        """What was scrolled away below while what is in use was in sight."""
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._range_changed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # It has its room also while there is nothing to scroll: nothing grows narrower when it comes.
        self.setViewportMargins(0, 0, BAR, 0)
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.setEnabled(False)
        bar.valueChanged.connect(self._bar.setValue)
        self._bar.valueChanged.connect(bar.setValue)

    def keep_in_place(self, in_use: QWidget) -> None:
        """Whatever comes or goes above it here, where everything fills from below."""
        bar = self.verticalScrollBar()
        self._below = None if in_use.visibleRegion().isEmpty() else bar.maximum() - bar.value()

    def _range_changed(self, _least: int, most: int) -> None:
        bar = self.verticalScrollBar()
        self._bar.setRange(bar.minimum(), most)
        self._bar.setPageStep(bar.pageStep())
        self._bar.setValue(bar.value())
        self._bar.setEnabled(most > 0)
        if self._below is not None:
            self.verticalScrollBar().setValue(most - self._below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._bar.setGeometry(self.width() - BAR, 0, BAR, self.height())
        self._bar.setPageStep(self.verticalScrollBar().pageStep())

    def scroll_by(self, key: Qt.Key) -> bool:
        """Whether this key scrolls here."""
        bar = self.verticalScrollBar()
        if key not in SCROLLS or bar.maximum() <= bar.minimum():
            return False
        bar.triggerAction(SCROLLS[key])
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(self.scroll_by(Qt.Key(event.key())))


class ScrollColumn(ScrollArea):
    """What finds no room scrolls by itself, so that what stands beside or below it stays in sight.

    It asks for no more than `least` pixels of height and is content with them. Where there is something to scroll, Tab reaches it and
    the arrow keys scroll.
    """

    def __init__(self, inside: QLayout | QWidget, name: str, least: int) -> None:
        super().__init__()
        self._least = least
        self.setAccessibleName(name)
        whole = inside if isinstance(inside, QWidget) else QWidget()
        whole.setProperty("scrolled", "true")
        # As wide as there is room, whatever it would like: words wrap.
        whole.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setWidget(whole)
        if isinstance(inside, QLayout):
            # Only now: a scroll area measures what it is given, and gives it a style, before it has that of its window.
            whole.setLayout(inside)

    def _range_changed(self, least: int, most: int) -> None:
        super()._range_changed(least, most)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if most > 0 else Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        return QSize(0, self._least)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._least)
