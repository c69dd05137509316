"""Where the files of `resources/` are. Standard library only."""

from __future__ import annotations

import sys
from pathlib import Path


def resource(name: str) -> Path:
    """Locate a file of `resources/`: frozen (beside the program), installed (kiosk/resources) or in a checkout (../resources).

    Raises FileNotFoundError.
    """
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    places = [Path(frozen) / "kiosk" / "resources"] if frozen else [package / "resources", package.parent / "resources"]
    for place in places:
        if (place / name).exists():
            return place / name
    raise FileNotFoundError(f"resources/{name}")
