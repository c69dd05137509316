"""Has a slip printed, or written as a PDF file, by a process of its own: a print server that says nothing keeps the interpreter's lock."""

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
"""Seconds: a printer that is alive has taken the page by then, and whoever waits for the slip still stands there."""


class SlipPrinter:
    """`print` may be called from any one thread that may wait."""

    def __init__(
        self, settings: SlipSettings, pdf_folder: Path, counter_name: str, clock: Callable[[], datetime], limit: float = LIMIT
    ) -> None:
        """`clock` tells the time now, aware; `limit` in seconds."""
        self._settings, self._pdf_folder, self._counter_name, self._clock = settings, pdf_folder, counter_name, clock
        self._limit = limit

    def print(self, slip: Slip) -> None:
        """Returns within its limit. Raises Unavailable:

        slip-printer-missing: no such printer; slip-printer-failed: it does not take the page; slip-printer-silent: nothing was heard of
        it in time, and nobody knows whether the slip comes; slip-failed: no PDF file could be written.
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
