"""`kiosk ARGUMENTS…` in a process of its own; ends once the staff window shows THIS.

Usage: python -m tests.support.commands.run_until_shown THIS ARGUMENTS…

A process can run Qt's loop for only one program. Prints, as its last line, the text of both windows' practice banners.
"""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from kiosk.__main__ import main
from kiosk.commands.display import start_display
from kiosk.ui.widgets.practice_banner import PracticeBand
from tests.support.counter.windowed import words_on
from tests.support.wait import WAIT_MS


def shown_bands() -> dict[str, PracticeBand]:
    windows = {type(window).__name__: window for window in QApplication.topLevelWidgets() if window.isVisible()}
    return {name: window.findChildren(PracticeBand)[0] for name, window in windows.items() if name in ("StaffWindow", "PatronWindow")}


def run(this: str, arguments: list[str]) -> int:
    start_display()
    seen: list[str] = []
    timer = QTimer(interval=20)

    def look() -> None:
        shown = shown_bands()
        if len(shown) == 2 and this in "".join(words_on(shown["StaffWindow"].window())):
            seen.extend(band.text() for band in shown.values())
            QApplication.exit(0)

    timer.timeout.connect(look)
    timer.start()
    QTimer.singleShot(WAIT_MS, timer, lambda: QApplication.exit(9))
    code = main(arguments)
    sys.stdout.write(json.dumps(seen) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
