"""Which group of Windows the computer's counter is for, noted beside its home: a list that somebody has changed does not tell."""

from __future__ import annotations

from pathlib import Path

from kiosk.config.atomic_write import replace_file
from kiosk.config.file_access import read_regular
from kiosk.config.file_replacement import delete
from kiosk.config.machine_place import is_administrators_alone, machine_folder


def noted_group() -> str | None:
    """Its name as it was given, empty for whoever is logged on at the computer; None if no administrator has noted one, or this account may
    not know. Raises OSError.
    """
    try:
        return read_regular(group_file()).decode() if is_administrators_alone(group_file()) else None
    except (FileNotFoundError, PermissionError, UnicodeDecodeError):
        return None


def is_for_everyone() -> bool:
    """Whether an administrator has made the computer's counter for whoever signs in there: Windows, without --group."""
    try:
        return noted_group() == ""
    except OSError:
        return False


def note_group(name: str) -> None:
    if noted_group() != name:
        replace_file(group_file(), name.encode())


def forget_group() -> None:
    delete(group_file(), missing_ok=True)


def group_file() -> Path:
    return machine_folder().with_name(f".{machine_folder().name}.group")
