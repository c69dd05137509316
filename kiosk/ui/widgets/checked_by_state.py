"""Whether a control is checked follows the state that is shown, however it was pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractButton

if TYPE_CHECKING:
    _Button = QAbstractButton
else:
    # A second class of Qt among the bases of a widget crashes PySide.
    _Button = object


class CheckedByState(_Button):
    """A checkable button that `setChecked` alone checks. To be named first among the bases of a button.

    A press by mouse or key leaves it as it is and is told by `clicked`; so is "Toggle", which an accessibility tool sends past both
    (QAccessibleButton calls QAbstractButton::toggle), and which would leave two of a few lit.
    """

    _shown = False

    def follow_state(self) -> None:
        """To be called once, when the button is made."""
        self.setCheckable(True)
        self.toggled.connect(self._keep_shown)

    def setChecked(self, checked: bool) -> None:
        self._shown = checked
        super().setChecked(checked)

    def nextCheckState(self) -> None:
        """Nothing: see the class."""

    def _keep_shown(self, checked: bool) -> None:
        if checked != self._shown:
            super().setChecked(self._shown)
            self.click()
