"""What Qt sees of this computer: its displays, fonts and printers. Qt is loaded by whoever asks, here or in a process apart."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Display:
    name: str
    width: int
    """In dots, of the panel."""
    height: int
    width_mm: int
    """What the display says; 0 when it says nothing."""
    primary: bool
    place: tuple[int, int] = (0, 0)
    """Of its upper left corner on the desktop. Two displays in one place show the same."""


@dataclass(frozen=True, slots=True)
class Seen:
    displays: tuple[Display, ...]
    japanese: tuple[str, ...]
    """Families with Japanese letters."""


@dataclass(frozen=True, slots=True)
class Printers:
    names: tuple[str, ...]
    default: str
    """Empty where the system has chosen none."""


def displays_now() -> tuple[Display, ...]:
    """On the GUI thread of a program that has its application."""
    from PySide6.QtGui import QGuiApplication

    primary = QGuiApplication.primaryScreen()
    return tuple(
        Display(
            screen.name(),
            round(screen.size().width() * screen.devicePixelRatio()),
            round(screen.size().height() * screen.devicePixelRatio()),
            round(screen.physicalSize().width()),
            screen is primary,
            (screen.geometry().x(), screen.geometry().y()),
        )
        for screen in QGuiApplication.screens()
    )


def see_displays() -> dict[str, Any]:
    """For `apart`: where no display answers, Qt ends the process that has asked. `seen` reads it."""
    from PySide6.QtGui import QFontDatabase, QGuiApplication

    application = QGuiApplication(["kiosk"])
    displays = [[one.name, one.width, one.height, one.width_mm, one.primary, list(one.place)] for one in displays_now()]
    told = {"displays": displays, "japanese": sorted(QFontDatabase.families(QFontDatabase.WritingSystem.Japanese))}
    application.quit()
    return told


def seen(told: dict[str, Any]) -> Seen:
    """What `see_displays` told."""
    displays = [Display(name, width, height, across, primary, (x, y)) for name, width, height, across, primary, (x, y) in told["displays"]]
    return Seen(tuple(displays), tuple(told["japanese"]))


def see_printers() -> dict[str, Any]:
    """For `apart`: a print server that does not answer holds whoever has asked. Needs no display."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtPrintSupport import QPrinterInfo

    application = QGuiApplication(["kiosk"])
    told = {"names": QPrinterInfo.availablePrinterNames(), "default": QPrinterInfo.defaultPrinterName()}
    application.quit()
    return told
