"""kiosk demo: the counter with virtual cards, in a home that is thrown away."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from kiosk.commands.parser import Commands
from kiosk.config import Home


def add(commands: Commands) -> None:
    demo = commands.add("demo", act=run, at_home=False)
    demo.option("--tour", type=Path, metavar="DIR")


def run(home: Home, options: argparse.Namespace) -> int:
    """Without --home nothing of the demo outlives it; a real counter's home is never touched unless it was named."""
    from kiosk.demo import run_demo

    if options.home is not None:
        home.prepare()
        return run_demo(home, options.tour)
    with tempfile.TemporaryDirectory(prefix="library-card-kiosk-demo-", ignore_cleanup_errors=True) as folder:
        throw_away = Home(Path(folder))
        throw_away.prepare()
        return run_demo(throw_away, options.tour)
