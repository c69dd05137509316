"""What this program copies is marked as confidential from its first moment: Windows' clipboard history hears of every change."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import cast

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QProcess, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from kiosk.domain.clipboard_marks import MARKS
from kiosk.domain.model import LibraryCardNumber
from kiosk.ui.clipboard import Clipboard, put
from kiosk.ui.staff.number_label import NumberLabel
from kiosk.ui.widgets.scan_field import ScanField
from tests.support.wait import WAIT_MS

NUMBER = "2104067853"
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
READS_THE_CLIPBOARD = """
import ctypes
from ctypes import c_size_t, c_void_p, wintypes

user, kernel = ctypes.windll.user32, ctypes.windll.kernel32
user.GetClipboardData.argtypes, user.GetClipboardData.restype = [wintypes.UINT], c_void_p
kernel.GlobalLock.argtypes, kernel.GlobalLock.restype = [c_void_p], c_void_p
kernel.GlobalSize.argtypes, kernel.GlobalSize.restype = [c_void_p], c_size_t
assert user.OpenClipboard(None)
kind, name = 0, ctypes.create_unicode_buffer(256)
while kind := user.EnumClipboardFormats(kind):
    if user.GetClipboardFormatNameW(kind, name, 256) and (data := user.GetClipboardData(kind)):
        print(name.value, ctypes.string_at(kernel.GlobalLock(data), kernel.GlobalSize(data)).hex())
"""


def formats_there() -> set[str]:
    # There may be no data, despite the stubs.
    data = cast("QMimeData | None", QGuiApplication.clipboard().mimeData())
    return set() if data is None else set(data.formats())


class Changes:
    """The formats on the clipboard at each of its changes."""

    def __init__(self) -> None:
        self.seen: list[set[str]] = []
        QGuiApplication.clipboard().dataChanged.connect(self._look)

    def _look(self) -> None:
        if formats := formats_there():
            self.seen.append(formats)

    def close(self) -> None:
        QGuiApplication.clipboard().dataChanged.disconnect(self._look)


@pytest.fixture
def changes(qapp: QApplication) -> Iterator[Changes]:
    QGuiApplication.clipboard().clear()
    qapp.processEvents()
    changes = Changes()
    yield changes
    changes.close()
    QGuiApplication.clipboard().clear()


@pytest.fixture
def clipboard(qapp: QApplication) -> Iterator[Clipboard]:
    clipboard = Clipboard()
    yield clipboard
    shiboken6.delete(clipboard)


def field() -> QWidget:
    field = ScanField("番号", "")
    field.setText(NUMBER)
    field.selectAll()
    return field


def label() -> QWidget:
    label = NumberLabel(40)
    label.show_number(LibraryCardNumber(NUMBER))
    label.setSelection(0, len(label.text()))
    return label


@pytest.mark.parametrize(
    ("made", "key", "modifier"),
    [
        (field, Qt.Key.Key_C, CONTROL),
        (field, Qt.Key.Key_Insert, CONTROL),
        (field, Qt.Key.Key_X, CONTROL),
        (field, Qt.Key.Key_Delete, SHIFT),
        (label, Qt.Key.Key_C, CONTROL),
        (label, Qt.Key.Key_Insert, CONTROL),
    ],
)
def test_no_key_copies_anything_unmarked(
    qtbot: QtBot, clipboard: Clipboard, changes: Changes, made: Callable[[], QWidget], key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    widget = made()
    qtbot.addWidget(widget)
    widget.show()
    QTest.keyClick(widget, key, modifier)
    qtbot.waitUntil(lambda: bool(changes.seen), timeout=WAIT_MS)
    assert QGuiApplication.clipboard().text().replace(" ", "") == NUMBER
    assert all(MARKS.keys() <= formats for formats in changes.seen)
    clipboard.forget()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == "", timeout=WAIT_MS)


def test_a_field_that_was_cut_from_is_empty_and_one_copied_from_is_not(qtbot: QtBot) -> None:
    for key, left in ((Qt.Key.Key_X, ""), (Qt.Key.Key_C, NUMBER)):
        cut = field()
        qtbot.addWidget(cut)
        QTest.keyClick(cut, key, CONTROL)
        assert isinstance(cut, ScanField)
        assert cut.text() == left


def test_a_key_that_copies_nothing_leaves_what_is_there(qtbot: QtBot, changes: Changes) -> None:
    put(NUMBER)
    empty = ScanField("番号", "")
    qtbot.addWidget(empty)
    QTest.keyClick(empty, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == NUMBER


@pytest.mark.skipif(sys.platform != "win32", reason="registered clipboard formats")
def test_another_process_reads_the_marks_as_microsoft_names_them(qtbot: QtBot, changes: Changes) -> None:
    """https://learn.microsoft.com/windows/win32/dataxchg/clipboard-formats#cloud-clipboard-and-clipboard-history-formats"""
    put(NUMBER)
    reader = QProcess()
    # Data is handed over by our event loop.
    with qtbot.waitSignal(reader.finished, timeout=60_000):
        reader.start(sys.executable, ["-c", READS_THE_CLIPBOARD])
    assert reader.exitCode() == 0, reader.readAllStandardError().toStdString()
    found = dict(line.rsplit(" ", 1) for line in reader.readAllStandardOutput().toStdString().splitlines())
    names = ("ExcludeClipboardContentFromMonitorProcessing", "CanIncludeInClipboardHistory", "CanUploadToCloudClipboard")
    assert {name: found.get(name) for name in names} == dict.fromkeys(names, "00000000")
