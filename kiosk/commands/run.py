"""kiosk run: the counter itself."""

from __future__ import annotations

import argparse
import gc

from kiosk.commands import output
from kiosk.commands.display import show_trouble, start_display
from kiosk.commands.parser import Commands
from kiosk.config import Home, read_settings
from kiosk.domain.errors import KioskError


def add(commands: Commands) -> None:
    commands.add("run", act=run, log="kiosk")


def run(home: Home, options: argparse.Namespace) -> int:
    try:
        # The config first: to say what is wrong with it, Qt need not be loaded.
        settings = read_settings(home.config)
        # Nothing that a start makes is garbage; looking for it took a tenth of the time. The program sees to it later.
        gc.disable()
        application = start_display()
        from kiosk.app import run_counter

        return run_counter(application, home, settings)
    except KioskError as error:
        code = output.complain(error)
        show_trouble(error)
        return code
