"""The patron's window on the one display, handed to the patron. Prints `shown` once it is there, and why it ended. Usage: no arguments."""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer

from kiosk.commands.display import start_display
from kiosk.config import DisplaySettings
from kiosk.domain.states import CounterRules, Screen, Waiting
from kiosk.ui.displays import Displays
from tests.support.windows.patron_samples import FACTS, counter, with_facts


def main() -> int:
    application = start_display()
    displays = Displays(DisplaySettings(single=True, keypad=True), lambda event: None, lambda pin: None)
    displays.show()
    displays.show_state(with_facts(counter(Waiting(), rules=CounterRules(single_display=True), screen=Screen.PATRON), FACTS))

    def look() -> None:
        if displays.patron.isFullScreen() and displays.patron.windowHandle().isExposed():
            looking.stop()
            sys.stdout.write("shown\n")
            sys.stdout.flush()

    looking = QTimer(interval=20)
    looking.timeout.connect(look)
    looking.start()
    return int(application.exec())


if __name__ == "__main__":
    sys.exit(main())
