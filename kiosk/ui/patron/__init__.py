"""The patron window."""

from kiosk.ui.patron.window import PatronWindow

__all__ = ["PatronWindow"]
