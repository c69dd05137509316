"""What others may read or change by the access control lists of Windows. Imported on Windows alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kiosk.config import windows_acl


def faults_by_list(places: Iterable[tuple[Path, bool]]) -> list[str]:
    """Each path, with the accounts that should not be able to change it or, where it is secret, to read it: `C:\\path (BUILTIN\\Users)`.

    A closed folder protects nothing in it, since all accounts may pass through it by default, so that each path is asked for:
    https://learn.microsoft.com/windows/security/threat-protection/security-policy-settings/bypass-traverse-checking. Raises OSError.
    """
    found = (_fault(path, is_secret=is_secret) for path, is_secret in places)
    return list(dict.fromkeys(fault for fault in found if fault))


def why_unknown(error: OSError) -> str:
    """The path whose list could not be read, and Windows' number."""
    return f"{error.filename}: {getattr(error, 'winerror', None) or error.errno}"


def _fault(path: Path, *, is_secret: bool) -> str:
    exposed = windows_acl.exposed_place(path)
    if exposed is not None:
        return f"{exposed[0]} ({windows_acl.named(exposed[2])})"
    try:
        readers = windows_acl.readers(path) if is_secret else frozenset()
    except FileNotFoundError:
        return ""
    return f"{path} ({windows_acl.named(readers)})" if readers else ""
