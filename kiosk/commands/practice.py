"""kiosk practice: the course for staff, with virtual cards; with --reader, both windows on a real or virtual card reader."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from kiosk.checks.card import look_at_readers
from kiosk.commands import output
from kiosk.commands.command_line_to_type import to_type
from kiosk.commands.display import start_display
from kiosk.commands.parser import Commands
from kiosk.config import Home, LogSettings, Settings, begin_practice, read_settings
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.log import kept_in

_TROUBLE = {
    "service.missing": Code.READER_SERVICE_MISSING,
    "service.denied": Code.READER_DENIED,
    "service.silent": Code.READER_SILENT,
}


def add(commands: Commands) -> None:
    practice = commands.add("practice", act=practise, at_home=False, windowed=True)
    practice.set_defaults(practises=True)
    practice.option("--reader", action="store_true")


def practise(home: Home, options: argparse.Namespace) -> int:
    """Never in a home that a counter uses. The course leaves nothing behind, unless --home names a place for it."""
    if options.reader:
        return _on_a_reader(home, options)
    if options.home is not None:
        begin_practice(home)
        return _course(home)
    with tempfile.TemporaryDirectory(prefix="library-card-kiosk-practice-", ignore_cleanup_errors=True) as folder:
        begun = Home(Path(folder))
        begun.prepare(for_practice=True)
        return _course(begun)


def _course(home: Home) -> int:
    application = start_display()
    from kiosk.demo.course.program import run_course

    with kept_in(home.logs, LogSettings()):
        return run_course(application, home)


def _on_a_reader(home: Home, options: argparse.Namespace) -> int:
    """Run in a home beside the usual one unless --home is given."""
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
