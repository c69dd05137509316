"""A program that copies, and that looks at each new content of the clipboard without regard to marks, as a careless clipboard history does.

Usage: copying_program.py. Commands on standard input, one per line: `copy`, `copy-secret`, `select` (X11's primary selection), `clear`,
`look`. Prints as JSON what is there and which texts it has seen, after each.
"""

import json
import os

from PySide6.QtCore import QByteArray, QMimeData, QSocketNotifier
from PySide6.QtGui import QClipboard, QGuiApplication

LARGE = bytes(range(256)) * 2048
CONTENT = {"text/html": "<b>前の方の書名</b>".encode(), "application/x-large": LARGE, "application/x-empty": b"\x00"}
SELECTED = "選ばれた書名"


class Copying:
    def __init__(self) -> None:
        self._clipboard = QGuiApplication.clipboard()
        self._clipboard.dataChanged.connect(self._look)
        self._seen: list[str] = []
        self._heard = QSocketNotifier(0, QSocketNotifier.Type.Read)
        self._heard.activated.connect(self._told)
        self._rest = b""

    def _look(self) -> None:
        self._seen.append(self._clipboard.text())

    def _told(self) -> None:
        read = os.read(0, 4096)
        if not read:
            QGuiApplication.quit()
        *lines, self._rest = (self._rest + read).split(b"\n")
        for line in lines:
            self._do(line.decode())

    def _do(self, command: str) -> None:
        match command:
            case "copy" | "copy-secret":
                data = QMimeData()
                data.setText("前の方の書名")
                for kind, content in CONTENT.items():
                    data.setData(kind, QByteArray(content))
                if command == "copy-secret":
                    data.setData("x-kde-passwordManagerHint", QByteArray(b"secret"))
                self._clipboard.setMimeData(data)
            case "select":
                self._clipboard.setText(SELECTED, QClipboard.Mode.Selection)
            case "clear":
                self._clipboard.clear()
                self._clipboard.clear(QClipboard.Mode.Selection)
        data = self._clipboard.mimeData()
        formats = data.formats()
        whole = all(data.data(kind).data() == content for kind, content in CONTENT.items())
        primary = self._clipboard.text(QClipboard.Mode.Selection)
        said = {"text": self._clipboard.text(), "formats": sorted(formats), "whole": whole, "primary": primary, "seen": self._seen}
        print(json.dumps(said), flush=True)  # noqa: T201


def main() -> None:
    application = QGuiApplication(["copying"])
    copying = Copying()
    application.exec()
    del copying


if __name__ == "__main__":
    main()
