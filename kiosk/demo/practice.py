"""Practice: the counter's windows on real readers, with cards, an authority and a library's system that are none of the library's own."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QApplication

from kiosk.app import end_on_signals
from kiosk.config import Home, Settings
from kiosk.config.settings import HandoverSettings
from kiosk.demo.ils import serving
from kiosk.demo.library import demo_ils, demo_server
from kiosk.demo.program import Setting, pretended_counter
from kiosk.demo.tray import Tray
from kiosk.smartcard.pcsc import PcscMonitor, PcscReaders
from kiosk.smartcard.virtual.deck import Deck
from kiosk.smartcard.virtual.reader import VirtualReaders
from kiosk.store.keyfile import FileKeyStore
from kiosk.store.keys import open_keys
from kiosk.store.lock import RunningLock
from kiosk.text import say


def run_practice(application: QApplication, home: Home, settings: Settings) -> int:
    """On the files of `home`, until it is closed. Of `settings` those are used that reach nothing real: no library's system, no window
    of another program. Raises Unavailable: already-running, and the store's.
    """
    with RunningLock(home.lock), serving(demo_server()) as library:
        named = replace(settings.counter, name=say("demo.practice.counter"))
        pretended = replace(settings, counter=named, ils=demo_ils(library), handover=HandoverSettings())
        keys = open_keys(FileKeyStore(home.folder / "practice-keys" / "keys.json"), home.store)
        deck = Deck(home.virtual_cards)
        setting = Setting(PcscReaders, PcscMonitor, practice=True)
        end_on_signals(application)
        with pretended_counter(home, pretended, keys, deck, setting) as program:
            tray = Tray(deck, VirtualReaders(), program.displays.staff, library, lays=False)
            tray.show()
            code = application.exec()
            tray.close()
            return code
