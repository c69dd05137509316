"""Check of PDF slips: where they are, how many, and whether some are overdue for deletion."""

from __future__ import annotations

from datetime import date

from kiosk.commands import output
from kiosk.config import Home, Settings, file_trouble
from kiosk.domain.health import Finding
from kiosk.slip_cleanup import SlipFolder


def check_slips(home: Home, settings: Settings, today: date) -> Finding:
    slips = SlipFolder(home.slip_folder(settings.slip), settings.slip.pdf_days)
    facts: dict[str, str | int] = {"folder": str(slips.folder), "days": slips.days}
    try:
        count, overdue = len(slips.slips()), len(slips.overdue(today))
    except OSError as error:
        return Finding("slips.unread", {**facts, "why": output.file_why(file_trouble(error, slips.folder))})
    if overdue:
        return Finding("slips.left", {**facts, "count": count, "overdue": overdue})
    return Finding("slips.kept" if count else "slips.none", {**facts, "count": count})
