"""Checks of displays and fonts against the configuration."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.checks.displays import check_displays, check_fonts
from kiosk.commands.doctor import wording
from kiosk.config import DisplaySettings
from kiosk.ui.display_assignment import Arrangement
from kiosk.ui.installed_devices import Display, Seen

STAFF = Display("DP-1", 1920, 1080, 344, primary=True)
PATRON = Display("HDMI-1", 1280, 800, 0, primary=False, place=(1920, 0))


@pytest.mark.parametrize(
    ("configured", "displays", "expected"),
    [
        (DisplaySettings(), (STAFF, PATRON), "displays.two"),
        (DisplaySettings(), (STAFF,), "displays.one"),
        (DisplaySettings(single=True), (STAFF,), "displays.single"),
        (DisplaySettings(patron_screen="HDMI-1"), (STAFF, PATRON), "displays.two"),
        (DisplaySettings(patron_screen="HDMI-2"), (STAFF, PATRON), "displays.other"),
        (DisplaySettings(patron_screen="hdmi"), (STAFF, PATRON), "displays.two"),
        (DisplaySettings(), (), "displays.unknown"),
        (DisplaySettings(), (STAFF, replace(PATRON, place=(0, 0))), "displays.mirrored"),
        (DisplaySettings(), (STAFF, replace(PATRON, width_mm=155)), "displays.small"),
        (DisplaySettings(patron_width_mm=217), (STAFF, replace(PATRON, width_mm=155)), "displays.two"),
    ],
)
def test_displays_are_held_against_the_config(configured: DisplaySettings, displays: tuple[Display, ...], expected: str) -> None:
    assert check_displays(configured, displays).outcome == expected


def test_it_is_asked_where_the_windows_are() -> None:
    """With a third display nobody can tell which one is meant: the patron's window is shown nowhere."""
    third = replace(PATRON, name="VGA-1", place=(3200, 0))
    gone = check_displays(DisplaySettings(patron_screen="DP-9"), (STAFF, PATRON, third))
    assert (gone.outcome, gone.params["apart"]) == ("displays.other", 0)
    swapped = check_displays(DisplaySettings(staff_screen="HDMI-1"), (replace(STAFF, width_mm=150), replace(PATRON, width_mm=344)))
    assert (swapped.outcome, swapped.params["width"]) == ("displays.small", 150)
    left = Arrangement("DP-1", None)
    assert check_displays(DisplaySettings(), (STAFF, PATRON), left).outcome == "displays.one"


def test_a_display_is_described_in_millimetres() -> None:
    found = wording.found(check_displays(DisplaySettings(patron_width_mm=217), (STAFF, PATRON)))
    assert "DP-1: 1920×1080, 344 mm; 100 mm = 558" in found
    assert "HDMI-1: 1280×800, 217 mm; 100 mm = 590" in found
    assert "HDMI-1: 1280×800, ? mm" in wording.found(check_displays(DisplaySettings(), (STAFF, PATRON)))


@pytest.mark.parametrize(
    ("families", "expected"),
    [(("BIZ UDPGothic", "Noto Sans CJK JP"), "fonts.fine"), (("Noto Sans CJK JP",), "fonts.other"), ((), "fonts.missing")],
)
def test_fonts(families: tuple[str, ...], expected: str) -> None:
    assert check_fonts(Seen((STAFF,), families)).outcome == expected


def test_without_a_display_nothing_is_guessed() -> None:
    assert (check_displays(DisplaySettings(), None).outcome, check_fonts(None).outcome) == ("displays.unknown", "fonts.unknown")
