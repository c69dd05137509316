"""状況 and 使い方, opened over the work page, which keeps its input, scroll position and focus beneath."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.domain.states import Counter, Section
from kiosk.ui.staff.page import StaffPage
from kiosk.ui.staff.page_kind import PageKind
from kiosk.ui.staff.page_of_state import PAGES_BESIDE


class Beside:
    """The page opened over the work, if any (`page`). `build` creates one, `take_away` disposes of it."""

    def __init__(self, build: Callable[[PageKind], StaffPage], take_away: Callable[[StaffPage], None]) -> None:
        self._build, self._take_away = build, take_away
        self.page: StaffPage | None = None
        self._section: Section | None = None
        self._work: StaffPage | None = None
        self._focused: QWidget | None = None

    def forget(self) -> None:
        """Drop all references: the window is being rebuilt."""
        self.page = self._section = self._work = self._focused = None

    def show(self, counter: Counter, work: StaffPage, place: QVBoxLayout) -> bool:
        """Show or remove the page over `work` in the layout `place`.

        Returns whether the focus must be moved: a page was opened or closed, or `work` replaced beneath an open one.
        """
        is_new = counter.beside is not self._section
        changed, self._work = is_new or (self.page is not None and work is not self._work), work
        if is_new:
            self._change(counter, work, place)
        if self.page is not None:
            work.hide()
            self.page.show_state(counter)
            self.page.show()
        return changed

    def _change(self, counter: Counter, work: StaffPage, place: QVBoxLayout) -> None:
        if self.page is None:
            self._focused = work.window().focusWidget()
        else:
            self.page.hide()
            place.removeWidget(self.page)
            self._take_away(self.page)
        self._section = counter.beside
        self.page = None if counter.beside is None else self._build(PAGES_BESIDE[counter.beside])
        if self.page is None:
            work.show()
        else:
            place.addWidget(self.page, 1)

    def focused_before(self) -> QWidget | None:
        """Return the widget that had the focus in the work page, if it can still take it."""
        focused = self._focused
        return focused if focused is not None and shiboken6.isValid(focused) and focused.isVisible() and focused.isEnabled() else None
