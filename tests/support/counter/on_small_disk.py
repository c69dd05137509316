"""Run by test_starting.py as root of its own namespace: a counter with its windows on a tmpfs that fills up or is made read-only."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from kiosk.__main__ import main as command
from kiosk.config import CardSettings, DisplaySettings, Home, LogSettings, RevocationSource, Settings, read_settings
from kiosk.domain.events import HolderConfirmed, LinkAgreed
from kiosk.domain.model import Language
from kiosk.domain.states import AskingPin, ConfirmingHolder, ConfirmingLink, LendingRefused, Registered, RegistrationRefused
from kiosk.equipment import open_repository
from kiosk.log import kept_in
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.text import plain, refusal, refusal_to_patron
from tests.support.counter.headless import judge_for
from tests.support.counter.steps import OTHER, OWN, PIN, Stage
from tests.support.counter.windowed import OpenedCounter, words_on
from tests.support.store.on_small_disk import fill, mount
from tests.support.wait import LIMIT

SETTINGS = Settings(card=CardSettings(revocation=RevocationSource.NONE), display=DisplaySettings(sounds=0))


def tell(**what: object) -> None:
    for key, value in what.items():
        sys.stdout.write(f"{key}:{value}\n")


def refused(stage: Stage) -> str:
    """The code a registration ends with, once both windows show it."""
    opened = stage.opened
    stage.to_card()
    stage.lay()
    opened.until_at(ConfirmingLink)
    opened.say(LinkAgreed())
    opened.until_at(AskingPin)
    stage.confirm(PIN)
    flow = stage.opened.until_at(RegistrationRefused, Registered)
    if not isinstance(flow, RegistrationRefused):
        return "registered"
    code = flow.problem.code
    to_staff = refusal(code, "staff"), refusal(code, "staff-next")
    for window, told in ((stage.opened.staff, to_staff), (stage.opened.patron, refusal_to_patron(code, Language.JAPANESE))):
        shown = "\n".join(text.replace("\n", "") for text in words_on(window))
        for sentence in told:
            assert plain(sentence).replace("\n", "") in shown, sentence
    return str(code)


def lent(stage: Stage) -> str:
    """The result of tapping the linked card: the link is read, and a failure to record the use does not prevent it."""
    stage.opened.end()
    stage.lay("renewed")
    return type(stage.opened.until_at(ConfirmingHolder, LendingRefused)).__name__


def written(opened: OpenedCounter, expected: str) -> str:
    """The record status shown once recording the confirmed use has been tried."""
    if isinstance(opened.flow, ConfirmingHolder):
        opened.say(HolderConfirmed())
    conductor = opened.program.conductor
    opened.until(lambda _: conductor.counter.facts.finding("records").word == expected)
    return conductor.counter.facts.finding("records").outcome


def full(disk: Path) -> None:
    """The disk fills up while the program runs, log included, and is emptied again."""
    QApplication([])
    deck = Deck(demo=False)
    (disk / "logs").mkdir()
    with (
        kept_in(disk / "logs", LogSettings("debug")),
        OpenedCounter(SETTINGS, judge_for(deck), disk / "data" / "kiosk.db") as opened,
    ):
        stage = Stage(opened, deck, judge_for(deck))
        stage.link(OTHER, "renewed")
        ballast = disk / "ballast"
        with ballast.open("wb") as file:
            fill(file.fileno())
        tell(refused=refused(stage), links=opened.repository.count_links(), lent=lent(stage), use=written(opened, "wrong"))
        ballast.unlink()
        tell(then=refused(stage), links=opened.repository.count_links(), lent=lent(stage), use=written(opened, "fine"))
        tell(audit=opened.repository.verify_audit())
        tell(both=all(opened.repository.find_by_number(number) is not None for number in (OWN, OTHER)))
        opened.end()


def read_only(disk: Path) -> None:
    """The disk is read-only when the program starts."""
    home = Home(disk / "home")
    home.prepare()
    home.config.write_text('[card]\nrevocation = "none"\n[keys]\nplace = "file"\n', encoding="utf-8")
    open_repository(home, read_settings(home.config))[0].close()
    before = home.store.read_bytes()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True, timeout=LIMIT)
    tell(code=command(["--home", str(home.folder), "run"]), untouched=home.store.read_bytes() == before)


def main() -> None:
    what, disk = sys.argv[1], Path(sys.argv[2])
    mount(disk, "size=2m")
    {"full": full, "read-only": read_only}[what](disk)


if __name__ == "__main__":
    main()
