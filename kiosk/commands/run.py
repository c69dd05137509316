"""kiosk run: the counter itself."""

from __future__ import annotations

import argparse

from kiosk.commands.parser import Commands
from kiosk.config import Home, read_settings


def add(commands: Commands) -> None:
    commands.add("run", act=run, log="kiosk")


def run(home: Home, options: argparse.Namespace) -> int:
    """One counter on one home: a second one is told of the first."""
    settings = read_settings(home.config)
    from kiosk.store.lock import RunningLock

    with RunningLock(home.lock):
        from kiosk.app import run_counter

        return run_counter(home, settings)
