"""kiosk config check | write | show-default: is the config file right, a first one where it is read, and what could stand in it."""

from __future__ import annotations

import argparse
import os
import sys

from kiosk.commands import output
from kiosk.commands.parser import Commands
from kiosk.config import Home, check_settings, default_config, file_trouble
from kiosk.config.file_access import not_a_file
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.escaping import escaped


def add(commands: Commands) -> None:
    acts = commands.add("config").subcommands()
    acts.add("check", act=check)
    # At no home: where one is to begin, it is begun by this.
    acts.add("write", act=write, at_home=False)
    acts.add("show-default", act=show_default, at_home=False)


def check(home: Home, options: argparse.Namespace) -> int:
    """Name every mistake, not only the first."""
    mistakes = check_settings(home.config)
    for mistake in mistakes:
        output.complain(mistake)
    if mistakes:
        return output.MISUSE
    output.tell("config.fine", file=str(home.config))
    return output.OK


def write(home: Home, options: argparse.Namespace) -> int:
    """Begin the home with a config that holds the defaults as comments. One that is there stays as it is."""
    home.refuse_practice()
    is_there = os.path.exists(home.config)
    if is_there and not os.path.isfile(home.config):
        trouble = file_trouble(not_a_file(home.config), home.config)
        raise Unavailable(Code.CONFIG_UNREADABLE, place=str(home.config), reason=trouble.value)
    # Where that cannot be told, or a link leads nowhere, the home says so better.
    if is_there or not home.prepare():
        output.warn("config.there", file=escaped(str(home.config)))
        return output.PROBLEM
    # What is still to be decided is no trouble yet; a folder that others may write to is.
    check_settings(home.config)
    output.tell("config.written", file=escaped(str(home.config)))
    return output.OK


def show_default(home: Home, options: argparse.Namespace) -> int:
    sys.stdout.write(default_config())
    return output.OK
