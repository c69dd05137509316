"""A staff window on a real screen, with every way of copying its text. Usage: python -m tests.support.screens.clipboard_program

Each line on standard input names a way; its duration in seconds is printed afterwards.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QPoint, QSocketNotifier, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kiosk.ui.staff import StaffWindow
from kiosk.ui.staff.number_label import NumberLabel
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.scan_field import ScanField
from tests.support.windows.patron_samples import with_facts
from tests.support.windows.staff_samples import staff_scenes

LEFT, CONTROL, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
SCENES = staff_scenes()


class Copies:
    def __init__(self) -> None:
        self.window = StaffWindow(lambda event: None)
        self.window.resize(1366, 768)
        self.window.show()
        self.window.show_state(with_facts(*SCENES["lending"]))
        QTest.qWaitForWindowExposed(self.window)
        self.window.activateWindow()
        QTest.qWait(50)

    def button(self) -> None:
        next(button for button in self.window.findChildren(Button) if button.accessibleName() == "番号をコピー").click()

    def label(self) -> NumberLabel:
        return next(label for label in self.window.findChildren(NumberLabel) if label.isVisible())

    def mouse(self) -> None:
        """Drag the mouse over the number from beginning to end."""
        label = self.label()
        middle = label.height() // 2
        QTest.mousePress(label, LEFT, pos=QPoint(1, middle))
        for x in (20, 80, label.width() - 2):
            QTest.mouseMove(label, QPoint(x, middle))
        QTest.mouseRelease(label, LEFT, pos=QPoint(label.width() - 2, middle))

    def drag(self) -> None:
        """Drag the selection elsewhere."""
        self.mouse()
        label = self.label()
        middle = label.height() // 2
        QTest.mousePress(label, LEFT, pos=QPoint(40, middle))
        QTest.mouseMove(label, QPoint(120, middle))
        QTest.mouseMove(label, QPoint(120, middle + 200))
        QTest.mouseRelease(label, LEFT, pos=QPoint(120, middle + 200))

    def label_key(self) -> None:
        self.mouse()
        QTest.keyClick(self.label(), Qt.Key.Key_C, CONTROL)

    def field(self) -> ScanField:
        field = next(field for field in self.window.findChildren(ScanField) if field.isVisible())
        field.setFocus()
        field.setText("1103447109")
        return field

    def field_copy(self) -> None:
        field = self.field()
        QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
        QTest.keyClick(field, Qt.Key.Key_C, CONTROL)

    def field_insert(self) -> None:
        field = self.field()
        QTest.keyClick(field, Qt.Key.Key_Home, SHIFT)
        QTest.keyClick(field, Qt.Key.Key_Insert, CONTROL)

    def field_cut(self) -> None:
        field = self.field()
        QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
        QTest.keyClick(field, Qt.Key.Key_X, CONTROL)

    def field_mouse(self) -> None:
        QTest.mouseDClick(self.field(), LEFT, pos=QPoint(70, 20))

    def paste_own(self) -> None:
        """Paste the number from the button into an empty field, and select it there."""
        self.button()
        field = self.field()
        field.clear()
        QTest.keyClick(field, Qt.Key.Key_V, CONTROL)
        QTest.keyClick(field, Qt.Key.Key_A, CONTROL)

    def paste_theirs(self) -> None:
        """Paste what another program has copied, which arrives a moment later; then select it."""
        field = self.field()
        field.clear()
        QTest.keyClick(field, Qt.Key.Key_V, CONTROL)
        come = QEventLoop()
        field.textChanged.connect(come.quit)
        QTimer.singleShot(5000, come.quit)
        come.exec()
        QTest.keyClick(field, Qt.Key.Key_A, CONTROL)

    def paste_key(self) -> None:
        field = self.field()
        QTest.keyClick(field, Qt.Key.Key_V, CONTROL)
        QTest.keyClick(field, Qt.Key.Key_Insert, SHIFT)
        QTest.keyClick(field, Qt.Key.Key_Insert, CONTROL | SHIFT)

    def paste_mouse(self) -> None:
        QTest.mouseClick(self.field(), Qt.MouseButton.MiddleButton, pos=QPoint(70, 20))
        QTest.mouseClick(self.field(), Qt.MouseButton.RightButton, pos=QPoint(70, 20))

    def leave(self) -> None:
        self.window.show_state(with_facts(*SCENES["waiting"]))

    def stop(self) -> None:
        self.window.close_for_good()


def main() -> None:
    application = QApplication(["copies"])
    copies = Copies()
    print("ready", flush=True)  # noqa: T201

    def act() -> None:
        line = sys.stdin.readline().strip()
        if not line:
            application.exit(0)
            return
        doing: Callable[[], None] = getattr(copies, line)
        began = time.monotonic()
        try:
            doing()
            application.processEvents()
            print(f"{time.monotonic() - began:.3f}", flush=True)  # noqa: T201
        except Exception:
            # End the output, so that whoever waits for the answer learns there is none.
            application.exit(1)
            raise

    heard = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    heard.activated.connect(act)
    application.exec()


if __name__ == "__main__":
    main()
