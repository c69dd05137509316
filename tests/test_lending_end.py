"""The end of a patron's session: nothing about them remains, visible or not."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from kiosk.config import LogSettings, Settings, SlipSettings
from kiosk.demo.ils import DROPPED_AFTER, ITEMS, PATRONS, Mishap
from kiosk.domain.events import TimeUp, UnclearSeen
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.domain.states import LendingRefused, PatronShown
from kiosk.log import kept_in
from kiosk.store.cipher import open_file
from tests.support.counter.headless import KEYS
from tests.support.counter.windowed import words_on
from tests.support.counter.with_library import LendingCounter, Open
from tests.support.privacy.personal_data import Needle, search

LENT = ("stars", "bamboo", "design", "statistics")
REFUSED = ("shelf", "on-loan", "reference")
LISTED = ("own-renewable", "own-renewed", "own-wanted", "busy-overdue", "busy-1", "busy-2", "busy-3", "busy-4")
PEOPLE = ("竹内", "芸子", "𠮷野", "花子", "中央市")
SERVERS_WORDS = ("Item is on hold for another patron", "Item is on loan to another patron", "Greetings from Koha")


def needle(name: str, text: str) -> list[Needle]:
    spellings = {"": text.encode(), " in UTF-16": text.encode("utf-16-le"), " in CP932": text.encode("cp932", "ignore")}
    if not text.isdigit():
        return [Needle(name + how, sample, re.compile(re.escape(sample))) for how, sample in spellings.items() if len(sample) > 3]
    groups = " ".join(text[start : start + 4] for start in range(0, len(text), 4))
    return [
        Needle(f"{name} {form}", form.encode(), re.compile(rb"(?<!\d)" + re.escape(form.encode()) + rb"(?!\d)")) for form in (text, groups)
    ]


TITLES = [each for item in (*LENT, *REFUSED, *LISTED, "queue") for each in needle(f"title of {item}", ITEMS[item].title)]
BARCODES = [each for item in (*LENT, *REFUSED, *LISTED, "queue") for each in needle(f"barcode of {item}", ITEMS[item].number)]
NAMES = [each for name in PEOPLE for each in needle(name, name)]
WORDS = [each for said in SERVERS_WORDS for each in needle(said, said)]
NUMBERS = [each for patron in ("own", "busy") for each in needle(f"number of {patron}", PATRONS[patron])]
NEEDLES = [*TITLES, *BARCODES, *NAMES, *WORDS, *NUMBERS]


def in_windows(desk: LendingCounter) -> set[str]:
    """The needles in any text, name or description of any widget there is, shown or not, and on the clipboard."""
    # What Qt's own loop does before it waits.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    texts = {QGuiApplication.clipboard().text()}
    for window in QApplication.topLevelWidgets():
        texts.update(words_on(window))
    whole = "\n".join(texts).encode()
    return {each.name for each in NEEDLES if each.pattern.search(whole)}


def serve(desk: LendingCounter) -> set[str]:
    """Everything that can be done for a patron who is shown; the needles that stood in the windows meanwhile."""
    desk.scan(*LENT, *REFUSED)
    desk.answered()
    found = in_windows(desk)
    desk.press("staff.number.copy")
    found |= in_windows(desk)
    desk.choose(Service.RENEWAL)
    desk.answered()
    desk.line.happen("29", DROPPED_AFTER, Mishap(sent=20))
    desk.chord("A")
    desk.answered()
    desk.choose(Service.HOLD)
    desk.scan("queue")
    desk.answered()
    found |= in_windows(desk)
    desk.choose(Service.NDL_DIGITAL)
    desk.see("staff.patron.enter")
    return found | in_windows(desk)


def see_to_doubts(desk: LendingCounter) -> None:
    """What is unclear is named until it is certain, or staff have looked."""
    desk.opened.say(*(TimeUp(doubt.due) for doubt in desk.opened.counter.doubts))
    desk.opened.until(lambda counter: not counter.doubts)
    while desk.opened.counter.unclear:
        desk.opened.say(UnclearSeen())


def export(desk: LendingCounter, folder: Path) -> None:
    """The store as it lies there, opened with its own key."""
    plainly = folder / "plain.db"
    with closing(open_file(desk.home.store, KEYS.database)) as connection:
        connection.execute("ATTACH DATABASE ? AS plain KEY ''", (str(plainly),))
        connection.execute("SELECT sqlcipher_export('plain')")
        connection.execute("DETACH DATABASE plain")
    with closing(sqlite3.connect(plainly)) as connection:
        (folder / "dump.sql").write_text("\n".join(connection.iterdump()), "utf-8")


def without_slips(settings: Settings) -> Settings:
    return replace(settings, slip=SlipSettings())


def test_nothing_of_a_patron_stays_anywhere(open_desk: Open, tmp_path: Path) -> None:
    """Two of them: one by their My Number Card, one by the library card alone. The log tells as much as it can."""
    places = [tmp_path / "logs", tmp_path / "dumps"]
    for place in places:
        place.mkdir()
    with kept_in(places[0], LogSettings(level="debug")):
        desk = open_desk(settings=without_slips)
        desk.tap("own")
        stood = serve(desk)
        desk.end()
        see_to_doubts(desk)
        # A long page is taken away in pieces.
        desk.opened.until(lambda _: not in_windows(desk))
        desk.give_back(*LENT)
        desk.scan_text(PATRONS["busy"])
        desk.opened.until_at(PatronShown)
        stood |= serve(desk)
        desk.end()
        see_to_doubts(desk)
        desk.opened.until(lambda _: not in_windows(desk))
        # Refused cards are somebody's, too.
        desk.scan_text(PATRONS["stopped"])
        desk.opened.until_at(LendingRefused)
        desk.end()
        # What would have been found stood there.
        assert {f"title of {item}" for item in (*LENT, *REFUSED, "own-renewed", "queue")} <= stood
        assert {f"number of own {PATRONS['own']}", SERVERS_WORDS[0]} <= stood
        assert not {name for name in stood if name.startswith(PEOPLE)}
    export(desk, places[1])
    log = (places[0] / "kiosk.log").read_text("utf-8")
    assert log.count("loan: done") == 2 * len(LENT)
    # The link is what is kept, of the one who has registered.
    found = search(tuple(places), NEEDLES)
    assert set(found) == {f"number of own {PATRONS['own']}"}
    # In the file itself a random byte of the token may stand beside the number, as a letter of the same word would.
    assert {"dump.sql"} <= {path.name for paths in found.values() for path in paths} <= {"dump.sql", "plain.db"}


def test_a_link_that_is_closed_takes_the_number_along(open_desk: Open, tmp_path: Path) -> None:
    """The National Diet Library's service is written down for each use, with the number masked."""
    desk = open_desk(settings=without_slips)
    desk.tap("own")
    desk.scan("stars")
    desk.answered()
    desk.choose(Service.NDL_DIGITAL)
    desk.see("staff.patron.enter")
    desk.end()
    desk.unlink("own")
    rows = desk.opened.repository.audit_rows
    desk.opened.until(lambda _: Service.NDL_DIGITAL.value in repr(list(rows())))
    places = tmp_path / "dumps"
    places.mkdir()
    export(desk, places)
    assert LibraryCardNumber(PATRONS["own"]).masked in (places / "dump.sql").read_text("utf-8")
    assert search((places,), NEEDLES) == {}
