"""kiosk practice: both windows on a real or virtual card reader, with the demo's cards, in a home of its own."""

from __future__ import annotations

import argparse

from kiosk.checks.card import look_at_readers
from kiosk.commands import output
from kiosk.commands.command_line_to_type import to_type
from kiosk.commands.display import start_display
from kiosk.commands.parser import Commands
from kiosk.config import Home, Settings, begin_practice, read_settings
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.log import kept_in

_TROUBLE = {
    "service.missing": Code.READER_SERVICE_MISSING,
    "service.denied": Code.READER_DENIED,
    "service.silent": Code.READER_SILENT,
}


def add(commands: Commands) -> None:
    commands.add("practice", act=practise, at_home=False, windowed=True).set_defaults(practises=True)


def practise(home: Home, options: argparse.Namespace) -> int:
    """Run in a home beside the usual one unless --home is given; never in one a counter uses."""
    begin_practice(home)
    settings = read_settings(home.config)
    _check_readers(settings)
    application = start_display()
    from kiosk.demo.practice import run_practice

    output.tell("practice.begins", folder=escaped(str(home.folder)), laying=_laying(None if options.home is None else home))
    with kept_in(home.logs, settings.log):
        return run_practice(application, home, settings)


def _laying(home: Home | None) -> str:
    """The command that places a virtual card for a practice in `home`; a card from another home has another authority."""
    words = ["kiosk", *([] if home is None else ["--home", escaped(str(home.folder))]), "virtual-card"]
    return to_type(words)


def _check_readers(settings: Settings) -> None:
    """Raises Unavailable if no card could ever be placed, before any window opens."""
    found = {finding.check: finding for finding in look_at_readers(settings.reader.name)}
    if code := _TROUBLE.get(found["service"].outcome):
        raise Unavailable(code, reason="practice")
    reader = found["reader"]
    if reader.outcome == "reader.missing":
        raise Unavailable(Code.READER_MISSING, reason="practice")
    if reader.outcome == "reader.other":
        raise Unavailable(Code.READER_MISSING, reason="practice-other", **reader.params)
