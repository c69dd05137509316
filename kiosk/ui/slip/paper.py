"""Brings a slip onto a printer or into a PDF file. Runs on a thread of its own: printers take their time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from kiosk.config import SlipSettings
from kiosk.domain.calendar import JAPAN
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.slip import Slip
from kiosk.ui.slip.wording import slip_html

# A document without a device has pixels for units; here each is a point of the paper.
_STYLE = """
body { font-family: "BIZ UDPGothic", "BIZ UDPゴシック", "Noto Sans CJK JP", sans-serif; font-size: 11px; }
p { margin-top: 0px; margin-bottom: 5px; line-height: 135%; }
p.title { font-size: 16px; font-weight: bold; }
p.item { font-size: 12px; font-weight: bold; margin-top: 7px; margin-bottom: 1px; }
p.note { font-size: 10px; margin-bottom: 1px; }
"""
_MARGIN_MM = 3.0
_MM_PER_POINT = 25.4 / 72
_RESOLUTION = 300


class SlipPrinter:
    """`print` may be called from any one thread."""

    def __init__(self, settings: SlipSettings, pdf_folder: Path, counter_name: str, clock: Callable[[], datetime]) -> None:
        """`clock` tells the time now, aware."""
        self._settings, self._pdf_folder, self._counter_name, self._clock = settings, pdf_folder, counter_name, clock

    def print(self, slip: Slip) -> None:
        """Raises Unavailable(slip-failed): no such printer, no paper to be had, a folder that cannot be written to."""
        moment = self._clock().astimezone(JAPAN)
        document = QTextDocument()
        document.setDefaultStyleSheet(_STYLE)
        document.setHtml(f"<body>{slip_html(slip, self._counter_name, moment)}</body>")
        if self._settings.to == "pdf":
            self._to_pdf(document, moment)
        else:
            self._to_printer(document)

    def _to_printer(self, document: QTextDocument) -> None:
        name = self._settings.printer
        info = QPrinterInfo.printerInfo(name) if name else QPrinterInfo.defaultPrinter()
        if info.isNull():
            raise Unavailable(Code.SLIP_FAILED)
        printer = QPrinter(info, QPrinter.PrinterMode.HighResolution)
        printer.setDocName("slip")
        self._paint(document, printer)
        if printer.printerState() in (QPrinter.PrinterState.Error, QPrinter.PrinterState.Aborted):
            raise Unavailable(Code.SLIP_FAILED)

    def _to_pdf(self, document: QTextDocument, moment: datetime) -> None:
        """Named by the time alone, readable by the counter's user alone; a file begun and not finished is taken away."""
        try:
            self._pdf_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = next(path for path in self._names(moment) if not path.exists())
            path.touch(mode=0o600, exist_ok=False)
        except OSError as error:
            raise Unavailable(Code.SLIP_FAILED) from error
        writer = QPdfWriter(str(path))
        writer.setResolution(_RESOLUTION)
        writer.setTitle("slip")
        try:
            self._paint(document, writer)
            if not path.stat().st_size:
                raise Unavailable(Code.SLIP_FAILED)
        except (OSError, Unavailable) as error:
            with suppress(OSError):
                path.unlink()
            raise Unavailable(Code.SLIP_FAILED) from error

    def _names(self, moment: datetime) -> list[Path]:
        stem = f"slip-{moment:%Y%m%d-%H%M%S}"
        return [self._pdf_folder / f"{stem}{count or ''}.pdf" for count in range(1000)]

    def _paint(self, document: QTextDocument, device: QPagedPaintDevice) -> None:
        """One page as long as the slip: receipt paper has no pages."""
        inside = self._settings.width_mm - 2 * _MARGIN_MM
        document.setTextWidth(inside / _MM_PER_POINT)
        document.setDocumentMargin(0)
        length = document.size().height() * _MM_PER_POINT + 2 * _MARGIN_MM + 2
        size = QPageSize(QSizeF(self._settings.width_mm, max(length, self._settings.width_mm)), QPageSize.Unit.Millimeter)
        device.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(), QPageLayout.Unit.Millimeter))
        painter = QPainter()
        if not painter.begin(device):
            raise Unavailable(Code.SLIP_FAILED)
        try:
            scale = device.logicalDpiX() / 72
            painter.scale(scale, scale)
            painter.translate(_MARGIN_MM / _MM_PER_POINT, _MARGIN_MM / _MM_PER_POINT)
            document.drawContents(painter)
        finally:
            painter.end()
