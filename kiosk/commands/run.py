"""kiosk run: the counter itself."""

from __future__ import annotations

import argparse
import gc
import os
import sys

from kiosk.commands import output
from kiosk.commands.parser import Commands
from kiosk.config import Home, read_settings
from kiosk.domain.errors import KioskError
from kiosk.text import say


def add(commands: Commands) -> None:
    commands.add("run", act=run, log="kiosk")


def run(home: Home, options: argparse.Namespace) -> int:
    try:
        # The config first: to say what is wrong with it, Qt need not be loaded.
        settings = read_settings(home.config)
        # Nothing that a start makes is garbage; looking for it took a tenth of the time. The program sees to it later.
        gc.disable()
        from kiosk.app import run_counter

        return run_counter(home, settings)
    except KioskError as error:
        code = output.complain(error)
        if has_display():
            # A counter has no terminal; who started it by its icon reads this window.
            from kiosk.app import show_trouble

            show_trouble(say(f"refusal.{error.code}.title"), output.explain(error).splitlines())
        return code


def has_display() -> bool:
    """Whether somebody can see a window. Qt ends the whole process where there is no display at all."""
    if os.environ.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal")):
        return False
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
