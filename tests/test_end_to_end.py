"""The whole system as a librarian has it: `kiosk` commands, a real pcscd, pyscard, the store, both windows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from kiosk.app import Program, running
from kiosk.app.engine import Equipment
from kiosk.checks.periodic import bounds_of, counter_looks, first_facts
from kiosk.config import Home, Settings, read_settings
from kiosk.equipment import judge_for, open_repository
from kiosk.smartcard.pcsc import PcscMonitor, PcscReaders
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.text import plain, say
from tests.support.pcscd.rig import PcscdRig
from tests.support.wait import WAIT_MS
from tools.site import pictures as pictures_of_pages

NUMBER = "2104067851"


@pytest.fixture
def home(tmp_path: Path, deck: Deck) -> Home:
    """A counter set up as CONTRIBUTING.md says, by commands alone."""
    made = Home(tmp_path / "home")
    made.prepare()
    made.config.write_text('[card]\nrevocation = "none"\n[keys]\nplace = "file"\nfolder = "%s"\n' % (tmp_path / "keys"), "utf-8")
    authority = tmp_path / "authority.cer"
    authority.write_bytes(deck.authority.der)
    from kiosk.smartcard.authority import Authority

    fingerprint = Authority(deck.authority.der).fingerprint
    subprocess.run(
        [sys.executable, "-m", "kiosk", "--home", str(made.folder), "trust", "add", str(authority), "--fingerprint", fingerprint],
        check=True,
        capture_output=True,
        timeout=30,
    )
    return made


class Hands:
    """Presses and looks, by accessible names."""

    def __init__(self, qtbot: QtBot, program: Program) -> None:
        self._qtbot = qtbot
        self.staff, self.patron = program.displays.staff, program.displays.patron

    def until(self, condition: Callable[[], object], what: str) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)
        assert condition(), what

    def press(self, window: QWidget, key: str, **params: str | int) -> None:
        name = plain(say(key, **params)).replace("\n", "")
        self.until(lambda: self._button(window, name), name)
        button = self._button(window, name)
        assert button is not None
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def touch(self, name: str) -> None:
        button = self._button(self.patron, name)
        assert button is not None, name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def see(self, window: QWidget, text: str) -> None:
        def shown() -> bool:
            return any(text in widget.accessibleName() for widget in window.findChildren(QWidget) if widget.isVisible())

        self.until(shown, text)

    def enter(self, number: str) -> None:
        self.until(lambda: isinstance(self.staff.focusWidget(), QLineEdit), "a field")
        field = self.staff.focusWidget()
        assert isinstance(field, QLineEdit)
        field.setText(number)
        QTest.keyClick(self.staff.windowHandle(), Qt.Key.Key_Return)

    def _button(self, window: QWidget, name: str) -> QAbstractButton | None:
        buttons = window.findChildren(QAbstractButton)
        return next((found for found in buttons if found.isVisible() and found.isEnabled() and found.accessibleName() == name), None)


@pytest.fixture
def hands(qtbot: QtBot, home: Home, pcscd: PcscdRig) -> Iterator[Hands]:
    settings: Settings = read_settings(home.config)
    repository, keys = open_repository(home, settings)
    with repository:
        judge = judge_for(home, settings, keys.site)
        bounds = bounds_of(judge, repository)
        looks = counter_looks(home, settings, judge, repository, keys.site, bounds)
        equipment = Equipment(PcscReaders, PcscMonitor, judge, repository, first_facts(settings, judge), bounds, looks)
        program = Program(settings, equipment.facts, nullcontext(equipment))
        with running(program):
            yield Hands(qtbot, program)
        # As the end of the process would do it: what they showed must not be found by the tests that come after.
        for window in (program.displays.staff, program.displays.patron):
            window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.pcscd
@pytest.mark.timeout(90)
def test_a_patron_is_registered_and_called_up_through_pcscd(hands: Hands, pcscd: PcscdRig, deck: Deck, home: Home) -> None:
    card = deck.fresh("fine")
    hands.press(hands.staff, "staff.home.registration-start")
    hands.press(hands.staff, "staff.applicant.self")
    hands.press(hands.staff, "staff.action.next", step=say("staff.step.library-card"))
    hands.see(hands.staff, plain(say("staff.library-card.title")))
    hands.enter(f"A{NUMBER}A")
    hands.see(hands.staff, plain(say("staff.my-number-card.title")))
    pcscd.lay(card)
    hands.press(hands.patron, "patron.confirm.act")
    hands.see(hands.patron, plain(say("patron.pin.title")).replace("\n", ""))
    for digit in "1234":
        hands.touch(digit)
    hands.press(hands.patron, "patron.pin.confirm")
    hands.see(hands.staff, plain(say("staff.registered.title")))
    assert card.verifies == 1

    pcscd.lift()
    hands.press(hands.staff, "staff.action.done")
    hands.see(hands.staff, plain(say("staff.home.title")))
    pcscd.lay(card)
    hands.press(hands.staff, "staff.holder.yes")
    hands.see(hands.staff, "2104 0678 51")
    assert card.verifies == 1, "a tap asks for no PIN"

    pcscd.restart()
    pcscd.lay(card)
    hands.press(hands.staff, "staff.holder.yes")
    hands.see(hands.staff, "2104 0678 51")

    audit = subprocess.run(
        [sys.executable, "-m", "kiosk", "--home", str(home.folder), "audit", "verify"],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert audit.returncode == 0, audit.stdout + audit.stderr


@pytest.mark.trial
@pytest.mark.timeout(290)
def test_the_tour_walks_through_every_chapter_and_leaves_its_pictures(tmp_path: Path) -> None:
    """The demo as `make demo` runs it where there is no display, but for the window system."""
    told = pictures_of_pages.tour(tmp_path / "tour")
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-2000:]
    found = pictures_of_pages.drawn(tmp_path / "tour")
    # Notices come when their time is there, and may be in any picture.
    said = {words for picture in found.values() for words in pictures_of_pages.words(picture)}
    kept = {name for name in pictures_of_pages.shown_in_pages() if not pictures_of_pages.is_of_course(name)}
    stale = {name: gone for name in kept if (gone := pictures_of_pages.words_kept(name) - said)}
    assert stale == {}, "no window says this any more, and pictures in docs/pictures do: tools/pictures"
    pictures = sorted((tmp_path / "tour").glob("*.png"))
    assert len(pictures) >= 165
    shown = {picture.stem.split("-", 1)[1].rpartition("-")[0] for picture in pictures}
    assert {
        "doubted-home",
        "doubted-status",
        "stray",
        "two-cards",
        "held-key",
        "undone",
        "outage-tried",
        "late-loan",
        "upright-pin",
        "registered-elsewhere",
        "stopped-elsewhere",
        "registered-pending",
        "away-unsent",
        "refused-first",
        "too-long-home",
        "shut-out-home",
    } <= shown
    assert all(picture.stat().st_size > 5000 for picture in pictures)
    slips = list((tmp_path / "tour").glob("slip-*.pdf"))
    assert len(slips) == told.stdout.count("slip-") == 7
    assert all(slip.read_bytes().startswith(b"%PDF") for slip in slips)
    assert "1234" not in told.stdout + told.stderr
