"""Output of a slip to a printer or PDF file. Runs only in a child process (`printer`)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QGuiApplication, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from kiosk.config.atomic_write import make_file
from kiosk.config.file_replacement import delete, discard, replace
from kiosk.config.private_files import make_folder
from kiosk.domain.errors import Code, Unavailable

# Without a device a QTextDocument measures in pixels; here one pixel is one point on paper.
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
_UNFINISHED = ".slip-unfinished"


def print_page(html: str, width_mm: int, printer: str) -> None:
    """Print on the named printer, or the default one if "". Raises Unavailable: slip-printer-missing, slip-printer-failed."""
    application = _application()
    info = QPrinterInfo.printerInfo(printer) if printer else QPrinterInfo.defaultPrinter()
    if info.isNull():
        raise Unavailable(Code.SLIP_PRINTER_MISSING)
    device = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    device.setDocName("slip")
    painted = _paint(_document(html), device, width_mm)
    if not painted or device.printerState() in (QPrinter.PrinterState.Error, QPrinter.PrinterState.Aborted):
        raise Unavailable(Code.SLIP_PRINTER_FAILED)
    del application


def write_pdf(html: str, width_mm: int, folder: str, stem: str) -> None:
    """Write `stem`.pdf, numbered if it exists, readable by nobody else. Raises Unavailable: slip-failed; no file is left then."""
    application = _application()
    unfinished = Path(folder, _UNFINISHED)
    try:
        make_folder(unfinished.parent)
        # Left by a killed process.
        delete(unfinished, missing_ok=True)
        make_file(unfinished)
        writer = QPdfWriter(str(unfinished))
        writer.setResolution(_RESOLUTION)
        writer.setTitle("slip")
        painted = _paint(_document(html), writer, width_mm)
        del writer
        if not painted or not unfinished.stat().st_size:
            raise Unavailable(Code.SLIP_FAILED)
        names = (Path(folder, f"{stem}{count or ''}.pdf") for count in range(1000))
        replace(unfinished, next(path for path in names if not path.exists()))
    except OSError as error:
        raise Unavailable(Code.SLIP_FAILED) from error
    finally:
        discard(unfinished)
    del application


def _application() -> QGuiApplication:
    """Create the application object; keep a reference while text is laid out."""
    if sys.platform == "linux":
        # No display needed. (On Windows the offscreen plugin finds no fonts.)
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return QGuiApplication(["kiosk-slip"])


def _document(html: str) -> QTextDocument:
    document = QTextDocument()
    document.setDefaultStyleSheet(_STYLE)
    document.setHtml(f"<body>{html}</body>")
    return document


def _paint(document: QTextDocument, device: QPagedPaintDevice, width_mm: int) -> bool:
    """Paint a single page as long as the slip: receipt paper has no pages. Returns False if painting cannot start."""
    document.setTextWidth((width_mm - 2 * _MARGIN_MM) / _MM_PER_POINT)
    document.setDocumentMargin(0)
    length = document.size().height() * _MM_PER_POINT + 2 * _MARGIN_MM + 2
    size = QPageSize(QSizeF(width_mm, max(length, width_mm)), QPageSize.Unit.Millimeter)
    device.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(), QPageLayout.Unit.Millimeter))
    painter = QPainter()
    if not painter.begin(device):
        return False
    try:
        scale = device.logicalDpiX() / 72
        painter.scale(scale, scale)
        painter.translate(_MARGIN_MM / _MM_PER_POINT, _MARGIN_MM / _MM_PER_POINT)
        document.drawContents(painter)
    finally:
        painter.end()
    return True
