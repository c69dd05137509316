"""Where the files of `resources/` are. Standard library only."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


def resource(name: str) -> Path:
    """Locate a file of `resources/`: frozen (beside the program), installed (kiosk/resources) or in a checkout (../resources).

    Raises FileNotFoundError.
    """
    for place in _places(getattr(sys, "_MEIPASS", None)):
        if (found := place / name).exists():
            return found
    raise FileNotFoundError(f"resources/{name}")


@cache
def _places(frozen: str | None) -> tuple[Path, ...]:
    package = Path(__file__).resolve().parent
    return (Path(frozen) / "kiosk" / "resources",) if frozen else (package / "resources", package.parent / "resources")
