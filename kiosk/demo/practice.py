"""Practice mode: the counter on real readers, with test cards, a test CA and a simulated library system."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QApplication

from kiosk.app import ended_by_signals
from kiosk.config import HandoverSettings, Home, IlsSettings, LocalApiSettings, Settings
from kiosk.demo.ils import serving
from kiosk.demo.library import demo_ils, demo_server
from kiosk.demo.program import Setting, pretended_counter
from kiosk.demo.tray import Tray
from kiosk.ledger.running_lock import RunningLock
from kiosk.smartcard.pcsc import PcscMonitor, PcscReaders
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.smartcard.virtual.reader import VirtualReaders
from kiosk.store.key_file import FileKeyStore
from kiosk.store.keys import open_keys
from kiosk.text import say


def practice_settings(settings: Settings, library: IlsSettings) -> Settings:
    """Return `settings` with nothing real attached: no library system, no other program's window, no printer.

    PDF slips go to the home folder, where they expire: elsewhere they might mix with real ones.
    """
    slip = replace(settings.slip, to="off" if settings.slip.to == "off" else "pdf", printer="", pdf_folder="")
    named = replace(settings.counter, name=say("demo.practice.counter"))
    return replace(settings, counter=named, ils=library, handover=HandoverSettings(), local_api=LocalApiSettings(), slip=slip)


def run_practice(application: QApplication, home: Home, settings: Settings) -> int:
    """Run practice mode on the files of `home` until it is closed.

    Raises Unavailable: already-running, and what opening the store raises.
    """
    with RunningLock(home.lock), serving(demo_server()) as library:
        pretended = practice_settings(settings, demo_ils(library))
        keys = open_keys(FileKeyStore(home.folder / "practice-keys" / "keys.json"), home.store)
        deck = Deck(home.virtual_cards)
        setting = Setting(PcscReaders, PcscMonitor, practice=True)
        with ended_by_signals(), pretended_counter(home, pretended, keys, deck, setting) as program:
            tray = Tray(deck, VirtualReaders(), program.displays.staff, library, lays=False)
            tray.show()
            tray.stand_beside(shared=program.displays.shares_display)
            code = application.exec()
            tray.close()
            return code
