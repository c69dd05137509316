"""Where root may write: only where no other account says what lies there. Anything else it would follow, to any file of the computer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kiosk.domain.errors import Code, Unavailable


def check_as_root(home: Path) -> None:
    """If this is root's process: check that nobody else may change the home, or anything on the way there.

    What is in there is root's then, and files are opened without following links (`open_made`). An account's HOME may have been handed on
    to root (sudo -E, su), or its home named by --home. Raises Unavailable: store-foreign; home-unusable (shared); OSError.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return
    from kiosk.config.others_places import others_place

    if (found := others_place(home)) is not None:
        raise (
            Unavailable(Code.STORE_FOREIGN, place=str(found.place))
            if found.is_foreign
            else Unavailable(Code.HOME_UNUSABLE, place=str(found.place), reason="shared")
        )
