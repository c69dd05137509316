"""Checks certificates against the revocation lists (CRL, RFC 5280 §5) that an administrator puts into a folder.

J-LIS provides its lists to accredited verifiers only. A library without them checks nothing, which is shown wherever it matters.
"""

from kiosk.smartcard.revocation.cache import Shelf
from kiosk.smartcard.revocation.crl import Head, Verdict
from kiosk.smartcard.revocation.folder import CHANGED_SECONDS, CrlFolder, ListFacts, Use
from kiosk.smartcard.revocation.report import Report, report
from kiosk.smartcard.revocation.status import NoRevocation, RevocationLists, Standing

__all__ = [
    "CHANGED_SECONDS",
    "CrlFolder",
    "Head",
    "ListFacts",
    "NoRevocation",
    "Report",
    "RevocationLists",
    "Shelf",
    "Standing",
    "Use",
    "Verdict",
    "report",
]
