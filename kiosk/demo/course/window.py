"""The window of the course, beside the two of the counter: the list of tasks, or the one being done."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from kiosk.demo import synthetic_keys
from kiosk.demo.course.choice_page import ChoicePage
from kiosk.demo.course.coach import Coach
from kiosk.demo.course.progress import Task, Tool
from kiosk.demo.course.task_page import TaskPage
from kiosk.demo.course.tasks import COURSE
from kiosk.demo.ils import ITEMS, PATRONS
from kiosk.text import plain, say
from kiosk.ui.quitting import quit_soon
from kiosk.ui.shared_display import LEAST_PATRON, LEAST_STAFF, places, put
from kiosk.ui.theme import staff_sizes, style_sheet
from kiosk.ui.widgets.focus import FocusRing

_COMPACT = "Button { min-height: 30px; }"
_WIDEST = 460
_KEYS_OF_RAIL = (Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F4)


class CourseWindow(QWidget):
    """Closing it ends the practice. `staff` is the window that scans go to."""

    def __init__(self, coach: Coach, staff: QWidget) -> None:
        super().__init__()
        # Staff's window, which takes the keyboard with each scan, must not cover the task.
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setObjectName("StaffWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.coach, self._staff = coach, staff
        title = plain(say("course.window"))
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setStyleSheet(style_sheet(staff_sizes(0), patron=False) + _COMPACT)
        self._pages = QStackedWidget()
        self._choice = ChoicePage(self.show_task)
        self._choice.end.setAutoDefault(True)
        self._choice.end.clicked.connect(self.close)
        self._pages.addWidget(self._choice)
        self._task: TaskPage | None = None
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
        self._ring = FocusRing(self)
        coach.changed = self._show

    def stand_beside(self, *, shared: bool) -> None:
        """Take the right of staff's display; above the patron's window, where that stands there as well (`shared`)."""
        display = self._staff.screen().availableGeometry()
        if shared:
            put(self, places(display).free)
            return
        staff, own = side_by_side(display)
        self._staff.showNormal()
        put(self._staff, staff)
        put(self, own)

    def is_done(self, task: Task) -> bool:
        return task.name in self.coach.done

    def show_task(self, task: Task) -> None:
        """Show a task, and begin it."""
        self._forget_task()
        page = TaskPage(task, self._use, self.coach.stage.lift)
        for button, act in (
            (page.following, lambda: self.follow(task)),
            (page.again, lambda: self.show_task(task)),
            (page.choose, self._choose),
        ):
            button.setAutoDefault(True)
            button.clicked.connect(act)
        self._task = page
        self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)
        page.first.setFocus()
        self.coach.begin(task)

    def follow(self, task: Task) -> None:
        """Show the next task that is not done, or the list when all are."""
        place = COURSE.index(task) + 1
        following = next((each for each in (*COURSE[place:], *COURSE[:place]) if not self.is_done(each)), None)
        if following is None:
            self._choose()
        else:
            self.show_task(following)

    def _choose(self) -> None:
        self.coach.leave()
        self._forget_task()
        self._choice.set_focus()

    def _forget_task(self) -> None:
        if self._task is not None:
            self._pages.removeWidget(self._task)
            self._task.deleteLater()
            self._task = None

    def _show(self) -> None:
        self._choice.show_done(self.coach.done)
        if self._task is not None:
            self._task.show_progress(self.coach.progress, self.coach.stage.handed)

    def _use(self, tool: Tool, name: str) -> None:
        if tool is Tool.PRESS:
            self.coach.press(name)
            return
        # What follows is done there, also by keyboard.
        self._staff.activateWindow()
        if tool is Tool.LAY:
            self.coach.stage.lay(name)
        else:
            number = PATRONS[name] if tool is Tool.SCAN_CARD else ITEMS[name].number
            # With the start and stop characters of NW-7, which scanners may send.
            synthetic_keys.scan(self._staff.windowHandle(), f"A{number}A")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key not in _KEYS_OF_RAIL:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            # What a step says to press works wherever the keyboard is.
            self._staff.activateWindow()
            synthetic_keys.press(self._staff.windowHandle(), key)
            synthetic_keys.release(self._staff.windowHandle(), key)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        quit_soon("the course was closed")


def side_by_side(display: QRect) -> tuple[QRect, QRect]:
    """The places of staff's window and the course's, which lies over its edge where the display is too narrow for both."""
    width = min(max(display.width() - LEAST_STAFF, LEAST_PATRON), _WIDEST)
    staff = max(display.width() - width, min(LEAST_STAFF, display.width()))
    own = QRect(display.topLeft(), QSize(width, display.height())).translated(display.width() - width, 0)
    return QRect(display.topLeft(), QSize(staff, display.height())), own
