"""Clipboard content owned by this program: marked as confidential, and cleared afterwards."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QClipboard, QGuiApplication, QKeyEvent, QKeySequence

from kiosk.domain.clipboard_marks import MARKS

Mode = QClipboard.Mode
_OURS = "kiosk"
"""Tells our content from that of others without asking its owner for anything."""


def put(text: str, mode: Mode = Mode.Clipboard) -> None:
    """Put text on the clipboard, marked."""
    data = QMimeData()
    data.setObjectName(_OURS)
    data.setText(text)
    # Qt registers a type it does not know with Windows, under the name as it is.
    for name, value in MARKS.items():
        data.setData(name, value)
    QGuiApplication.clipboard().setMimeData(data, mode)


def is_copying(event: QKeyEvent) -> bool:
    """Whether Qt's widgets would copy or cut on this key, unmarked.

    Marking it afterwards is too late on Windows, which tells its clipboard history of each change when it tells us.
    """
    return event.matches(QKeySequence.StandardKey.Copy) or event.matches(QKeySequence.StandardKey.Cut)


class Clipboard(QObject):
    """Marks X11's primary selection, which Qt sets itself from fields and labels, and clears what this program has put anywhere.

    Content owned by other programs is never read here: the owner may not respond, and Qt waits five seconds for it (`ui.pasting`).
    """

    def __init__(self) -> None:
        super().__init__()
        self._clipboard = QGuiApplication.clipboard()
        self._clipboard.selectionChanged.connect(self._selected)

    def forget(self) -> None:
        """Clear our content; anything another program has put there since is left alone."""
        for mode in (Mode.Clipboard, Mode.Selection):
            if self._is_ours(mode):
                self._clipboard.clear(mode)

    def _selected(self) -> None:
        """Replace an unmarked selection of ours by a marked one. Others can request it only after this handler: nobody sees it unmarked."""
        if self._clipboard.ownsSelection() and not self._is_ours(Mode.Selection) and (text := self._clipboard.text(Mode.Selection)):
            put(text, Mode.Selection)

    def _is_ours(self, mode: Mode) -> bool:
        # There may be none, despite the stubs.
        data = cast("QMimeData | None", self._clipboard.mimeData(mode))
        return data is not None and data.objectName() == _OURS
