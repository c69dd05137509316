"""Simulated library system: patrons, items and circulation rules behind a SIP2 server on loopback."""

from kiosk.demo.ils.collection import ITEMS, PATRONS, opening
from kiosk.demo.ils.dialect import EVERGREEN, KOHA, PLAIN, Dialect, Language
from kiosk.demo.ils.model import Borrower, Condition, Copy, Hold, Loan, Medium, No, Stop
from kiosk.demo.ils.rules import Circulation, Rules, Verdict
from kiosk.demo.ils.server import DROPPED_AFTER, DROPPED_BEFORE, SILENT, Executed, LibraryServer, Mishap, Snapshot, serving
from kiosk.demo.ils.session import Login

__all__ = [
    "DROPPED_AFTER",
    "DROPPED_BEFORE",
    "EVERGREEN",
    "ITEMS",
    "KOHA",
    "PATRONS",
    "PLAIN",
    "SILENT",
    "Borrower",
    "Circulation",
    "Condition",
    "Copy",
    "Dialect",
    "Executed",
    "Hold",
    "Language",
    "LibraryServer",
    "Loan",
    "Login",
    "Medium",
    "Mishap",
    "No",
    "Rules",
    "Snapshot",
    "Stop",
    "Verdict",
    "opening",
    "serving",
]
