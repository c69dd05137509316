"""Reports an item's number that stands in its field and has not been entered."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject

from kiosk.domain.events import ItemTyped
from kiosk.domain.keyboard import QUIET
from kiosk.domain.states import Counter, PatronShown
from kiosk.ui.staff.page import Emit, StaffPage
from kiosk.ui.timing import Timing


class Unentered(QObject):
    """Says `ItemTyped` once a number has stood for a moment: a scan is entered at once and needs none."""

    def __init__(self, owner: QObject, emit: Emit, timing: Timing) -> None:
        super().__init__(owner)
        self._emit, self._timing = emit, timing
        self._page: StaffPage | None = None
        self._known = False

    def follow(self, counter: Counter, page: StaffPage | None) -> None:
        """`page`: that of the flow."""
        self._known = isinstance(counter.flow, PatronShown) and counter.flow.typed
        if page is not None and page is not self._page:
            page.field_changed.connect(self._look_later)
            # A page rebuilt for another window size begins empty.
            self._look_later()
        self._page = page

    def _look_later(self) -> None:
        self._timing.later(self, QUIET, self._look)

    def _look(self) -> None:
        page = self._page
        if page is not None and shiboken6.isValid(page) and page.holds_number() != self._known:
            self._emit(ItemTyped(page.holds_number()))
