"""kiosk recovery sheet | confirm | backup | restore: without the site key on paper, a broken disk ends every link."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from kiosk.commands import output
from kiosk.commands.given import check_readable, given
from kiosk.commands.parser import Commands
from kiosk.config import Home, read_settings
from kiosk.equipment import keys_of, open_repository


def add(commands: Commands) -> None:
    acts = commands.add("recovery").subcommands()
    acts.add("sheet", act=print_sheet)
    acts.add("confirm", act=confirm)
    acts.add("backup", act=back_up).given("folder", type=Path, metavar="DIR")
    restoring = acts.add("restore", act=restore)
    restoring.option("--sheet", type=Path, metavar="FILE")
    restoring.option("--backup", type=Path, metavar="FILE")


def print_sheet(home: Home, options: argparse.Namespace) -> int:
    """To stdout alone, so that it can go straight to a printer; the keys are made if this is the first start."""
    from kiosk.store.sheet import sheet

    repository, keys = open_repository(home, read_settings(home.config))
    with repository:
        output.tell("recovery.before")
        print("\n" + sheet(keys.site, datetime.now().astimezone().date()))
        output.tell("recovery.after")
    return output.OK


def confirm(home: Home, options: argparse.Namespace) -> int:
    """Ask two lines of the paper back, three times at most."""
    from kiosk.store.sheet import answered, challenge, fingerprint

    repository, keys = open_repository(home, read_settings(home.config))
    with repository:
        output.tell("recovery.which", fingerprint=fingerprint(keys.site))
        for number in challenge():
            if not any(answered(keys.site, number, _ask(number)) or _wrong() for _ in range(3)):
                print(output.words("recovery.unconfirmed"), file=sys.stderr)
                return output.PROBLEM
        repository.confirm_sheet(fingerprint(keys.site))
    output.tell("recovery.confirmed")
    return output.OK


def back_up(home: Home, options: argparse.Namespace) -> int:
    """A copy that the sheet opens; it may be carried about, since without the sheet it says nothing."""
    from kiosk.store.recovery import make_backup

    repository, keys = open_repository(home, read_settings(home.config))
    with repository:
        made = make_backup(home.store, keys, options.folder, datetime.now(UTC))
    output.tell("recovery.backed-up", file=str(made))
    return output.OK


def restore(home: Home, options: argparse.Namespace) -> int:
    """On a machine that has neither store nor keys; no counter may run meanwhile."""
    from kiosk.store.lock import RunningLock
    from kiosk.store.recovery import restore
    from kiosk.store.sheet import LINES

    store = keys_of(home, read_settings(home.config))
    with RunningLock(home.lock):
        if options.backup:
            check_readable(options.backup)
        if options.sheet:
            text = _read(options.sheet)
        else:
            output.tell("recovery.type")
            text = "\n".join(_ask(number) for number in range(1, LINES + 1))
        restore(store, home.store, text, options.backup)
    output.tell("recovery.restored")
    return output.OK


def _ask(number: int) -> str:
    """One line of the sheet; empty when nobody answers."""
    try:
        return input(f"{output.words('recovery.line', number=number)} ")
    except EOFError:
        return ""


def _wrong() -> bool:
    output.tell("recovery.wrong")
    return False


def _read(path: Path) -> str:
    with given(path):
        return path.read_text("utf-8-sig", "replace")
