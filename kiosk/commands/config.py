"""kiosk config check | show-default: is the config file right, and what could stand in it."""

from __future__ import annotations

import argparse
import sys

from kiosk.commands import output
from kiosk.commands.parser import Commands
from kiosk.config import Home, check_settings, resource


def add(commands: Commands) -> None:
    acts = commands.add("config").subcommands()
    acts.add("check", act=check)
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


def show_default(home: Home, options: argparse.Namespace) -> int:
    sys.stdout.write(resource("config.toml").read_text("utf-8"))
    return output.OK
