"""The demo for the time of one registration and one lending, with the browser; and whether its windows have Japanese characters to show.

Usage: python -m tests.support.screens.short_tour FOLDER. Leaves pictures and slips in FOLDER; exits with 0 if every step succeeded.
"""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFont, QImage, QPainter

from kiosk.commands.display import start_display
from kiosk.config import Home
from kiosk.demo.browser_picture import BrowserPicture
from kiosk.demo.ils import PATRONS, serving
from kiosk.demo.library import demo_ils, demo_server, demo_settings
from kiosk.demo.program import demo_counter
from kiosk.demo.script import lending, registration
from kiosk.demo.script.moves import Moves, Steps
from kiosk.demo.tour import Tour
from kiosk.demo.tour_driver import Guide
from kiosk.demo.tray import READERS, Tray
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.smartcard.virtual.reader import VirtualReaders
from kiosk.store.key_file import FileKeyStore
from kiosk.store.keys import open_keys
from tests.support.wait import LIMIT

CHARACTERS = "図書館員髙﨑"
_SIDE = 64


def script(guide: Guide, browser: BrowserPicture) -> Steps:
    moves = Moves(guide)
    return chain(browser.begun(guide), registration.own(moves), lending.items(moves), browser.shown(guide))


def drawn(character: str, font: QFont) -> bytes:
    image = QImage(_SIDE, _SIDE, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setFont(font)
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, character)
    painter.end()
    return bytes(image.constBits())


def main(folder: Path) -> int:
    application = start_display()
    pictures = {drawn(character, QFont(application.font().family(), 24)) for character in (*CHARACTERS, " ")}
    if len(pictures) != len(CHARACTERS) + 1:
        print("Characters look alike: there is no font for them.", file=sys.stderr)  # noqa: T201
        return 1
    home = Home(folder / "home")
    home.prepare(configured=False)
    with serving(demo_server()) as library, BrowserPicture(PATRONS["own"], limit=LIMIT) as browser:
        settings = demo_settings(ils=demo_ils(library), slips=folder)
        keys = open_keys(FileKeyStore(folder / "keys" / "keys.json"), home.store)
        deck, readers = Deck(folder / "cards"), VirtualReaders(*READERS[:1])
        with demo_counter(home, settings, keys, deck, readers) as program:
            tray = Tray(deck, readers, program.displays.staff, library)
            tray.show()
            tour = Tour(program.displays, tray, folder, lambda guide: script(guide, browser))
            QTimer.singleShot(0, tour.begin)
            application.exec()
            return tour.result


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
