"""What this program puts on the clipboard: marked as not to be kept, and taken off again."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QClipboard, QGuiApplication

Mode = QClipboard.Mode
_NO = bytes(4)
"""A DWORD of 0."""
MARKS = {
    # KDE's convention, which other keepers of clipboards follow.
    "x-kde-passwordManagerHint": b"secret",
    # https://learn.microsoft.com/windows/win32/dataxchg/clipboard-formats#cloud-clipboard-and-clipboard-history-formats
    "ExcludeClipboardContentFromMonitorProcessing": _NO,
    "CanIncludeInClipboardHistory": _NO,
    "CanUploadToCloudClipboard": _NO,
}
"""Each says on its platform that histories and clouds are to leave this alone, and nothing on the others."""


def marked(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    for name, value in MARKS.items():
        data.setData(name, value)
    return data


class Clipboard(QObject):
    """Marks all that this program copies: by `copy`, and what Qt copies by itself from fields and labels, X11's selection included.

    What others own is not read here: their answer may not come, and Qt waits five seconds for it (`ui.pasting`).
    """

    def __init__(self) -> None:
        super().__init__()
        self._clipboard = QGuiApplication.clipboard()
        self._ours: set[Mode] = set()
        self._setting = False
        self._clipboard.changed.connect(self._changed)

    def copy(self, text: str) -> None:
        self._set(text, Mode.Clipboard)

    def forget(self) -> None:
        """Take off again what is ours; what somebody else has put there since then stays."""
        for mode in tuple(self._ours):
            self._clipboard.clear(mode)
        self._ours.clear()

    def _set(self, text: str, mode: Mode) -> None:
        self._setting = True
        try:
            self._clipboard.setMimeData(marked(text), mode)
        finally:
            self._setting = False
        self._ours.add(mode)

    def _changed(self, mode: Mode) -> None:
        """On X11 others ask us for what they find changed, and are answered only after this: none of them sees it unmarked."""
        if self._setting:
            return
        if not self._is_own(mode):
            self._ours.discard(mode)
        elif (text := self._clipboard.text(mode)) and not self._is_marked(mode):
            self._set(text, mode)

    def _is_marked(self, mode: Mode) -> bool:
        """Windows tells later of what we have set ourselves."""
        data = self._clipboard.mimeData(mode)
        return all(data.hasFormat(name) for name in MARKS)

    def _is_own(self, mode: Mode) -> bool:
        return self._clipboard.ownsSelection() if mode is Mode.Selection else mode is Mode.Clipboard and self._clipboard.ownsClipboard()
