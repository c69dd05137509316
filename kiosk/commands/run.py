"""kiosk run: the counter."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence

from kiosk import crashes
from kiosk.commands import output
from kiosk.commands.display import show, start_display
from kiosk.commands.parser import Commands
from kiosk.config import Home, read_settings
from kiosk.domain.errors import Code, KioskError
from kiosk.domain.keeping import Crash

_log = logging.getLogger(__name__)


def add(commands: Commands) -> None:
    parser = commands.add("run", act=run, windowed=True, log="kiosk")
    # Said by kiosk.keeper alone.
    parser.internal("--crash", action="append", default=[], type=Crash.parse)
    parser.internal("--gave-up", action="store_true")


def run(home: Home, options: argparse.Namespace) -> int:
    if options.gave_up:
        return _tell(home, options.crash)
    # The configuration first: reporting its mistakes does not require Qt.
    settings = read_settings(home.config)
    application = start_display()
    # Not before there is a display: that it went first, as at log-off, is no crash that anybody has to be told of.
    crashes.note(home, options.crash)
    from kiosk.app import run_counter

    try:
        return run_counter(application, home, settings, restarted=bool(options.crash))
    except KioskError as error:
        if not options.crash or error.code is not Code.ALREADY_RUNNING:
            raise
        # Somebody has started it beside, which is what we were to do.
        _log.info("it runs already, and is not started again")
        return output.PROBLEM


def _tell(home: Home, crashed: Sequence[Crash]) -> int:
    """Nobody tries any more: say so, and what to do."""
    crashes.note(home, crashed)
    last = crashed[-1]
    found = output.words("keep.gave-up", count=len(crashed), incident=last.number, why=last.why)
    text = f"{found}\n{output.words('keep.gave-up-next', incident=last.number)}"
    print(text, file=sys.stderr)
    show(output.words("keep.gave-up-title"), text)
    return output.PROBLEM
