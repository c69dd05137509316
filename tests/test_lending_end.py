"""The end of a patron's session: what is printed for them, and that nothing about them remains, visible or not."""

from __future__ import annotations

import re
import socket
import sqlite3
import subprocess
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from kiosk.config import LogSettings, SessionSettings, Settings, SlipSettings
from kiosk.demo.ils import DROPPED_AFTER, ITEMS, PATRONS, Dialect, Mishap
from kiosk.domain.events import TimeUp, UnclearSeen
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import LendingRefused, PatronShown, Waiting
from kiosk.log import kept_in
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.store.cipher import open_file
from kiosk.text import plain, say
from tests.support.counter.headless import KEYS
from tests.support.counter.windowed import words_on
from tests.support.counter.with_library import DEMO, LendingCounter, Open, lending_counter
from tests.support.privacy.personal_data import Needle, search

# --- slips ----------------------------------------------------------------------------------------------------------------


def slips(desk: LendingCounter, count: int) -> list[str]:
    """The text of each slip, once so many lie there."""
    folder = desk.home.folder / "slips"

    def written() -> list[Path]:
        # One that is being written is not whole yet.
        return [path for path in sorted(folder.glob("*.pdf")) if path.read_bytes().rstrip().endswith(b"%%EOF")]

    desk.opened.until(lambda _: len(written()) == count)
    return [
        subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True, timeout=10).stdout for path in written()
    ]


def test_f12_writes_a_slip_of_what_was_done(open_desk: Open) -> None:
    desk = open_desk(latency=0.1)
    desk.tap("own")
    desk.scan("stars", "shelf", "maps")
    desk.answered()
    desk.choose(Service.RENEWAL)
    desk.answered()
    desk.scan("own-renewable")
    desk.choose(Service.HOLD)
    desk.scan("queue")
    desk.answered()
    desk.end()
    [text] = slips(desk, 1)
    order = [text.index(ITEMS[item].title) for item in ("stars", "maps", "own-renewable", "queue")]
    assert order == sorted(order)
    assert ITEMS["shelf"].title not in text
    for due in (desk.server.snapshot().loans[ITEMS[item].number].due for item in ("stars", "own-renewable")):
        assert f"{due.month}月{due.day}日" in text
    assert plain(say("slip.count", count=4)) in text
    number = LibraryCardNumber(PATRONS["own"])
    assert number.masked in text
    for secret in (number.text, number.grouped, "竹内", "芸子"):
        assert secret not in text


def test_all_on_loan_is_printed_where_that_is_chosen(open_desk: Open) -> None:
    desk = open_desk(latency=0.05)
    desk.tap("own")
    desk.scan("stars")
    desk.opened.press(desk.staff, f"{say('staff.patron.slip-name')}: {say('staff.patron.slip-all')}")
    # At once: the list and its titles are waited for.
    desk.end()
    [text] = slips(desk, 1)
    assert all(ITEMS[item].title in text for item in ("stars", "own-renewable", "own-renewed", "own-wanted"))


@pytest.mark.parametrize(
    ("dialect", "said"),
    [
        (replace(DEMO, longest_list=2, pages=False), say("slip.count-part", count=2, counted=5)),
        (replace(DEMO, lists_loans=False), say("slip.not-listed")),
    ],
    ids=["cut", "denied"],
)
def test_a_slip_of_all_says_that_it_is_not_all(open_desk: Open, dialect: Dialect, said: str) -> None:
    desk = open_desk(dialect=dialect)
    desk.tap("busy")
    desk.opened.press(desk.staff, f"{say('staff.patron.slip-name')}: {say('staff.patron.slip-all')}")
    desk.end()
    [text] = slips(desk, 1)
    assert plain(said) in "".join(text.split())


def test_no_slip_is_written_where_none_is_wanted_or_nothing_was_done(open_desk: Open) -> None:
    desk = open_desk()
    desk.tap("own")
    desk.scan("shelf")
    desk.answered()
    desk.end()
    desk.lay()
    desk.press("staff.holder.yes")
    desk.opened.until_at(PatronShown)
    desk.opened.press(desk.staff, f"{say('staff.patron.slip-name')}: {say('staff.patron.slip-none')}")
    desk.scan("stars")
    desk.answered()
    desk.end()
    desk.lay()
    desk.press("staff.holder.yes")
    desk.opened.until_at(PatronShown)
    desk.scan("maps")
    desk.answered()
    desk.end()
    [text] = slips(desk, 1)
    assert ITEMS["maps"].title in text
    assert ITEMS["stars"].title not in text


def test_a_slip_that_cannot_be_written_is_said_and_written_again(open_desk: Open) -> None:
    desk = open_desk()
    (desk.home.folder / "slips").write_text("a file where the folder should be")
    desk.tap("own")
    desk.scan("stars")
    desk.answered()
    desk.end()
    desk.see("refusal.slip-failed.staff")
    assert not desk.sees(ITEMS["stars"].title)
    assert not desk.sees(LibraryCardNumber(PATRONS["own"]).grouped)
    desk.press_in_notice("staff.banner.slip-again")
    desk.see("refusal.slip-failed.staff")
    (desk.home.folder / "slips").unlink()
    desk.press_in_notice("staff.banner.slip-again")
    [text] = slips(desk, 1)
    assert ITEMS["stars"].title in text
    desk.opened.until(lambda counter: counter.papers == ())
    assert not desk.sees(say("refusal.slip-failed.staff"))


def test_staff_who_have_seen_to_it_are_told_no_more_of_a_slip(open_desk: Open) -> None:
    desk = open_desk()
    (desk.home.folder / "slips").write_text("a file where the folder should be")
    desk.tap("own")
    desk.scan("stars")
    desk.answered()
    desk.end()
    desk.see("refusal.slip-failed.staff")
    desk.press_in_notice("staff.banner.slip-seen")
    assert not desk.sees(say("refusal.slip-failed.staff"))


def test_the_program_ends_soon_however_many_slips_wait_for_a_silent_print_server(
    judge: CardJudge, deck: Deck, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("CUPS_SERVER", f"127.0.0.1:{silent.getsockname()[1]}")
        to_printer = SlipSettings(to="printer", printer="カウンター2", default=SlipKind.TODAY)
        with lending_counter(tmp_path, deck, judge, settings=lambda settings: replace(settings, slip=to_printer)) as desk:
            for patron, item in (("own", "stars"), ("other", "maps"), ("own", "cats")):
                desk.scan_text(PATRONS[patron])
                desk.opened.until_at(PatronShown)
                desk.scan(item)
                desk.answered()
                desk.end()
            assert len(desk.opened.counter.papers) == 3
            begun = time.monotonic()
        assert time.monotonic() - begun < 9
        # Nobody is left who waits for it: whatever was begun has ended, and its line with it.
        silent.settimeout(1)
        with silent.accept()[0] as line:
            line.settimeout(1)
            while line.recv(4096):
                pass
        with pytest.raises(TimeoutError):
            silent.accept()


def test_a_printer_that_is_not_there_is_named(open_desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("CUPS_SERVER", f"127.0.0.1:{listening.getsockname()[1]}")
    desk = open_desk(settings=lambda settings: replace(settings, slip=replace(settings.slip, to="printer", printer="カウンター2")))
    desk.tap("own")
    desk.scan("stars")
    desk.answered()
    desk.end()
    desk.see("refusal.slip-printer-missing.staff", printer="カウンター2")
    desk.press_in_notice("staff.banner.slip-seen")
    assert not desk.sees("カウンター2")


# --- left alone -----------------------------------------------------------------------------------------------------------


def short(settings: Settings) -> Settings:
    return replace(settings, session=SessionSettings(idle_seconds=1, warning_seconds=1))


def test_a_session_left_alone_warns_and_ends_with_its_slip(open_desk: Open) -> None:
    desk = open_desk(settings=short)
    desk.tap("own")
    desk.scan("stars")
    desk.answered()
    desk.see("staff.banner.idle")
    desk.press("staff.banner.idle-go-on")
    assert isinstance(desk.opened.flow, PatronShown)
    assert not desk.sees(say("staff.banner.idle"))
    desk.opened.until_at(Waiting)
    assert not desk.sees(LibraryCardNumber(PATRONS["own"]).grouped)
    [text] = slips(desk, 1)
    assert ITEMS["stars"].title in text


# --- nothing stays --------------------------------------------------------------------------------------------------------

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
