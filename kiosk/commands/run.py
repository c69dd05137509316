"""kiosk run: the counter itself."""

from __future__ import annotations

import argparse

from kiosk.commands.parser import Commands
from kiosk.config import Home, read_settings


def add(commands: Commands) -> None:
    commands.add("run", act=run, log="kiosk")


def run(home: Home, options: argparse.Namespace) -> int:
    # The config first: to say what is wrong with it, Qt need not be loaded.
    settings = read_settings(home.config)
    from kiosk.app import run_counter

    return run_counter(home, settings)
