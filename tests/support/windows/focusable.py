"""The controls of a window that keys can reach, and the effect of pressing them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from kiosk.domain.consequences import has_consequences
from kiosk.domain.states import Counter
from kiosk.ui.widgets.control import event_of


def focusable(window: QWidget) -> list[QWidget]:
    policy = Qt.FocusPolicy.TabFocus.value
    return [one for one in window.findChildren(QWidget) if one.isVisible() and one.isEnabled() and one.focusPolicy().value & policy]


def is_guarded(control: QWidget, counter: Counter) -> bool:
    """Whether the window treats the control as guarded, judged by the mark on its button."""
    event = event_of(control) if isinstance(control, QAbstractButton) else None
    return event is not None and has_consequences(counter, event)
