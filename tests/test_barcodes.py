"""Barcodes at every step: a scanner is a keyboard, and whoever scans at the wrong moment must never enter a PIN.

The whole program with both windows, two displays and one, with a keypad and without. Keys go to the window that has the keyboard; what
counts is what the virtual cards were sent (ARCHITECTURE, Rules of the PIN: 1).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.config import CardSettings, DisplaySettings, LibraryCardSettings, RevocationSource, SessionSettings, Settings
from kiosk.demo.library import LIBRARY_CARDS
from kiosk.domain.rules import CheckDigit
from kiosk.domain.states import (
    AskingPin,
    AskingUnlinkNumber,
    AwaitingLibraryCard,
    AwaitingMyNumberCard,
    CheckingLibraryCard,
    ConfirmingUnlink,
    FindingLinkToClose,
    Flow,
    LendingRefused,
    LookingUpPatron,
    PatronShown,
    Reading,
    Screen,
    UnlinkingRefused,
    Waiting,
)
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.ui.pin_pad import PinPad
from tests.support.count_cases import CountCases
from tests.support.counter.steps import OWN, PIN, Stage
from tests.support.counter.windowed import Key, OpenedCounter
from tests.support.windows.focusable import focusable

STAFF_CODE = "4711"
BARCODES = {
    "library card": LIBRARY_CARDS[0].barcode,
    "four digits": PIN.decode(),
    "8 digits": "12341234",
    "10 digits": LIBRARY_CARDS[0].barcode[1:-1],
    "13 digits": "9784003101018",
    "14 digits": "21234567890123",
    "item": "B110345678B",
    "code 39": "NPL-1234 A",
    "with spaces": "1234 5678",
    "My Number": "123456789018",
}
CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
SUFFIXES: dict[str, list[Key]] = {
    "CR": [(Qt.Key.Key_Return, NONE, "\r")],
    "Enter": [(Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier, "\r")],
    "LF": [(Qt.Key.Key_J, CONTROL, "\n")],
    "CR LF": [(Qt.Key.Key_Return, NONE, "\r"), (Qt.Key.Key_J, CONTROL, "\n")],
    "Tab": [(Qt.Key.Key_Tab, NONE, "\t")],
    "none": [],
}
Scan = tuple[str, str]
SCANS: tuple[Scan, ...] = tuple(itertools.product(BARCODES, SUFFIXES))
WHEREVER: tuple[Scan, ...] = (("with spaces", "CR"), ("code 39", "Tab"), ("four digits", "Enter"))
"""Those that would press a button or tick a row which has the focus."""
WAITED_FOR: tuple[Scan, ...] = (("library card", "none"), ("10 digits", "none"))
"""Without a suffix a scan has ended when no more comes."""
GAPS_MS = (0, 20)
STEPS = tuple(name.removeprefix("to_") for name in vars(Stage) if name.startswith("to_"))
SINGLE_ONLY = {"agreement_taken", "returning"}
PAD = {"pad", "mistake", "last_pad"}
PARTS = 3
"""Of the long run, so that no test holds a core for many minutes."""
TAKES: dict[type[Flow], tuple[type[Flow], ...]] = {
    Waiting: (Waiting, PatronShown),
    LendingRefused: (Waiting, PatronShown),
    # Staff fall back on the library card while the other is read, or silent.
    Reading: (Waiting, Reading, PatronShown),
    AwaitingLibraryCard: (AwaitingLibraryCard, AwaitingMyNumberCard),
    AskingUnlinkNumber: (AskingUnlinkNumber, ConfirmingUnlink, UnlinkingRefused),
}
"""Where a library card number means something, and where it may lead."""
TRANSIENT = (CheckingLibraryCard, FindingLinkToClose, LookingUpPatron)


@dataclass(frozen=True)
class Mode:
    single: bool
    keypad: bool

    def __str__(self) -> str:
        return f"{'one display' if self.single else 'two displays'}, {'keypad' if self.keypad else 'no keypad'}"

    @property
    def settings(self) -> Settings:
        return Settings(
            card=CardSettings(revocation=RevocationSource.NONE),
            display=DisplaySettings(single=self.single, keypad=self.keypad, sounds=0),
            library_card=LibraryCardSettings(length=10, prefix="21", check_digit=CheckDigit.LUHN),
            session=SessionSettings(idle_seconds=3600, card_left_seconds=60, staff_code=STAFF_CODE),
        )


MODES = tuple(Mode(single, keypad) for single in (False, True) for keypad in (False, True))


class Scanner:
    """Scans at a stage, and looks at what came of it."""

    def __init__(self, stage: Stage, mode: Mode) -> None:
        self._stage, self._opened, self._mode = stage, stage.opened, mode
        self.cases = 0

    def try_step(self, step: str, scans: Sequence[Scan], places: Sequence[Scan]) -> None:
        """Every scan as the focus happens to be, in each window that can have the keyboard; then `places` wherever else it can be."""
        bring = getattr(self._stage, f"to_{step}")
        bring()
        for window in self._windows():
            tried = [(None, scan) for scan in scans] + list(itertools.product(range(len(focusable(window))), places))
            for number, (place, scan) in enumerate(tried):
                self._point_keyboard(window, place)
                before = self._opened.flow
                self._scan(window, scan, GAPS_MS[(number + number // len(SUFFIXES)) % len(GAPS_MS)])
                if not is_same(before, self._opened.flow):
                    bring()

    def _windows(self) -> list[QWidget]:
        if self._mode.single:
            return [self._opened.staff if self._opened.counter.screen is Screen.STAFF else self._opened.patron]
        return [self._opened.staff, self._opened.patron] if self._mode.keypad else [self._opened.staff]

    def _point_keyboard(self, window: QWidget, place: int | None) -> None:
        self._opened.give_keyboard_to(window)
        widgets = focusable(window)
        if place is not None and place < len(widgets):
            widgets[place].setFocus(Qt.FocusReason.TabFocusReason)

    def _scan(self, window: QWidget, scan: Scan, gap_ms: int) -> None:
        opened, stage = self._opened, self._stage
        pad = opened.patron.findChild(PinPad)
        on_pad = isinstance(opened.flow, AskingPin) and window is opened.patron and self._mode.keypad
        before, screen, typed = opened.flow, opened.counter.screen, pad.count if pad else 0
        opened.type_keys(keys_of(scan), gap_ms)
        opened.settle()
        opened.until(lambda counter: not isinstance(counter.flow, TRANSIENT))
        about = f"{self._mode}: {scan} at {before}"
        assert stage.pins == stage.pressed, about
        assert pad is None or pad.count == (0 if on_pad else typed), about
        assert is_allowed(before, opened.flow), f"{about}, now {opened.flow}"
        assert opened.counter.screen is screen, about
        self.cases += 1


def keys_of(scan: Scan) -> list[Key]:
    barcode, suffix = scan
    return [(Qt.Key(ord(character.upper())), NONE, character) for character in BARCODES[barcode]] + SUFFIXES[suffix]


def is_allowed(before: Flow, after: Flow) -> bool:
    """Nothing but a library card number has been entered, where one is asked for."""
    return is_same(before, after) or isinstance(after, TAKES.get(type(before), ()))


def is_same(before: Flow, after: Flow) -> bool:
    """But for what is said of the scan."""
    said = {name: getattr(before, name) for name in ("problem", "wrong", "barcode_cleared", "typed", "slow") if hasattr(before, name)}
    return type(before) is type(after) and replace(after, **said) == before


def share(number: int, parts: int) -> list[Scan]:
    """Every form with some suffixes, others at the next step: all pairs within `parts` steps."""
    return [
        (barcode, suffix)
        for form, barcode in enumerate(BARCODES)
        for kind, suffix in enumerate(SUFFIXES)
        if (form + kind + number) % parts == 0
    ]


def try_all(opened: OpenedCounter, mode: Mode, deck: Deck, judge: CardJudge, *, whole: bool, steps: Sequence[str] = STEPS) -> int:
    """How many cases there were. The counter goes on: its next registration is finished."""
    stage = Stage(opened, deck, judge)
    scanner = Scanner(stage, mode)
    for number, step in enumerate(STEPS):
        if step in steps and (mode.single or step not in SINGLE_ONLY):
            some = share(number, 27 if step in PAD - {"pad"} else 36)
            if whole:
                scanner.try_step(step, SCANS, WHEREVER)
            else:
                scanner.try_step(step, some, () if step in PAD else WHEREVER[:1])
    stage.to_registered()
    link = opened.repository.find_by_number(OWN)
    assert link is not None
    assert stage.pins == stage.pressed > 0
    return scanner.cases


@pytest.mark.timeout(240)
@pytest.mark.parametrize("mode", [mode for mode in MODES if mode.single is mode.keypad], ids=str)
def test_a_barcode_at_every_step(
    mode: Mode, deck: Deck, judge: CardJudge, tmp_path: Path, qapp: QApplication, count_cases: CountCases
) -> None:
    with OpenedCounter(mode.settings, judge, tmp_path / "kiosk.db") as opened:
        count_cases("barcodes at a step", try_all(opened, mode, deck, judge, whole=False))


@pytest.mark.trial
@pytest.mark.timeout(400)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("mode", MODES, ids=str)
def test_every_barcode_at_every_step(
    mode: Mode, part: int, deck: Deck, judge: CardJudge, tmp_path: Path, qapp: QApplication, count_cases: CountCases
) -> None:
    with OpenedCounter(mode.settings, judge, tmp_path / "kiosk.db") as opened:
        count_cases("barcodes at a step", try_all(opened, mode, deck, judge, whole=True, steps=STEPS[part::PARTS]))
