"""Checks certificates against the revocation lists (CRL, RFC 5280 §5) that an administrator puts into a folder.

J-LIS provides its lists to accredited verifiers only. A library without them checks nothing, which is shown wherever it matters.
"""

from kiosk.smartcard.revocation.cache import ListCache
from kiosk.smartcard.revocation.crl import Head, Verdict
from kiosk.smartcard.revocation.folder import CHANGED_SECONDS, CrlFolder, ListFacts, Use
from kiosk.smartcard.revocation.report import Report, report
from kiosk.smartcard.revocation.status import NoRevocation, RevocationLists, RevocationStatus

__all__ = [
    "CHANGED_SECONDS",
    "CrlFolder",
    "Head",
    "ListCache",
    "ListFacts",
    "NoRevocation",
    "Report",
    "RevocationLists",
    "RevocationStatus",
    "Use",
    "Verdict",
    "report",
]
