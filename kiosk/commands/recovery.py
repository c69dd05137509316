"""kiosk recovery sheet | confirm | backup | restore | moved | begin: without the site key on paper, a broken disk ends every link."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from kiosk.commands import output
from kiosk.commands import recovery_sheet as sheet
from kiosk.commands.argument_types import check_name, check_readable, given, given_path
from kiosk.commands.open_store import honestly, note_administrative_act, opened
from kiosk.commands.parser import Commands
from kiosk.config import Home, read_settings
from kiosk.config.file_access import read_regular
from kiosk.config.text_encoding import legible
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.equipment import key_place_of


def add(commands: Commands) -> None:
    acts = commands.add("recovery").subcommands()
    acts.add("sheet", act=print_sheet)
    acts.add("confirm", act=confirm)
    acts.add("backup", act=back_up).given("folder", type=given_path, metavar="DIR")
    restoring = acts.add("restore", act=restore)
    restoring.option("--sheet", type=given_path, metavar="FILE")
    restoring.option("--backup", type=given_path, metavar="FILE")
    acts.add("moved", act=accept_move)
    acts.add("begin", act=begin)


def print_sheet(home: Home, options: argparse.Namespace) -> int:
    """Print the sheet; creates the keys at the first start."""
    repository, keys = opened(home, read_settings(home.config))

    def tell() -> int:
        if repository.is_enrolled():
            return _lies_with_server()
        note_administrative_act(repository, AdministrativeAct.SHEET)
        sheet.print_sheet(keys.site, before="recovery.before", after="recovery.after")
        return output.OK

    with repository:
        return honestly(repository, tell)


def confirm(home: Home, options: argparse.Namespace) -> int:
    """Ask for two lines of the sheet, three tries each."""
    from kiosk.ledger.recovery_sheet import fingerprint

    repository, keys = opened(home, read_settings(home.config))

    def ask() -> int:
        if repository.is_enrolled():
            return _lies_with_server()
        if not sheet.ask_back(keys.site):
            output.warn("recovery.unconfirmed")
            return output.PROBLEM
        repository.confirm_sheet(fingerprint(keys.site))
        output.tell_done("recovery.confirmed")
        return output.OK

    with repository:
        return honestly(repository, ask)


def _lies_with_server() -> int:
    """The site key of an enrolled counter is the library's: its sheet opens the server's backups, and no counter needs it."""
    output.warn("recovery.with-server")
    return output.PROBLEM


def back_up(home: Home, options: argparse.Namespace) -> int:
    """Make an encrypted copy that only the sheet opens; without the sheet it reveals nothing."""
    from kiosk.store.recovery import make_backup

    repository, keys = opened(home, read_settings(home.config))

    def copy() -> int:
        # First, so that the copy contains its own record.
        check_name(options.folder)
        note_administrative_act(repository, AdministrativeAct.BACKUP)
        now, is_doubted = datetime.now(UTC), repository.doubt is not None
        made = make_backup(home.store, keys, options.folder, now, doubted=is_doubted, under=repository.sealing_key())
        output.tell_done("recovery.backed-up", file=str(made))
        return output.OK

    with repository:
        return honestly(repository, copy)


def restore(home: Home, options: argparse.Namespace) -> int:
    """Restore on a machine with neither store nor keys; no counter may be running."""
    from kiosk.ledger.recovery_sheet import LINES
    from kiosk.ledger.running_lock import RunningLock
    from kiosk.store.recovery import restore

    settings = read_settings(home.config)
    place = key_place_of(home, settings)
    with RunningLock(home.lock):
        if options.backup:
            check_readable(options.backup)
            check_name(options.backup)
        if options.sheet:
            text = _read(options.sheet)
        else:
            output.tell("recovery.type")
            text = "\n".join(sheet.ask_line(number) for number in range(1, LINES + 1))
        restored = restore(place, text, options.backup, settings.counter.name, datetime.now(UTC))
        for left in restored.set_aside:
            output.tell_done("recovery.set-aside", file=str(left))
        if options.backup:
            _tell_lacking(restored.lacking)
        output.tell_done("recovery.restored")
        if restored.is_earlier:
            # Reports that the links of the backup are dropped.
            repository, _ = opened(home, settings)
            repository.close()
    return output.OK


def _tell_lacking(lacking: int | None) -> None:
    """Report missing acts. The anchor gives only a lower bound, so it never proves that none are missing."""
    if lacking is None:
        output.tell_done("recovery.lacking-unknown")
    else:
        output.tell_done("recovery.lacking", count=lacking)
    output.tell_done("recovery.confirm-first")


def accept_move(home: Home, options: argparse.Namespace) -> int:
    """Accept that the data folder was moved; no counter may be running."""
    from kiosk.ledger.running_lock import RunningLock

    settings = read_settings(home.config)
    with RunningLock(home.lock):
        first = key_place_of(home, settings).take_over()
        # Opening the store records the act.
        repository, _ = opened(home, settings)
        repository.close()
    output.tell_done("recovery.moved.done", first=first)
    return output.OK


def begin(home: Home, options: argparse.Namespace) -> int:
    """Create an empty store for the existing keys, because the store created with them is lost."""
    from kiosk.ledger.running_lock import RunningLock
    from kiosk.store.recovery import begin_anew

    settings = read_settings(home.config)
    with RunningLock(home.lock):
        for left in begin_anew(key_place_of(home, settings), datetime.now(UTC)):
            output.tell_done("recovery.set-aside", file=str(left))
        repository, _ = opened(home, settings)
        repository.close()
    output.tell_done("recovery.begin.done")
    return output.OK


def _read(path: Path) -> str:
    with given(path):
        return legible(read_regular(path))
