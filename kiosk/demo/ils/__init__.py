"""A pretend library system: patrons, items and rules of its own behind a SIP2 server on this machine."""

from kiosk.demo.ils.collection import ITEMS, PATRONS, opening
from kiosk.demo.ils.dialogue import Login
from kiosk.demo.ils.flavour import EVERGREEN, KOHA, PLAIN, Flavour, Language
from kiosk.demo.ils.model import Borrower, Condition, Copy, Hold, Loan, Medium, No, Stop
from kiosk.demo.ils.rules import Circulation, Rules, Verdict
from kiosk.demo.ils.server import DROPPED_AFTER, DROPPED_BEFORE, SILENT, Executed, LibraryServer, Mishap, Snapshot, serving

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
    "Executed",
    "Flavour",
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
