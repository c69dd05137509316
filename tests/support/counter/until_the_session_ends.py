"""Run by test_session_end.py: a counter in the middle of serving a patron, until somebody ends it. Says what is left of that afterwards.

Arguments: a folder, and how far the patron has come.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from kiosk.app import ended_by_signals, running
from kiosk.config import CardSettings, DisplaySettings, LogSettings, RevocationSource, Settings
from kiosk.domain.errors import KioskError
from kiosk.domain.events import HolderConfirmed
from kiosk.domain.states import ConfirmingHolder, PatronShown
from kiosk.log import kept_in
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.ui.clipboard import put
from tests.support.counter.headless import judge_for
from tests.support.counter.steps import OWN, Stage
from tests.support.counter.windowed import OpenedCounter

SETTINGS = Settings(card=CardSettings(revocation=RevocationSource.NONE), display=DisplaySettings(sounds=0))


def main() -> int:
    folder, how_far = Path(sys.argv[1]), sys.argv[2]
    application = QApplication([])
    deck = Deck(demo=False)
    opened = OpenedCounter(SETTINGS, judge_for(deck), folder / "kiosk.db")
    stage = Stage(opened, deck, judge_for(deck))
    with kept_in(folder / "logs", LogSettings()), opened.repository:
        with ended_by_signals(), running(opened.program):
            opened.beat.start()
            bring(stage, how_far)
            put(OWN.text)
            sys.stdout.write("open\n")
            sys.stdout.flush()
            code = application.exec()
        shown = [type(window).__name__ for window in application.topLevelWidgets() if window.isVisible()]
        left = {"shown": shown, "copied": QGuiApplication.clipboard().text(), "pins": stage.pins, "released": is_released(opened)}
        sys.stdout.write(json.dumps(left) + "\n")
    return code


def bring(stage: Stage, how_far: str) -> None:
    opened = stage.opened
    opened.until(lambda counter: opened.patron.isVisible())
    if how_far == "pad":
        stage.to_pad(b"123")
        return
    stage.to_registered()
    opened.end()
    stage.lay()
    opened.until_at(ConfirmingHolder)
    opened.say(HolderConfirmed())
    opened.until_at(PatronShown)
    if how_far == "silent":
        opened.end()
        stage.to_checking()


def is_released(opened: OpenedCounter) -> bool:
    """Whether another program could have the card now."""
    try:
        opened.world.readers().connect(opened.world.names[0]).close()
    except KioskError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
