"""Keeps what is the computer's for the administrators alone, while they work there or after its counter has gone."""

from __future__ import annotations

import sys
from pathlib import Path


def keep_closed(folder: Path) -> None:
    """Close a folder of ours, with all that is in it, to all but the administrator, until `make_place` gives it to the group.

    Raises OSError, also for what leads elsewhere: it would be followed.
    """
    if sys.platform == "win32":
        # https://learn.microsoft.com/windows/win32/secauthz/how-dacls-control-access-to-an-object
        from kiosk.config.windows_acl import close
        from kiosk.config.windows_object import Links

        close(folder, Links.REFUSED)
    else:
        from kiosk.config.group_modes import keep_for_root

        keep_for_root(folder)
