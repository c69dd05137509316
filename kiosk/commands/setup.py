"""kiosk setup: makes one counter of the computer, for all accounts of a group, and gives it back to one account."""

from __future__ import annotations

import argparse

from kiosk.commands import output
from kiosk.commands.parser import Commands
from kiosk.config import Home
from kiosk.config.file_access import unusable
from kiosk.config.machine_place import machine_folder, machine_keys_folder
from kiosk.config.machine_setup import group_number, is_administrator, make_place
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.escaping import escaped


def add(commands: Commands) -> None:
    # Without a home: this command decides where it is.
    setup = commands.add("setup", act=set_up, at_home=False)
    setup.option("--machine", action="store_true")
    setup.option("--group", metavar="NAME")
    setup.set_defaults(explain=setup.explain_itself)


def set_up(home: Home, options: argparse.Namespace) -> int:
    """Can be repeated at each start of the computer: what is right already is left alone."""
    if not options.machine:
        return int(options.explain(home, options))
    if not is_administrator():
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="not-administrator")
    group = group_number(options.group)
    try:
        changed = make_place(group)
    except OSError as error:
        raise unusable(error, machine_folder()) from error
    places = {"folder": escaped(str(machine_folder())), "keys": escaped(str(machine_keys_folder()))}
    output.tell("setup.machine-done" if changed else "setup.unchanged", **places)
    return output.OK
