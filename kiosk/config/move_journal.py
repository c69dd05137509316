"""What a move of the computer's counter has set out to do, beside its home, where only an administrator writes: a move that was cut off
finishes with the next `kiosk setup`, whoever runs it.
"""

from __future__ import annotations

import json
import stat
from dataclasses import asdict

from kiosk.config.atomic_write import replace_file, sync_folder
from kiosk.config.file_access import read_regular
from kiosk.config.file_replacement import delete, discard
from kiosk.config.machine_place import is_administrators_alone, move_file
from kiosk.config.machine_setup import Group
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """From an account's home to the computer's, or back (`to_account`)."""

    folder: str
    """The account's home."""
    to_account: bool = False
    account: str = ""
    """Its name; empty: of the process (Windows), or of whoever owns the home."""
    keys_place: str = "auto"
    """Of the account's home: `keys.place` and `keys.folder`; its config is gone before the move has ended."""
    keys_folder: str = ""
    group: Group = 0


def planned_move() -> PlannedMove | None:
    """The move that was begun and has not ended. Raises Unavailable: setup-impossible, if somebody else has written it; OSError."""
    path = move_file()
    try:
        about = path.lstat()
    except FileNotFoundError:
        return None
    try:
        if not stat.S_ISREG(about.st_mode) or not is_administrators_alone(path):
            raise ValueError("not an administrator's")
        return PlannedMove(**json.loads(read_regular(path)))
    except (ValueError, TypeError) as error:
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="place-taken", place=str(path)) from error


def plan(move: PlannedMove) -> None:
    replace_file(move_file(), json.dumps(asdict(move)).encode())
    sync_folder(move_file().parent)


def forget_plan() -> None:
    delete(move_file(), missing_ok=True)
    for draft in move_file().parent.glob(f".{move_file().name}.*"):  # of one that was killed while writing, or anything of somebody else's
        discard(draft)
