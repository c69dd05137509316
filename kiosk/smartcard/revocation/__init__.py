"""Whether a certificate is on the revocation lists (CRL, RFC 5280 §5) that an administrator puts into a folder.

J-LIS gives its lists to accredited verifiers only, so a library may have none: then nothing is checked, and that is said.
"""

from kiosk.smartcard.revocation.crl import Head, Verdict
from kiosk.smartcard.revocation.folder import CHANGED_SECONDS, CrlFolder, ListFacts, Use
from kiosk.smartcard.revocation.report import Report, report
from kiosk.smartcard.revocation.shelf import Shelf
from kiosk.smartcard.revocation.standing import NoRevocation, RevocationLists, Standing

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
