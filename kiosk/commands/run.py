"""kiosk run: the counter."""

from __future__ import annotations

import argparse
import gc

from kiosk.commands.display import start_display
from kiosk.commands.parser import Commands
from kiosk.config import Home, read_settings


def add(commands: Commands) -> None:
    commands.add("run", act=run, windowed=True, log="kiosk")


def run(home: Home, options: argparse.Namespace) -> int:
    # The configuration first: reporting its mistakes does not require Qt.
    settings = read_settings(home.config)
    # Start-up creates no garbage, and collecting took a tenth of its time. The program re-enables collection later.
    gc.disable()
    application = start_display()
    from kiosk.app import run_counter

    return run_counter(application, home, settings)
