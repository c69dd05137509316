"""The slip at the end of a patron's session: what is printed, and what is said when it is not."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from kiosk.config import SessionSettings, Settings, SlipSettings
from kiosk.demo.ils import ITEMS, PATRONS, Dialect
from kiosk.domain.model import LibraryCardNumber, Service
from kiosk.domain.slip import SlipKind
from kiosk.domain.states import PatronShown, Waiting
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.text import plain, say
from tests.support.counter.with_library import DEMO, LendingCounter, Open, lending_counter
from tests.support.ports import free_port
from tests.support.wait import LIMIT


def slips(desk: LendingCounter, count: int) -> list[str]:
    """The text of each slip, once so many lie there. On Windows nothing reads it: the test ends with the slips there, as skipped."""
    folder = desk.home.folder / "slips"

    def written() -> list[Path]:
        # One that is being written is not whole yet.
        return [path for path in sorted(folder.glob("*.pdf")) if path.read_bytes().rstrip().endswith(b"%%EOF")]

    desk.opened.until(lambda _: len(written()) == count)
    if sys.platform == "win32":
        pytest.skip("the slips lie there; pdftotext")
    else:
        return [
            subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True, timeout=LIMIT).stdout
            for path in written()
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


@pytest.mark.linux("CUPS")
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
        silent.settimeout(LIMIT)
        with silent.accept()[0] as line:
            line.settimeout(LIMIT)
            while line.recv(4096):
                pass
        silent.settimeout(0.9)
        with pytest.raises(TimeoutError):
            silent.accept()


def test_a_printer_that_is_not_there_is_named(open_desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUPS_SERVER", f"127.0.0.1:{free_port()}")
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
