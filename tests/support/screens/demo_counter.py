"""The demo's counter with custom settings. Usage: python -m tests.support.screens.demo_counter FOLDER single|two [OPTION …]

`single`: one display, handed to the patron, with a keypad; `two`: the patron's own touch-only display beside the staff's.
"""

from __future__ import annotations

import argparse
import sys
import uuid
from dataclasses import replace
from pathlib import Path

from kiosk.commands.display import start_display
from kiosk.config import DisplaySettings, HandoverSettings, Home, IlsSettings, LendingSettings, Settings
from kiosk.demo.ils import PATRONS, serving
from kiosk.demo.library import demo_ils, demo_server, demo_settings
from kiosk.demo.program import demo_counter
from kiosk.demo.tray import Tray
from kiosk.domain.model import LibraryCardNumber, Revocation
from kiosk.domain.states import HandoverWhen, When
from kiosk.equipment import now
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.revocation import NoRevocation
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.smartcard.virtual.reader import VirtualReaders
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("displays", choices=["single", "two"])
    parser.add_argument("--linked", default="", help="the patron of the pretend library who has registered the card that is fine")
    parser.add_argument("--handover", type=HandoverWhen, default=HandoverWhen.OFF)
    parser.add_argument("--title", default="", help="of the window that takes the number")
    parser.add_argument("--suffix", default="none")
    parser.add_argument("--photo", type=When, default=When.ALWAYS, help="when staff are asked to look at it")
    parser.add_argument("--no-library", action="store_true", help="nothing is spoken to over SIP2")
    return parser.parse_args()


def configured(asked: argparse.Namespace, ils: IlsSettings) -> Settings:
    single = asked.displays == "single"
    return replace(
        demo_settings(ils=IlsSettings() if asked.no_library else ils),
        display=DisplaySettings(single=single, keypad=single, sounds=0),
        lending=LendingSettings(confirm_holder=asked.photo),
        handover=HandoverSettings(when=asked.handover, title=asked.title, suffix=asked.suffix),
    )


def link(patron: str, home: Home, settings: Settings, keys: Keys, deck: Deck) -> None:
    judge = CardJudge([Authority(deck.authority.der)], NoRevocation(), keys.site, now, allow_test=True)
    token = judge.judge(deck.card("fine").certificate or b"", "JPKIAPICCTOKEN2").reading.token
    with Repository(home.store, keys, settings.counter.name, now) as repository:
        repository.save_link(uuid.uuid4(), token, LibraryCardNumber(PATRONS[patron]), revocation=Revocation.NOT_CHECKED)


def main() -> int:
    asked = options()
    home, deck, readers, keys = Home(asked.folder), Deck(), VirtualReaders(), Keys.fresh()
    home.prepare()
    application = start_display()
    with serving(demo_server()) as library:
        settings = configured(asked, demo_ils(library))
        if asked.linked:
            link(asked.linked, home, settings, keys, deck)
        with demo_counter(home, settings, keys, deck, readers) as program:
            tray = Tray(deck, readers, program.displays.staff, library)
            tray.show()
            return application.exec()


if __name__ == "__main__":
    sys.exit(main())
