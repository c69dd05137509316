"""kiosk config check | write | show-default: validates the configuration, writes an initial one, prints the defaults."""

from __future__ import annotations

import argparse
import os
import sys

from kiosk.commands import output
from kiosk.commands.parser import Commands
from kiosk.config import Home, check_settings, default_config, file_trouble
from kiosk.config.acting_account import act_for_a_member
from kiosk.config.file_access import not_a_file
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.escaping import escaped


def add(commands: Commands) -> None:
    acts = commands.add("config").subcommands()
    acts.add("check", act=check)
    # Without preparing a home: this command creates it.
    acts.add("write", act=write, at_home=False)
    acts.add("show-default", act=show_default, at_home=False)


def check(home: Home, options: argparse.Namespace) -> int:
    """Report every mistake, not only the first."""
    mistakes = check_settings(home.config)
    for mistake in mistakes:
        output.complain(mistake)
    if mistakes:
        return output.MISUSE
    output.tell("config.fine", file=str(home.config))
    return output.OK


def write(home: Home, options: argparse.Namespace) -> int:
    """Create the home with a configuration of commented-out defaults. An existing file is left alone."""
    act_for_a_member(home.folder)
    home.refuse_practice()
    is_there = os.path.exists(home.config)
    if is_there and not os.path.isfile(home.config):
        trouble = file_trouble(not_a_file(home.config), home.config)
        raise Unavailable(Code.CONFIG_UNREADABLE, place=str(home.config), reason=trouble.value)
    # If that cannot be determined, or a link is dangling, the home reports it better.
    if is_there or not home.prepare():
        output.warn("config.there", file=escaped(str(home.config)))
        return output.PROBLEM
    # Undecided settings are no problem yet; a folder writable by others is.
    check_settings(home.config)
    output.tell_done("config.written", file=escaped(str(home.config)))
    return output.OK


def show_default(home: Home, options: argparse.Namespace) -> int:
    sys.stdout.write(default_config())
    return output.OK
