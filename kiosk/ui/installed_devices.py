"""Displays, fonts and printers as Qt reports them. Qt is loaded by the caller, in this process or in a child."""

from __future__ import annotations

import os
from typing import Any

from kiosk.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Display:
    """A display as reported by Qt."""

    name: str
    width: int
    """In physical pixels."""
    height: int
    width_mm: int
    """As reported by the display; 0 if unknown."""
    primary: bool
    place: tuple[int, int] = (0, 0)
    """Top left corner on the desktop. Two displays in one place are mirrored."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The displays, and the font families with Japanese characters."""

    displays: tuple[Display, ...]
    japanese: tuple[str, ...]
    """Font families that cover Japanese."""


@dataclass(frozen=True, slots=True)
class Printers:
    """The installed printers, and the system's default."""

    names: tuple[str, ...]
    default: str
    """Empty if the system has no default."""


def displays_now() -> tuple[Display, ...]:
    """Return the connected displays. Call on the GUI thread of a running application."""
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
    """Return displays and fonts as JSON values, to be decoded by `seen`. Run in a child process (`apart`): without a display Qt aborts."""
    from PySide6.QtGui import QFontDatabase, QGuiApplication

    application = QGuiApplication(["kiosk"])
    displays = [[one.name, one.width, one.height, one.width_mm, one.primary, list(one.place)] for one in displays_now()]
    told = {"displays": displays, "japanese": sorted(QFontDatabase.families(QFontDatabase.WritingSystem.Japanese))}
    application.quit()
    return told


def seen(told: dict[str, Any]) -> Seen:
    """Decode the result of `see_displays`."""
    displays = [Display(name, width, height, across, primary, (x, y)) for name, width, height, across, primary, (x, y) in told["displays"]]
    return Seen(tuple(displays), tuple(told["japanese"]))


def see_printers() -> dict[str, Any]:
    """Return the printers as JSON values. Run in a child process (`apart`): a print server may hang. Needs no display."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtPrintSupport import QPrinterInfo

    application = QGuiApplication(["kiosk"])
    told = {"names": QPrinterInfo.availablePrinterNames(), "default": QPrinterInfo.defaultPrinterName()}
    application.quit()
    return told
