"""The demo's counter with settings of a test's choosing. Usage: python -m tests.atspi.counter FOLDER single|two

`single`: one display that the patron is handed, with a keypad; `two`: the patron's own display beside staff's, touched only.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from kiosk.app import Equipment, Program, qt_application, running
from kiosk.config import DisplaySettings, Home
from kiosk.demo.library import demo_settings
from kiosk.demo.tray import Tray
from kiosk.equipment import facts_reader, first_facts, now
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.revocation import NoRevocation
from kiosk.smartcard.virtual.deck import Deck
from kiosk.smartcard.virtual.reader import VirtualReaders
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository


def main(folder: Path, *, single: bool) -> int:
    home, keys, deck, readers = Home(folder), Keys.fresh(), Deck(), VirtualReaders()
    home.prepare()
    settings = replace(demo_settings(), display=DisplaySettings(single=single, keypad=single, sounds=0))
    judge = CardJudge([Authority(deck.authority.der)], NoRevocation(), keys.site, now, allow_test=True)
    application = qt_application()
    with Repository(home.store, keys, settings.counter.name, now) as repository:
        equipment = Equipment(
            readers=readers.readers,
            monitor=readers.monitor,
            judge=judge,
            repository=repository,
            facts=first_facts(settings, judge, demo=True),
            read_facts=facts_reader(home, settings, judge, repository, keys.site),
        )
        with running(Program(settings, equipment)) as program:
            tray = Tray(deck, readers, program.displays.staff)
            tray.show()
            return application.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), single=sys.argv[2] == "single"))
