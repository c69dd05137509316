"""A computer with Windows whose data of all users lie in the test's own folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.config import Home, read_settings
from kiosk.equipment import key_place_of, open_repository
from tests.support.commands.program_data import put_program_data


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its data of all users lie in the test's own folder, like those of the account."""
    put_program_data(tmp_path / "all", monkeypatch)
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "own"))
    monkeypatch.delenv("KIOSK_HOME", raising=False)
    return tmp_path / "all"


def begun(home: Home) -> Home:
    home.prepare()
    home.config.write_text('[card]\nrevocation = "none"\n[keys]\nplace = "file"\n', encoding="utf-8")
    return home


def places(home: Home) -> tuple[int, str]:
    """How many links there are, and where the keys are."""
    settings = read_settings(home.config)
    repository, _ = open_repository(home, settings)
    with repository:
        return repository.count_links(), key_place_of(home, settings).store.describe().kind
