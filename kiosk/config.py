"""One frozen settings object from file and environment, and where the program's own files lie."""

from __future__ import annotations

import sys
from pathlib import Path


def resource(name: str) -> Path:
    """A file of `resources/`: frozen (beside the program), installed (kiosk/resources) or in a checkout (../resources).

    Raises FileNotFoundError when it is in none of them.
    """
    here = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    places = [Path(frozen) / "kiosk" / "resources"] if frozen else [here / "resources", here.parent / "resources"]
    for place in places:
        if (place / name).exists():
            return place / name
    raise FileNotFoundError(f"resources/{name}")
