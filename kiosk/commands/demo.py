"""kiosk demo: the counter with virtual cards, in a temporary home."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.commands.argument_types import given, given_path
from kiosk.commands.display import start_display
from kiosk.commands.parser import Commands
from kiosk.config import Home, LogSettings
from kiosk.log import kept_in

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


def add(commands: Commands) -> None:
    demo = commands.add("demo", act=run, at_home=False, windowed=True)
    # Nobody watches a tour: a window would keep its script waiting.
    demo.set_defaults(is_scripted=lambda options: options.tour is not None)
    demo.option("--tour", type=given_path, metavar="DIR")


def run(home: Home, options: argparse.Namespace) -> int:
    """Without --home the demo leaves nothing behind; with it, it uses a subfolder of its own beside a real counter's data."""
    if options.tour is not None:
        with given(options.tour):
            options.tour.mkdir(parents=True, exist_ok=True)
    application = start_display()
    if options.home is not None:
        return _show(application, Home(home.folder / "demo"), options.tour)
    with tempfile.TemporaryDirectory(prefix="library-card-kiosk-demo-", ignore_cleanup_errors=True) as folder:
        return _show(application, Home(Path(folder)), options.tour)


def _show(application: QApplication, home: Home, tour: Path | None) -> int:
    from kiosk.demo.program import run_demo

    home.prepare(configured=False)
    with kept_in(home.logs, LogSettings()):
        return run_demo(application, home, tour)
