"""Clipboard content owned by this program: marked as confidential, and cleared afterwards."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QClipboard, QGuiApplication

Mode = QClipboard.Mode
_NO = bytes(4)
"""A DWORD of 0."""
MARKS = {
    # KDE's convention, honoured by other clipboard managers.
    "x-kde-passwordManagerHint": b"secret",
    # https://learn.microsoft.com/windows/win32/dataxchg/clipboard-formats#cloud-clipboard-and-clipboard-history-formats
    "ExcludeClipboardContentFromMonitorProcessing": _NO,
    "CanIncludeInClipboardHistory": _NO,
    "CanUploadToCloudClipboard": _NO,
}
"""Formats that exclude the content from clipboard history and cloud sync, each on its platform and ignored on the others."""


def marked(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    for name, value in MARKS.items():
        data.setData(name, value)
    return data


class Clipboard(QObject):
    """Marks everything this program copies: by `copy`, and by Qt itself from fields and labels, including X11's primary selection.

    Content owned by other programs is never read here: the owner may not respond, and Qt waits five seconds for it (`ui.pasting`).
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
        """Clear our content; anything another program has put there since is left alone."""
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
        """Replace unmarked content of ours by marked. On X11 others can request it only after this handler: nobody sees it unmarked."""
        if self._setting:
            return
        if not self._is_own(mode):
            self._ours.discard(mode)
        elif (text := self._clipboard.text(mode)) and not self._is_marked(mode):
            self._set(text, mode)

    def _is_marked(self, mode: Mode) -> bool:
        """Whether the content has our formats. Windows reports our own changes late, so this cannot rely on `_setting` alone."""
        data = self._clipboard.mimeData(mode)
        return all(data.hasFormat(name) for name in MARKS)

    def _is_own(self, mode: Mode) -> bool:
        return self._clipboard.ownsSelection() if mode is Mode.Selection else mode is Mode.Clipboard and self._clipboard.ownsClipboard()
