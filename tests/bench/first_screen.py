"""`kiosk run` until staff's window is painted with the page that takes cards.

Usage: python -m tests.bench.first_screen FOLDER. Prints the clock's seconds then. It needs a display; `tests.bench.run` provides one.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.__main__ import main
from kiosk.commands import run
from kiosk.config import Home

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

CONFIG = """
[card]
revocation = "none"
[keys]
place = "file"
folder = "{keys}"
"""

start_display = run.start_display  # type: ignore[attr-defined]


def started() -> QApplication:
    """Start Qt, and watch what is loaded after it as ever: importing it here would be another start."""
    application: QApplication = start_display()
    from PySide6.QtCore import QEvent, QObject, QTimer

    from kiosk import app

    def painted() -> None:
        print(time.monotonic(), flush=True)
        application.exit()

    class Paint(QObject):
        def eventFilter(self, window: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint:
                window.removeEventFilter(self)
                # Once all that is in the window has been painted, as for the bare one.
                QTimer.singleShot(0, painted)
            return False

    class Watched(app.Program):
        def start(self) -> None:
            self._paint = Paint()
            self.displays.staff.installEventFilter(self._paint)
            super().start()

    app.Program = Watched  # type: ignore[misc]
    return application


def prepare(folder: Path) -> None:
    home = Home(folder)
    if not home.config.exists():
        folder.mkdir(parents=True, exist_ok=True)
        home.config.write_text(CONFIG.format(keys=(folder / "keys").as_posix()), "utf-8")
        home.prepare()


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
    run.start_display = started  # type: ignore[attr-defined]
    sys.argv[1:] = ["--home", sys.argv[1], "run"]
    main()
