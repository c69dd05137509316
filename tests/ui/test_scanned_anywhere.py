"""A scanner on every page of both windows, wherever the focus is: at any speed, with any prefix and suffix, it decides nothing.

Each case is a code scanned while one control has the focus. The full product is a long run; here every pair of parameters is met, on every
third page of staff.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from kiosk.domain.consequences import has_consequences
from kiosk.domain.events import Event, ItemEntered, ItemTyped, LibraryCardEntered, PadCleared, PadTyped, RailEvent
from kiosk.domain.serving.services import is_served_here
from kiosk.domain.states import (
    AskingUnlinkNumber,
    AwaitingLibraryCard,
    AwaitingMyNumberCard,
    CheckingLibraryCard,
    Counter,
    FindingLink,
    FindingLinks,
    LendingRefused,
    LookingUpPatron,
    PatronShown,
    Reading,
    ReadingMyNumberCard,
    Waiting,
)
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.control import event_of
from kiosk.ui.widgets.scan_field import ScanField
from tests.support.count_cases import CountCases
from tests.support.windows.focusable import focusable, is_guarded
from tests.support.windows.manual_timing import ManualTiming
from tests.support.windows.patron_samples import scenes
from tests.support.windows.patron_window import ShownPatronWindow
from tests.support.windows.staff_samples import a_third_or_all, one_of_each
from tests.support.windows.staff_window import Hands, settle

NONE, CONTROL, KEYPAD, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.KeypadModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
Key = tuple[Qt.Key, Qt.KeyboardModifier, str]


def letters(text: str) -> list[Key]:
    return [(Qt.Key(ord(letter.upper())), SHIFT if letter.isupper() else NONE, letter) for letter in text]


_WITHOUT_NUM_LOCK = {
    "0": Qt.Key.Key_Insert,
    "1": Qt.Key.Key_End,
    "2": Qt.Key.Key_Down,
    "3": Qt.Key.Key_PageDown,
    "4": Qt.Key.Key_Left,
    "5": Qt.Key.Key_Clear,
    "6": Qt.Key.Key_Right,
    "7": Qt.Key.Key_Home,
    "8": Qt.Key.Key_Up,
    "9": Qt.Key.Key_PageUp,
}
RETURN: Key = (Qt.Key.Key_Return, NONE, "\r")
ENTER: Key = (Qt.Key.Key_Enter, KEYPAD, "\r")
LINE_FEED: Key = (Qt.Key.Key_J, CONTROL, "\n")
TAB: Key = (Qt.Key.Key_Tab, NONE, "\t")
F5: Key = (Qt.Key.Key_F5, NONE, "")
F12: Key = (Qt.Key.Key_F12, NONE, "")

CODES: dict[str, list[Key]] = {
    "a number": letters("1103000001"),
    "letters, CapsLock": letters("A1103b000001C"),
    "one digit": letters("7"),
    "nothing": [],
    "four digits": letters("0000"),
    "NumLock off": [(_WITHOUT_NUM_LOCK[digit], KEYPAD, "") for digit in "1103000001"],
    "NumLock off, down and end": [(_WITHOUT_NUM_LOCK[digit], KEYPAD, "") for digit in "2271"],
    "a function key inside": [*letters("1103"), F12, *letters("000001")],
    "a space inside": letters("1103 000001"),
    "Alt inside": [*letters("70"), (Qt.Key.Key_Y, ALT, "y"), *letters("8")],
    "a key that is no character inside": [*letters("77023"), (Qt.Key.Key_BracketRight, CONTROL, "\x1d"), *letters("880023")],
    "nothing but CR": [RETURN] * 12,
    "Alt held meanwhile": [(key, ALT, text) for key, _, text in letters("yu110n")],
}
PREFIXES: dict[str, list[Key]] = {
    "": [],
    "space": letters(" "),
    "CR": [RETURN],
    "STX": [(Qt.Key.Key_B, CONTROL, "\x02")],
    "function key": [F5],
    "F12": [F12],
    "Esc": [(Qt.Key.Key_Escape, NONE, "\x1b")],
}
SUFFIXES: dict[str, list[Key]] = {
    "": [],
    "CR": [RETURN],
    "Enter": [ENTER],
    "LF": [LINE_FEED],
    "CR LF": [RETURN, LINE_FEED],
    "CR CR": [RETURN, RETURN],
    "Tab": [TAB],
    "Tab Tab CR": [TAB, TAB, RETURN],
    "space": letters(" "),
    "CR F12": [RETURN, F12],
}
BROKEN = {"a function key inside", "Alt inside", "a key that is no character inside"}
"""No part of these is the code."""
GAPS = (0.0, 0.01, 0.045, 0.06, 0.1, 0.15, 0.25)
LATE = (0.0, 0.05, 0.12)
"""Seconds that a suffix comes later than the gap."""
TAPPED, PAIRED, STALLED = "each key by itself", "each release with the next press", "the program stalls amid"
MANNERS = (TAPPED, PAIRED, STALLED)
STALL = 0.4
FIRST_REPEAT = 0.19
"""Seconds after which an equal key in the instant of a release is that key, held down: the first repeat of a keyboard."""


@dataclass(frozen=True)
class Case:
    code: str
    prefix: str
    suffix: str
    gap: float
    late: float
    manner: str

    def keys(self) -> Iterator[tuple[float, Key]]:
        """Each with the seconds before it."""
        for key in (*PREFIXES[self.prefix], *CODES[self.code]):
            yield self.gap, key
        for key in SUFFIXES[self.suffix]:
            # Quiet is 0.3 s: nothing that a scanner sends together is farther apart.
            yield min(self.gap + self.late, 0.29), key

    def strokes(self) -> Iterator[tuple[float, bool, QEvent.Type, Key]]:
        """Each with the seconds before it, and whether the program does nothing meanwhile."""
        keys = list(self.keys())
        for place, (gap, key) in enumerate(keys):
            paired = self.manner == PAIRED and place > 0
            stalls = self.manner == STALLED and place in (1, len(keys) // 2)
            if paired:
                yield gap, False, QEvent.Type.KeyRelease, keys[place - 1][1]
            yield 0.0 if paired else STALL if stalls else gap, stalls, QEvent.Type.KeyPress, key
            if self.manner != PAIRED or place == len(keys) - 1:
                yield 0.0, False, QEvent.Type.KeyRelease, key

    @property
    def alone(self) -> bool:
        """A single key: no more than a person who presses one. Equal keys in one instant, or a keyboard's rhythm, are one that is held."""
        keys = list(self.keys())
        if self.gap == self.late == 0 or (self.manner == PAIRED and len(keys) == 2 and keys[1][0] >= FIRST_REPEAT):
            return len({key for _, key in keys}) < 2
        return len(keys) < 2


ALL = [
    Case(*parts)
    for parts in itertools.product(CODES, PREFIXES, SUFFIXES, GAPS, LATE, MANNERS)
    if parts[0] != "nothing" or parts[1] or parts[2]
]
ALONE = [case for case in ALL if case.alone]


@cache
def pairs() -> list[Case]:
    """A list in which each two values of different kinds meet; greedy, the same at every run."""
    kinds: tuple[tuple[object, ...], ...] = (tuple(CODES), tuple(PREFIXES), tuple(SUFFIXES), GAPS, LATE, MANNERS)
    wanted = {((a, x), (b, y)) for a, b in itertools.combinations(range(len(kinds)), 2) for x in kinds[a] for y in kinds[b]}
    rest, chosen = [case for case in ALL if not case.alone], []
    while wanted and rest:
        stride = max(1, len(rest) // 700)
        place, best = max(enumerate(rest[::stride]), key=lambda each: len(wanted & met(each[1])))
        chosen.append(best)
        wanted -= met(best)
        del rest[place * stride]
        if not any(wanted & met(case) for case in rest[:: max(1, len(rest) // 700)]):
            rest = [case for case in rest if wanted & met(case)]
    return chosen


@cache
def met(case: Case) -> set[tuple[tuple[int, object], tuple[int, object]]]:
    values: list[tuple[int, object]] = list(enumerate((case.code, case.prefix, case.suffix, case.gap, case.late, case.manner)))
    return set(itertools.combinations(values, 2))


Stroke = Callable[[QEvent.Type, Key], None]


def read(case: Case, stroke: Stroke, timing: ManualTiming) -> None:
    timing.pass_(1)
    for gap, stalls, kind, key in case.strokes():
        if stalls:
            timing.stall(gap)
        else:
            timing.pass_(gap)
        stroke(kind, key)
    timing.pass_(6)


NUMBERS_WANTED = (
    *(Waiting, LendingRefused, AwaitingLibraryCard, AwaitingMyNumberCard, AskingUnlinkNumber),
    # The machine hears no number here; the field of the page before is still there.
    *(Reading, FindingLink, LookingUpPatron, CheckingLibraryCard, ReadingMyNumberCard, FindingLinks),
)


def takes(counter: Counter) -> tuple[type[Event], ...]:
    """What a code may say on the staff window at all."""
    if isinstance(counter.flow, NUMBERS_WANTED):
        return (LibraryCardEntered,)
    if isinstance(counter.flow, PatronShown) and is_served_here(counter, counter.flow.service):
        return (ItemEntered, ItemTyped)
    return ()


def try_on_staff_window(hands: Hands, cases: Callable[[int, bool], list[Case]], every: int = 1) -> int:
    """`cases`: which are tried at the place of this number; whether a press there would have consequences. How many there were.

    `every`: on each page, or on one of so many.
    """
    tried = 0

    def stroke(kind: QEvent.Type, key: Key) -> None:
        event = QKeyEvent(kind, *key)
        event.setTimestamp(hands.timing.stamp)
        focused: QWidget | None = hands.window.focusWidget()
        QCoreApplication.sendEvent(hands.window if focused is None else focused, event)

    for name, (counter, facts) in list(one_of_each().items())[::every]:
        hands.show(counter, facts)
        for place in range(-1, len(focusable(hands.window))):
            # A hint may have folded a notice with its button meanwhile.
            places = focusable(hands.window)
            guarded = 0 <= place < len(places) and is_guarded(places[place], counter)
            for case in cases(tried, guarded):
                hands.said.clear()
                for field in hands.window.findChildren(ScanField):
                    field.clear()
                places = focusable(hands.window)
                if 0 <= place < len(places):
                    places[place].setFocus(Qt.FocusReason.TabFocusReason)
                else:
                    hands.window.setFocus()
                read(case, stroke, hands.timing)
                said = (ItemTyped, *(() if case.code in BROKEN else takes(counter)))  # what stands in a field has entered nothing
                assert all(isinstance(event, said) for event in hands.said), (name, place, case, hands.said)
                tried += 1
        settle()
    return tried


@pytest.mark.timeout(240)
def test_a_code_read_anywhere_decides_nothing(hands: Hands, count_cases: CountCases) -> None:
    chosen = pairs()
    count_cases("codes on the staff window", try_on_staff_window(hands, lambda number, guarded: some(chosen, number, 1), every=3))


def some(chosen: list[Case], number: int, many: int) -> list[Case]:
    return [chosen[(number + step * 7) % len(chosen)] for step in range(many)]


NEVER_BY_A_TAP: dict[str, tuple[str, ...]] = {
    "confirming-holder": ("本人です", "本人ではない", "終了して画面を消す"),
    "replacement": ("更新", "再発行", "利用カード変更", "訂正", "やめる"),
    "unlink-confirm": ("解除する", "やめる"),
    "confirm": ("登録を中止する",),
    "pin": ("入力を中止する",),
    "library-card": ("やめる",),
    "guardian-all": ("やめる",),
    "lending-next-card": ("次の方に替わる", "この方の手続きを続ける", "終了して画面を消す"),
    "lending-all-sorts": ("終了して画面を消す",),
    "ask-served": ("解除へ移る",),
    "handover-not": ("番号を入力する",),
    "renewal": ("すべて延長する",),
    "card-left": ("確認しました",),
    "stray": ("このままにする",),
    "slip-trouble": ("レシートの件を確認しました",),
    "applicant": ("ご本人", "15歳未満の子", "それ以外の方"),
    "guardian": ("15歳未満である", "法定代理人である", "「氏名」が記載されている"),
    "unlink-reason": ("紛失", "ご本人の希望", "登録の訂正"),
    "unlink-lost": ("止めた", "まだ止めていない"),
}
NOTHING_TO_LOSE = {"ask-served", "handover-not", "renewal", "card-left", "stray", "slip-trouble", "applicant", "unlink-reason"}
"""Where the page itself may be left by a key alone."""


@pytest.mark.parametrize("scene", NEVER_BY_A_TAP)
def test_a_tap_of_a_key_never_presses(hands: Hands, scene: str) -> None:
    hands.show(*one_of_each()[scene])
    for name in NEVER_BY_A_TAP[scene]:
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Select):
            hands.control(name).setFocus()
            hands.key(key)
            assert hands.said == [], (name, key)
    for key in (Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F4, Qt.Key.Key_F5, Qt.Key.Key_F12):
        if scene not in NOTHING_TO_LOSE:
            hands.key(key)
            # The rail asks first where something would be lost (tests/domain/test_rail.py).
            assert all(isinstance(event, RailEvent) for event in hands.said), key
    assert "キーを" in hands.texts() or "このキーは" in hands.texts()


@pytest.mark.parametrize("part", range(4))
@a_third_or_all
def test_what_a_key_alone_can_do_on_each_page(hands: Hands, every: int, part: int) -> None:
    """Where a page has put the keyboard there is nothing to press; what has consequences takes a held key; no letter is there twice."""
    taps = [case for case in ALONE if case.gap == case.late == 0 and case.manner == TAPPED]
    scenes_of_staff = one_of_each()
    for name, (counter, facts) in list(scenes_of_staff.items())[part * every :: 4 * every]:
        # From another page: the focus stays where somebody has put it while they stay.
        hands.show(*scenes_of_staff["help" if name != "help" else "waiting"])
        hands.show(counter, facts)
        letters_shown = [
            letter for one in hands.window.findChildren(Button) if one.isVisible() and (letter := one.shown_key).startswith("Alt")
        ]
        assert len(letters_shown) == len(set(letters_shown)), name
        # A number that was refused may be entered once more.
        kept = {field.text() for field in hands.window.findChildren(ScanField) if field.isVisible()}
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
            hands.said.clear()
            hands.key(key)
            assert all(isinstance(event, LibraryCardEntered) and event.text.strip() in {"", *kept} for event in hands.said), (name, key)
        for number, place in enumerate(place for place in focusable(hands.window) if is_guarded(place, counter)):
            # Of the taps others at each place.
            for case in taps[number % (3 * every) :: 3 * every]:
                place.setFocus(Qt.FocusReason.TabFocusReason)
                hands.said.clear()
                for _, (key, modifier, text) in case.keys():
                    hands.timing.pass_(1)
                    hands.tap(key, text, modifier)
                    hands.timing.pass_(1)
                assert not [event for event in hands.said if has_consequences(counter, event)], (name, place.accessibleName(), case)
            place.setFocus(Qt.FocusReason.TabFocusReason)
            hands.said.clear()
            hands.hold(Qt.Key.Key_Return)
            assert isinstance(place, QAbstractButton)
            assert hands.said == [event_of(place)], (name, place.accessibleName())


@pytest.mark.trial
@pytest.mark.timeout(1100)
def test_every_code_read_anywhere_decides_nothing(hands: Hands, count_cases: CountCases) -> None:
    """Parts of all cases, another at each place; larger ones where a press would have consequences."""
    often = [case for number, case in enumerate(ALL) if not case.alone]
    count_cases(
        "codes on the staff window",
        try_on_staff_window(hands, lambda number, guarded: often[number % 1301 :: 1301] if guarded else some(often, number * 31, 8)),
    )


# --- the patron window ------------------------------------------------------------------------------------------------


def try_on_patron_window(desk: ShownPatronWindow, chosen: list[Case], many: int, first: int) -> int:
    tried = 0

    def stroke(kind: QEvent.Type, key: Key) -> None:
        event = QKeyEvent(kind, *key)
        event.setTimestamp(desk.timing.stamp)
        QCoreApplication.sendEvent(desk.with_the_keys(), event)

    for name, counter in scenes().items():
        desk.show(counter)
        for place in range(-1, len(focusable(desk.window))):
            for case in some(chosen, first + tried, many):
                desk.events.clear()
                places = focusable(desk.window)
                if 0 <= place < len(places):
                    places[place].setFocus(Qt.FocusReason.TabFocusReason)
                read(case, stroke, desk.timing)
                assert desk.pins == [], (name, place, case)
                assert all(isinstance(event, PadTyped | PadCleared) for event in desk.events), (name, place, case, desk.events)
                tried += 1
    return tried


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("single", "keypad"), [(True, False), (True, True), (False, True)])
def test_a_code_read_on_the_patrons_display_decides_nothing(qtbot: QtBot, single: bool, keypad: bool, count_cases: CountCases) -> None:
    desk = ShownPatronWindow(single=single, keypad=keypad)
    qtbot.addWidget(desk.window, before_close_func=lambda window: desk.window.close_for_good())
    count_cases("codes on the patron window", try_on_patron_window(desk, pairs(), 1, 0))


@pytest.mark.trial
@pytest.mark.timeout(1100)
@pytest.mark.parametrize(("single", "keypad"), [(True, False), (True, True), (False, True)])
def test_every_code_read_on_the_patrons_display_decides_nothing(qtbot: QtBot, single: bool, keypad: bool, count_cases: CountCases) -> None:
    desk = ShownPatronWindow(single=single, keypad=keypad)
    qtbot.addWidget(desk.window, before_close_func=lambda window: desk.window.close_for_good())
    often = [case for case in ALL if not case.alone]
    count_cases("codes on the patron window", try_on_patron_window(desk, often[::17], 120, 0))
