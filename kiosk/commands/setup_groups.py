"""Says which group a computer's counter is for, and which one it was for."""

from __future__ import annotations

import sys

from kiosk.commands import output
from kiosk.config.acting_account import has_account
from kiosk.config.machine_place import has_machine_home
from kiosk.config.machine_setup import Group, present_group
from kiosk.domain.errors import Unavailable
from kiosk.domain.escaping import escaped


def group_before() -> Group | None:
    """The group that the place is for now; None without a place, or if nobody knows."""
    try:
        return present_group() if has_machine_home() else None
    except (Unavailable, OSError):
        return None


def tell_admitted(group: Group, before: Group | None, *, is_dry: bool = False) -> None:
    """Who may use it from now on, or, of a dry run, would."""
    if before is None or before == group:
        output.tell("setup.admitted", now=_who(group))
    else:
        output.tell("setup.would-admit" if is_dry else "setup.admitted-anew", now=_who(group), before=_who(before))
    # No refusal: accounts may be put into it later, and of a group in a directory not every computer can list who is.
    if isinstance(group, int) and not has_account(group):
        output.warn("setup.group-empty", group=escaped(_name(group)))
    if not _name(group):
        output.tell("setup.everyone-reads")


def _who(group: Group) -> str:
    name = _name(group)
    return output.words("setup.of-group", group=escaped(name)) if name else output.words("setup.of-everyone")


def _name(group: Group) -> str:
    if sys.platform == "win32":
        # The name as it was given; empty is INTERACTIVE: https://learn.microsoft.com/windows/win32/secauthz/well-known-sids
        return str(group)
    else:
        import grp

        try:
            return grp.getgrgid(int(group)).gr_name
        except KeyError:
            return str(group)
