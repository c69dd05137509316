"""What `kiosk setup` has come to: what is there now, or why it stopped, and whether anything was changed by then."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.commands import output
from kiosk.config.file_access import FileTrouble, unusable
from kiosk.config.machine_place import home_of_staged, machine_folder, machine_keys_folder
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.domain.escaping import escaped


class Halfway(Exception):
    """Something was changed before it stopped."""

    def __init__(self, trouble: KioskError | OSError, *, is_moving: bool) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.is_moving = is_moving
        """Whether a move has to be finished, until when no counter can be used."""


@contextmanager
def changing() -> Iterator[None]:
    """What stops from here on has changed something. Raises Halfway."""
    try:
        yield
    except (KioskError, OSError) as error:
        raise Halfway(error, is_moving=False) from error


def complain(error: KioskError | OSError, standing: str | None) -> int:
    """Say why it stopped, and last how things stand. Returns the exit code."""
    code = output.complain(_told(error))
    if standing is not None:
        output.warn(standing)
    return code


def tell_place(what: str) -> int:
    output.tell(f"setup.{what}", folder=escaped(str(machine_folder())), keys=escaped(str(machine_keys_folder())))
    return output.OK


_FILE_TROUBLES = frozenset(trouble.value for trouble in FileTrouble)
_AS_FILES = frozenset({Code.HOME_UNUSABLE, Code.STORE_UNAVAILABLE})


def _told(error: KioskError | OSError) -> KioskError:
    """As an administrator has to know it: not where the own home is configured, nor that one should log in as somebody else."""
    if isinstance(error, OSError):
        named = error.filename if isinstance(error.filename, (str, bytes)) else str(machine_folder())
        error = unusable(error, Path(os.fsdecode(named)))
    if error.code is Code.ALREADY_RUNNING:  # told to the one who is to close it
        return Unavailable(Code.SETUP_IMPOSSIBLE, reason="running")
    params = dict(error.params)
    if "place" in params and params.get("reason") != "place-taken":  # under the name that it was given
        params["place"] = str(home_of_staged(Path(str(params["place"]))))
    if error.code is Code.STORE_FOREIGN:
        return Unavailable(Code.SETUP_IMPOSSIBLE, **{**params, "reason": FileTrouble.FOREIGN.value})
    if error.code in _AS_FILES and params.get("reason") in _FILE_TROUBLES:
        return Unavailable(Code.SETUP_IMPOSSIBLE, **params)
    return type(error)(error.code, **params)


def tell_keys(left: list[str]) -> None:
    """Name keys of an earlier store that stay when the computer's counter has gone."""
    if left:
        output.tell("setup.keys-left", folder=escaped(str(machine_keys_folder())), files="\n".join(map(escaped, left)))
