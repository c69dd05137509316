"""A window of another program with two fields, in Qt, which tells of them over the accessibility bus.

Usage: qt_form.py TITLE. Reads commands from standard input, one per line: `focus ID`, `text ID TEXT`, `select ID`, `remove ID`,
`title TEXT`. F2 moves the focus to the number. Prints as JSON what the fields show, after each change and each command.
"""

import json
import os
import sys

from PySide6.QtCore import QSocketNotifier
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QApplication, QFormLayout, QLineEdit, QWidget

LABELS = {"note": "備考", "card": "利用者番号"}


class Form(QWidget):
    def __init__(self, title: str) -> None:
        super().__init__()
        self.setWindowTitle(title)
        layout = QFormLayout(self)
        self._fields: dict[str, QLineEdit] = {}
        for name, label in LABELS.items():
            field = self._fields[name] = QLineEdit()
            field.setObjectName(name)
            field.setAccessibleName(label)
            field.textChanged.connect(self._say)
            layout.addRow(label, field)
        QShortcut("F2", self).activated.connect(self._fields["card"].setFocus)
        self._heard = QSocketNotifier(0, QSocketNotifier.Type.Read, self)
        self._heard.activated.connect(self._told)
        self._rest = b""

    def _say(self) -> None:
        sys.stdout.write(json.dumps({name: field.text() for name, field in self._fields.items()}) + "\n")
        sys.stdout.flush()

    def _told(self) -> None:
        read = os.read(0, 4096)
        if not read:
            QApplication.quit()
        *lines, self._rest = (self._rest + read).split(b"\n")
        for line in lines:
            command, _, about = line.decode().partition(" ")
            if command == "title":
                self.setWindowTitle(about)
            else:
                name, _, text = about.partition(" ")
                self._do(command, self._fields[name], text)
            self._say()

    def _do(self, command: str, field: QLineEdit, text: str) -> None:
        match command:
            case "focus":
                field.setFocus()
            case "text":
                field.setText(text)
            case "select":
                field.selectAll()
            case "remove":
                field.hide()
                field.deleteLater()
                del self._fields[field.objectName()]


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    form = Form(sys.argv[1])
    form.show()
    application.exec()
