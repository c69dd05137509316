"""kiosk run: the counter itself."""

from __future__ import annotations

import argparse

from kiosk.commands.parser import Commands
from kiosk.config import Home, read_settings


def add(commands: Commands) -> None:
    commands.add("run", act=run)


def run(home: Home, options: argparse.Namespace) -> int:
    settings = read_settings(home.config)
    from kiosk.app import run_counter

    return run_counter(home, settings)
