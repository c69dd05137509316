"""Check that slips can be printed or saved: printer present, or folder writable. Prints nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from kiosk import child_process
from kiosk.config import SlipSettings
from kiosk.config.file_replacement import delete
from kiosk.domain.errors import KioskError
from kiosk.domain.health import Finding
from kiosk.ui.installed_devices import Printers, see_printers

_LIMIT = 20.0


def check_printing(settings: SlipSettings, folder: Path, limit: float = _LIMIT) -> Finding:
    """Check printing. `folder`: the folder for PDF slips."""
    if settings.to == "off":
        return Finding("printing.off")
    if settings.to == "pdf":
        return Finding("printing.folder" if _can_hold(folder) else "printing.no-folder", {"folder": str(folder)})
    return check_printer(settings.printer, look(limit))


def look(limit: float = _LIMIT) -> Printers | None:
    """List the system's printers in a child process; None if that fails or times out."""
    try:
        told = child_process.call(see_printers, {}, limit)
    except (child_process.NoAnswer, KioskError):
        return None
    return Printers(tuple(told["names"]), told["default"])


def check_printer(wanted: str, printers: Printers | None) -> Finding:
    """Check a printer. `wanted`: the configured name; empty for the system's default."""
    if printers is None:
        return Finding("printing.unknown")
    if not wanted:
        return Finding("printing.printer", {"printer": printers.default}) if printers.default else Finding("printing.no-default")
    if wanted in printers.names:
        return Finding("printing.printer", {"printer": wanted})
    return Finding("printing.no-printer", {"printer": wanted, "names": "、".join(printers.names) or "－"})


def _can_hold(folder: Path) -> bool:
    """Whether files can be created; a missing folder is created with the first slip, so its closest parent counts."""
    place = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        descriptor, name = tempfile.mkstemp(prefix=".kiosk-", dir=place)
        os.close(descriptor)
        delete(Path(name))
    except OSError:
        return False
    return True
