"""No page of the patron's makes Windows open its touch keyboard, which would cover the PIN pad.

Windows opens it when an element is touched that takes text: by what it is to assistive tools, or because it asks for an input method.
https://learn.microsoft.com/windows/apps/design/input/respond-to-the-presence-of-the-touch-keyboard
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QInputMethodQueryEvent
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.ui.widgets.scan_field import ScanField
from tests.support.windows.patron_samples import scenes
from tests.support.windows.patron_window import ShownPatronWindow


@pytest.fixture(params=[False, True], ids=["own display", "single display"])
def patron(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[ShownPatronWindow]:
    shown = ShownPatronWindow(keypad=True, single=request.param)
    yield shown
    shiboken6.delete(shown.window)


def takes_text(widget: QWidget) -> bool:
    # Not every widget has one, despite the stubs.
    element = cast("QAccessibleInterface | None", QAccessible.queryAccessibleInterface(widget))
    return element is not None and (bool(element.state().editable) or element.role() is QAccessible.Role.EditableText)


def asks_for_an_input_method(widget: QWidget) -> bool:
    query = QInputMethodQueryEvent(Qt.InputMethodQuery.ImEnabled)
    QApplication.sendEvent(widget, query)
    return bool(query.value(Qt.InputMethodQuery.ImEnabled))


def test_nothing_on_a_patrons_page_takes_text(patron: ShownPatronWindow) -> None:
    for name, counter in scenes().items():
        patron.show(counter)
        widgets = [patron.window, *patron.window.findChildren(QWidget)]
        assert len(widgets) > 5
        assert [widget for widget in widgets if takes_text(widget) or asks_for_an_input_method(widget)] == [], name


def test_a_field_of_staff_takes_text_and_asks_for_no_input_method(qapp: QApplication) -> None:
    field = ScanField("番号", "")
    assert takes_text(field)
    assert not asks_for_an_input_method(field)
    shiboken6.delete(field)
