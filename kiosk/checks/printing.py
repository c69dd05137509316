"""Whether slips can come out: the printer is there, or the folder for them can be written to. Nothing is printed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from kiosk import child_process
from kiosk.config import SlipSettings
from kiosk.domain.errors import KioskError
from kiosk.domain.health import Finding
from kiosk.ui.installed_devices import Printers, see_printers

_LIMIT = 20.0


def check_printing(settings: SlipSettings, folder: Path, limit: float = _LIMIT) -> Finding:
    """`folder`: where PDF slips come to lie."""
    if settings.to == "off":
        return Finding("printing.off")
    if settings.to == "pdf":
        return Finding("printing.folder" if _can_hold(folder) else "printing.no-folder", {"folder": str(folder)})
    return check_printer(settings.printer, look(limit))


def look(limit: float = _LIMIT) -> Printers | None:
    """The printers that the system knows, asked by another process; None where it did not answer, or not in time."""
    try:
        told = child_process.call(see_printers, {}, limit)
    except (child_process.NoAnswer, KioskError):
        return None
    return Printers(tuple(told["names"]), told["default"])


def check_printer(wanted: str, printers: Printers | None) -> Finding:
    """`wanted`: the config's; empty for the system's own choice."""
    if printers is None:
        return Finding("printing.unknown")
    if not wanted:
        return Finding("printing.printer", {"printer": printers.default}) if printers.default else Finding("printing.no-default")
    if wanted in printers.names:
        return Finding("printing.printer", {"printer": wanted})
    return Finding("printing.no-printer", {"printer": wanted, "names": "、".join(printers.names) or "－"})


def _can_hold(folder: Path) -> bool:
    """A folder that is not there yet is made with the first slip: then the one above is what counts."""
    place = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        descriptor, name = tempfile.mkstemp(prefix=".kiosk-", dir=place)
        os.close(descriptor)
        os.unlink(name)
    except OSError:
        return False
    return True
