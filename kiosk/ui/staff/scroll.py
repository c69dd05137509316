"""Scroll areas of the staff pages, and their keys."""

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
"""Slider action of each key."""

BAR = 12
"""Width of a scroll bar, matching the style sheet."""


class ScrollArea(QScrollArea):
    """Vertical scroll area. Handles keys only if there is anything to scroll, otherwise leaves them to its parent.

    Has its own scroll bar; Qt's is never shown. Assistive tools address Qt's by child index, and when a page closes or a list grows
    between two of their calls, the index is stale and Qt crashes (QAccessibleAbstractScrollArea::child).
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._below: int | None = None
        """Distance to the bottom while the widget in use was visible."""
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._range_changed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Its space is reserved, so that nothing narrows when it appears.
        self.setViewportMargins(0, 0, BAR, 0)
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.setEnabled(False)
        bar.valueChanged.connect(self._bar.setValue)
        self._bar.valueChanged.connect(bar.setValue)

    def keep_in_place(self, in_use: QWidget) -> None:
        """Keep this widget's position while widgets above it come and go."""
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
        """Scroll by this key; return whether it scrolls here."""
        bar = self.verticalScrollBar()
        if key not in SCROLLS or bar.maximum() <= bar.minimum():
            return False
        bar.triggerAction(SCROLLS[key])
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(self.scroll_by(Qt.Key(event.key())))


class ScrollColumn(ScrollArea):
    """Part of a page that scrolls separately, so that what is beside or below it stays visible.

    Its height hint is `least` pixels. If there is something to scroll, it takes the focus by Tab and scrolls by the arrow keys.
    """

    def __init__(self, inside: QLayout | QWidget, name: str, least: int) -> None:
        super().__init__()
        self._least = least
        self.setAccessibleName(name)
        whole = inside if isinstance(inside, QWidget) else QWidget()
        whole.setProperty("scrolled", "true")
        # Ignore the preferred width: text wraps.
        whole.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setWidget(whole)
        if isinstance(inside, QLayout):
            # Not before: a scroll area measures and styles its widget before it has the window's style.
            whole.setLayout(inside)

    def _range_changed(self, least: int, most: int) -> None:
        super()._range_changed(least, most)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if most > 0 else Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        return QSize(0, self._least)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._least)
