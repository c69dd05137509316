"""Puts the data of all users of Windows into a folder of the test's own, where the program asks the system for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def put_program_data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the folder, and let it be %ProgramData%."""
    import winreg

    registry: Any = winreg  # whose stubs are empty elsewhere
    asked = registry.QueryValueEx

    def answer(key: Any, name: str) -> Any:
        return (str(folder), registry.REG_SZ) if name == "ProgramData" else asked(key, name)

    monkeypatch.setattr(registry, "QueryValueEx", answer)
    folder.mkdir()
