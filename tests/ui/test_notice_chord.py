"""Notices are put away by a chord, one after the other, and the help names every chord there is."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from kiosk.domain.events import CardLeftSeen, StraySeen
from kiosk.ui.widgets.control import chord_of
from tests.support.windows.staff_samples import a_sixth_or_all, staff_scenes
from tests.support.windows.staff_window import ALT, Hands

SCENES = staff_scenes()
STRAY = SCENES["stray"][0].stray_notice
RARE = ("lending-refused-doubted", "guardian", "unlink-lost")
"""With chords that few pages have."""


def chords(hands: Hands) -> list[str]:
    return [chord_of(button) for button in hands.window.findChildren(QAbstractButton) if button.isVisible() and chord_of(button)]


def test_the_notice_of_a_card_left_is_put_away_by_a_chord(hands: Hands) -> None:
    hands.show(replace(SCENES["waiting"][0], card_left=3))
    hands.key(Qt.Key.Key_O, ALT)
    assert hands.said == [CardLeftSeen()]


def test_one_chord_walks_through_the_notices(hands: Hands) -> None:
    both = replace(SCENES["waiting"][0], card_left=3, stray_notice=STRAY)
    hands.show(both)
    hands.unfold()
    assert chords(hands).count("O") == 1
    hands.key(Qt.Key.Key_O, ALT)
    hands.show(replace(both, card_left=0))
    hands.key(Qt.Key.Key_O, ALT)
    assert hands.said == [CardLeftSeen(), StraySeen()]
    assert [button.accessibleDescription().count("Alt+O") for button in hands.window.findChildren(QAbstractButton)].count(1) == 1


@a_sixth_or_all
def test_the_help_names_every_chord(hands: Hands, every: int) -> None:
    known: set[str] = set()
    for name in {*list(SCENES)[::every], *RARE}:
        hands.show(*SCENES[name])
        known |= {chord for chord in chords(hands) if not chord.isdigit()}
    hands.show(*SCENES["help"])
    assert {f"Alt+{chord}" for chord in known} - set(hands.texts().splitlines()) == set()
    assert known >= set("ABCDKLNOPSTUY")
