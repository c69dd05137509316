"""Slips for the patron: wording, and output to a printer or PDF."""

from __future__ import annotations

from kiosk.ui.slip.printer import SlipPrinter

__all__ = ["SlipPrinter"]
