"""The demo's counter with settings of a test's choosing. Usage: python -m tests.atspi.counter FOLDER single|two

`single`: one display that the patron is handed, with a keypad; `two`: the patron's own display beside staff's, touched only.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from kiosk.app import qt_application
from kiosk.config import DisplaySettings, Home
from kiosk.demo.ils import serving
from kiosk.demo.library import demo_ils, demo_server, demo_settings
from kiosk.demo.program import demo_counter
from kiosk.demo.tray import Tray
from kiosk.smartcard.virtual.deck import Deck
from kiosk.smartcard.virtual.reader import VirtualReaders
from kiosk.store.keys import Keys


def main(folder: Path, *, single: bool) -> int:
    home, deck, readers = Home(folder), Deck(), VirtualReaders()
    home.prepare()
    application = qt_application()
    with serving(demo_server()) as library:
        settings = replace(demo_settings(ils=demo_ils(library)), display=DisplaySettings(single=single, keypad=single, sounds=0))
        with demo_counter(home, settings, Keys.fresh(), deck, readers) as program:
            tray = Tray(deck, readers, program.displays.staff, library)
            tray.show()
            return application.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), single=sys.argv[2] == "single"))
