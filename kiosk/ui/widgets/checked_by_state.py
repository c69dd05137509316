"""Mixin for buttons whose checked state follows the displayed state, however they are pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractButton

if TYPE_CHECKING:
    _Button = QAbstractButton
else:
    # PySide crashes on a second Qt class among a widget's bases.
    _Button = object


class CheckedByState(_Button):
    """Checkable button that only `setChecked` checks. Must come first among the bases.

    A press by mouse or key leaves the check unchanged and emits `clicked`. So does "Toggle" from an accessibility tool, which bypasses
    both (QAccessibleButton calls QAbstractButton::toggle) and would otherwise leave two buttons of a group checked.
    """

    _shown = False

    def follow_state(self) -> None:
        """Enable the behaviour. Call once, on construction."""
        self.setCheckable(True)
        self.toggled.connect(self._keep_shown)

    def setChecked(self, checked: bool) -> None:
        self._shown = checked
        super().setChecked(checked)

    def nextCheckState(self) -> None:
        """Do nothing: see the class."""

    def _keep_shown(self, checked: bool) -> None:
        if checked != self._shown:
            super().setChecked(self._shown)
            self.click()
