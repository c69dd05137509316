"""Printing of slips, or writing them as PDF, in a child process: a hanging print server would hold the GIL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kiosk import child_process
from kiosk.config import SlipSettings
from kiosk.domain.calendar import JAPAN
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.slip import Slip
from kiosk.ui.slip.paper import print_page, write_pdf
from kiosk.ui.slip.wording import slip_html

LIMIT = 15.0
"""Timeout in seconds: long enough for a working printer to take the page, short enough for a patron to wait."""


class SlipPrinter:
    """Prints slips as configured. `print` blocks; call it from one thread only."""

    def __init__(
        self, settings: SlipSettings, pdf_folder: Path, counter_name: str, clock: Callable[[], datetime], limit: float = LIMIT
    ) -> None:
        """`clock` returns the current time, aware; `limit` is in seconds."""
        self._settings, self._pdf_folder, self._counter_name, self._clock = settings, pdf_folder, counter_name, clock
        self._limit = limit

    def print(self, slip: Slip) -> None:
        """Print the slip; return within `limit`.

        Raises Unavailable: slip-printer-missing (no such printer), slip-printer-failed (the page was not accepted), slip-printer-silent
        (timeout: the slip may or may not appear), slip-failed (no PDF file could be written).
        """
        moment = self._clock().astimezone(JAPAN)
        page = {"html": slip_html(slip, self._counter_name, moment, self._settings), "width_mm": self._settings.width_mm}
        to_printer = self._settings.to != "pdf"
        try:
            if to_printer:
                child_process.call(print_page, {**page, "printer": self._settings.printer}, self._limit)
            else:
                stem = f"slip-{moment:%Y%m%d-%H%M%S}"
                child_process.call(write_pdf, {**page, "folder": str(self._pdf_folder), "stem": stem}, self._limit)
        except child_process.Overdue as error:
            raise Unavailable(Code.SLIP_PRINTER_SILENT if to_printer else Code.SLIP_FAILED) from error
        except (child_process.Died, child_process.NotBegun) as error:
            raise Unavailable(Code.SLIP_PRINTER_FAILED if to_printer else Code.SLIP_FAILED) from error
