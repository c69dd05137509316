"""Displays and fonts, seen by a Qt of its own process: where no display answers, Qt ends the process that asked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from kiosk.commands.doctor.finding import Finding
from kiosk.config import DisplaySettings, Home

_LIMIT = 30.0
FAMILY = "BIZ UDPGothic"


@dataclass(frozen=True, slots=True)
class Display:
    name: str
    width: int
    """In dots, of the panel."""
    height: int
    width_mm: int
    """What the display says; 0 when it says nothing."""
    primary: bool


@dataclass(frozen=True, slots=True)
class Seen:
    displays: tuple[Display, ...]
    japanese: tuple[str, ...]
    """Families with Japanese letters."""


def see() -> Seen:
    """Asked in the process that has nothing else to lose."""
    from PySide6.QtGui import QFontDatabase, QGuiApplication

    application = QGuiApplication(["kiosk"])
    displays = tuple(
        Display(
            screen.name(),
            round(screen.size().width() * screen.devicePixelRatio()),
            round(screen.size().height() * screen.devicePixelRatio()),
            round(screen.physicalSize().width()),
            screen is application.primaryScreen(),
        )
        for screen in application.screens()
    )
    return Seen(displays, tuple(sorted(QFontDatabase.families(QFontDatabase.WritingSystem.Japanese))))


def tell_seen() -> int:
    """`kiosk doctor --see-displays`, started by `look`."""
    print(json.dumps(asdict(see())))
    return 0


def look(home: Home) -> Seen | None:
    """What another process of this program sees; None when no display lets it in."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "kiosk"]
    try:
        answer = subprocess.run(  # noqa: S603 - this very program
            [*program, "--home", str(home.folder), "doctor", "--see-displays"],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_LIMIT,
            check=True,
        )
        seen = json.loads(answer.stdout)
        return Seen(tuple(Display(**display) for display in seen["displays"]), tuple(seen["japanese"]))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        return None


def check_displays(settings: DisplaySettings, seen: Seen | None) -> Finding:
    if seen is None or not seen.displays:
        return Finding("displays.unknown")
    names = [display.name for display in seen.displays]
    facts: dict[str, str | int] = {"displays": describe(settings, seen.displays)}
    for wanted in (settings.staff_screen, settings.patron_screen):
        if wanted and wanted not in names:
            return Finding("displays.other", {**facts, "wanted": wanted})
    if settings.single:
        return Finding("displays.single", facts)
    return Finding("displays.two" if len(names) > 1 else "displays.one", facts)


def describe(settings: DisplaySettings, displays: Sequence[Display]) -> str:
    """One display a line: `DP-1: 1920×1080, 344 mm; 100 mm = 558`. With the configured width where there is one."""
    lines = []
    for display in displays:
        patron = display.name == settings.patron_screen if settings.patron_screen else not display.primary
        width = (settings.patron_width_mm if patron else settings.staff_width_mm) or display.width_mm
        size = f"{width} mm; 100 mm = {round(display.width * 100 / width)}" if width else "? mm"
        lines.append(f"  {display.name}: {display.width}×{display.height}, {size}")
    return "\n" + "\n".join(lines)


def check_fonts(seen: Seen | None) -> Finding:
    if seen is None:
        return Finding("fonts.unknown")
    if not seen.japanese:
        return Finding("fonts.missing", {"family": FAMILY})
    if any(family.startswith(FAMILY) or family.startswith("BIZ UDPゴシック") for family in seen.japanese):
        return Finding("fonts.fine", {"family": FAMILY})
    return Finding("fonts.other", {"family": FAMILY, "found": seen.japanese[0]})
