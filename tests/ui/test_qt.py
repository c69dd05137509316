"""The Qt binding the program depends on."""

import sys

from PySide6.QtWidgets import QApplication, QWidget


def test_a_call_without_a_result_leaves_none_alone(qapp: QApplication) -> None:
    """PySide6 6.12.0 takes a reference from None at each such call on Python 3.11, and the process aborts within minutes."""
    widget = QWidget()
    before = sys.getrefcount(None)
    for number in range(500):
        widget.resize(10 + number % 2, 10)
        widget.setAccessibleName("a")
    assert abs(sys.getrefcount(None) - before) < 100
