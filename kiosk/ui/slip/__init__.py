"""Slips for the patron to take along: what they say, and how they come onto paper or into a PDF."""

from __future__ import annotations

from kiosk.ui.slip.printer import SlipPrinter

__all__ = ["SlipPrinter"]
