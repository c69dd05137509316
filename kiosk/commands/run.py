"""kiosk run: the counter itself."""

from __future__ import annotations

import argparse
import gc

from kiosk.commands.display import start_display
from kiosk.commands.parser import Commands
from kiosk.config import Home, read_settings


def add(commands: Commands) -> None:
    commands.add("run", act=run, windowed=True, log="kiosk")


def run(home: Home, options: argparse.Namespace) -> int:
    # The config first: to say what is wrong with it, Qt need not be loaded.
    settings = read_settings(home.config)
    # Nothing that a start makes is garbage; looking for it took a tenth of the time. The program sees to it later.
    gc.disable()
    application = start_display()
    from kiosk.app import run_counter

    return run_counter(application, home, settings)
