"""Reads the config of a counter."""

from __future__ import annotations

from pathlib import Path

from kiosk.config.dependent_settings import NEEDS
from kiosk.config.settings import Settings
from kiosk.config.settings_file import SettingsFile
from kiosk.domain.errors import Refused

CONFIG = SettingsFile(Settings, NEEDS)


def read_settings(path: Path) -> Settings:
    """Read the settings from a file. Raises as `SettingsFile.read` does."""
    return CONFIG.read(path)


def check_settings(path: Path) -> list[Refused]:
    """All mistakes in a file, ordered by line. Raises as `SettingsFile.check` does."""
    return CONFIG.check(path)
