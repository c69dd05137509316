"""The patron window and its pages."""

from kiosk.ui.patron.window import PatronWindow

__all__ = ["PatronWindow"]
