"""kiosk keep: the counter, started again when it crashes. In its plain form `kiosk.__main__` goes to `kiosk.keeper` without all this."""

from __future__ import annotations

import argparse

from kiosk.commands.parser import Commands
from kiosk.config import Home
from kiosk.keeper import keep


def add(commands: Commands) -> None:
    commands.add("keep", act=keep_act, at_home=False, windowed=True)


def keep_act(home: Home, options: argparse.Namespace) -> int:
    return keep([] if options.home is None else ["--home", options.home])
