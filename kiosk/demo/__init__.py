"""A pretend library: virtual cards on a tray, sample library cards, the guided tour."""

from kiosk.demo.program import run_demo

__all__ = ["run_demo"]
