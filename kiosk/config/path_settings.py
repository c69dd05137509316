"""Settings that name a file or folder: which of them would mean another one from another home, or for another account."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from kiosk.config.file_access import read_regular
from kiosk.config.reading import CONFIG
from kiosk.config.text_encoding import decoded
from kiosk.config.value_types import PathText

_KEYS = "keys.folder"
"""The keys are put where it says, seen from the new home, or it is not used there (`kiosk.equipment.key_place_of`)."""


def changed_by_move(config: Path) -> dict[str, str]:
    """The settings of a config without mistakes that would mean something else once it lies elsewhere, each with its value as written.

    `~` is another folder for each account; a relative path may lead out of the home, and an absolute one into the home that is left. Raises
    OSError.
    """
    home = config.parent
    return {name: value for name, value in _written(config) if (_leads_elsewhere(value, home) if name != _KEYS else value.startswith("~"))}


def _leads_elsewhere(value: str, home: Path) -> bool:
    place = Path(value)
    if value.startswith("~"):
        return True
    is_within = Path(os.path.normpath(home / place)).is_relative_to(home)
    return is_within if place.is_absolute() else not is_within


def _written(config: Path) -> Iterator[tuple[str, str]]:
    document = tomllib.loads(decoded(read_regular(config)))
    for section, shape in CONFIG.sections.items():
        for entry in fields(shape):
            value = str(document.get(section, {}).get(entry.name, "")).strip()
            if isinstance(entry.metadata["kind"], PathText) and value:
                yield f"{section}.{entry.name}", value
