"""Check whose counter it is: the computer's, or one account's."""

from __future__ import annotations

import getpass

from kiosk.config import Home
from kiosk.config.acting_account import has_account
from kiosk.config.admission import admitted_to, group_named, is_group_gone
from kiosk.config.home import other_home
from kiosk.config.machine_place import has_machine_home, is_machine_home, is_move_begun, machine_folder
from kiosk.config.noted_group import is_for_everyone
from kiosk.domain.health import Finding


def check_whose(home: Home) -> Finding:
    """Say who may use this home, and name another counter of this account, or the computer's, that is not used here."""
    place: dict[str, str | int] = {"folder": str(home.folder)}
    if is_move_begun():
        return Finding("home.moving", place)
    if is_machine_home(home.folder):
        try:
            place["group"], is_gone = group_named(home.folder), is_group_gone(home.folder)
        except OSError:
            place["group"], is_gone = "", False
        if is_gone:
            return Finding("home.group-gone", place)
        if (group := admitted_to(home.folder).group) is not None and not has_account(group):
            return Finding("home.group-empty", place)
        if (other := other_home(home)) is not None:
            return Finding("home.both" if home.has_store() else "home.other", {**place, "other": str(other.folder)})
        if place["group"]:
            return Finding("home.machine", place)
        return Finding("home.machine-everyone" if is_for_everyone() else "home.machine-by-acl", place)
    try:
        is_beside = has_machine_home()
    except OSError:  # something that has its name
        is_beside = True
    if is_beside:
        return Finding("home.beside", {**place, "other": str(machine_folder())})
    return Finding("home.account", {**place, "account": _account()})


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account without a name; the last on Windows, without any variable
        return "?"
