"""The staff window and its pages."""

from __future__ import annotations

from kiosk.ui.staff.window import StaffWindow

__all__ = ["StaffWindow"]
