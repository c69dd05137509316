"""Whether this process has the administrator's rights. Standard library and pywin32 only: what we believe
of the environment depends on it.
"""

from __future__ import annotations

import os
import sys

_ADMINISTRATORS = "S-1-5-32-544"


def is_elevated() -> bool:
    """Root's process; on Windows one that was started as administrator."""
    if sys.platform == "win32":
        # https://learn.microsoft.com/windows/win32/api/securitybaseapi/nf-securitybaseapi-checktokenmembership
        import win32security

        administrators = win32security.ConvertStringSidToSid(_ADMINISTRATORS)
        return bool(win32security.CheckTokenMembership(None, administrators))  # type: ignore[arg-type]
    else:
        return os.geteuid() == 0
