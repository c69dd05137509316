"""kiosk registry backup | verify | restore | begin-epoch: what brings the library's ledger back after a loss."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.argument_types import given, given_path
from kiosk.commands.confirmation import agrees, answer_to, somebody_is_there
from kiosk.commands.parser import Commands, ServerHome
from kiosk.commands.recovery_sheet import read_or_ask
from kiosk.commands.registry.opened import alone, altered_words, opened
from kiosk.config import Home
from kiosk.config.registry_home import RegistryHome, default_registry_home, registry_home_at
from kiosk.config.registry_settings import RegistrySettings, read_registry_settings
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.calendar import second_in_japan
from kiosk.domain.errors import KioskError
from kiosk.domain.escaping import escaped
from kiosk.domain.wire import Position

if TYPE_CHECKING:
    from kiosk.registry.backup.contents import Contents
    from kiosk.registry.backup.folder import Kept
    from kiosk.registry.backup.keeper import BackupKeeper
    from kiosk.registry.backup.restoring import Machine, Restored
    from kiosk.registry.opening import OpenedRegistry
    from kiosk.registry.remembered import MovedList
    from kiosk.registry.site_key import SiteKey


def add(acts: Commands) -> None:
    """The commands, below `kiosk registry`."""
    acts.add_of_server("backup", back_up).given("folder", type=given_path, metavar="DIR", nargs="?")
    verifying = acts.add("verify", act=verify, at_home=False)
    verifying.given("file", type=given_path, metavar="FILE")
    verifying.option("--sheet", type=given_path, metavar="SHEET")
    restoring = acts.add_of_server("restore", restore, home=ServerHome.BEGUN)
    restoring.given("file", type=given_path, metavar="FILE")
    restoring.option("--sheet", type=given_path, metavar="SHEET")
    restoring.option("--replace", action="store_true")
    restoring.option("--revoke", action="append", default=[], metavar="NAME")
    beginning = acts.add_of_server("begin-epoch", begin_epoch)
    beginning.option("--cut", type=int, metavar="NUMBER")
    beginning.option("--yes", action="store_true")


def back_up(home: RegistryHome, options: argparse.Namespace) -> int:
    """Make a backup now, also while the server works."""
    with opened(home) as registry:
        keeper = keeper_of(registry)
        # First, so that the backup holds its own record. Those of the timetable are no act of anybody's.
        registry.note(AdministrativeAct.BACKUP)
        kept = keeper.back_up(options.folder)
    tell_backup(kept, registry.site_key.key)
    if options.folder is not None:
        output.tell_done("registry.backup.elsewhere")
    return output.OK


def keeper_of(registry: OpenedRegistry) -> BackupKeeper:
    from kiosk.registry.backup.keeper import BackupKeeper, plan_of

    return BackupKeeper(plan_of(registry.home, registry.settings), registry.ledger, registry.site_key.key, registry.clock)


def tell_backup(kept: Kept, key: bytes) -> None:
    """`key`: under which it was made. A key's rotation makes two backups, which different sheets open."""
    from kiosk.ledger.recovery_sheet import fingerprint

    manifest, file = kept.manifest, escaped(str(kept.path))
    output.tell_done("registry.backup.done", file=file, cursor=manifest.position.cursor, links=manifest.links, sheet=fingerprint(key))


def back_up_at_once(registry: OpenedRegistry, otherwise: str) -> bool:
    """A backup of what could not be had again from counters. `otherwise`: what is told if there is none."""
    try:
        kept = keeper_of(registry).back_up()
    except KioskError as error:
        output.complain(error)
        output.warn(otherwise)
        return False
    tell_backup(kept, registry.site_key.key)
    return True


def verify(home: Home, options: argparse.Namespace) -> int:
    """Read a backup whole; on any machine, with the sheet where the key is not."""
    from kiosk.ledger.recovery_sheet import fingerprint
    from kiosk.registry.backup.reading import verify as read_whole

    place = default_registry_home() if options.home is None else registry_home_at(options.home)
    with given(options.file):
        key = _site_key(place, options.sheet, options.file)
        contents = read_whole(options.file, key)
    _tell_contents(contents)
    output.tell("registry.verify.done", sheet=fingerprint(key))
    kept = _kept_keys(place)
    if kept is not None and kept.key != key and kept.as_of(key) is not None:
        output.warn("registry.verify.earlier-key", sheet=fingerprint(kept.key))
    return output.OK


def restore(home: RegistryHome, options: argparse.Namespace) -> int:
    """Put a backup back; no server may run."""
    from kiosk.registry.backup.reading import verify as read_whole
    from kiosk.registry.backup.restoring import restore
    from kiosk.registry.counter_names import in_one_spelling
    from kiosk.registry.opening import now

    settings = read_registry_settings(home.config)
    with alone(home), given(options.file):
        key = _site_key(home, options.sheet, options.file)
        revoke = tuple(map(in_one_spelling, options.revoke))
        told = not revoke and somebody_is_there()
        if told:
            contents = read_whole(options.file, key)
            _tell_contents(contents)
            revoke = _ask_for_counters([name for name, state in contents.counters if state != "revoked"])
        restored = restore(_machine(home, settings), options.file, key, now(), replaces=options.replace, revoke=revoke)
        if not told:
            _tell_contents(restored.contents)
    _tell_restored(restored)
    return output.OK


def begin_epoch(home: RegistryHome, options: argparse.Namespace) -> int:
    """Begin a new epoch after the database lost something; no server may run. Ask first; a script says --yes."""
    from kiosk.registry.backup.restoring import begin_epoch
    from kiosk.registry.opening import now
    from kiosk.registry.remembered import lost_lists
    from kiosk.registry.remembered_file import RememberedFile

    settings = read_registry_settings(home.config)
    with alone(home):
        with opened(home) as registry:
            site_key = registry.site_key
            output.tell("registry.begin-epoch.what")
            _warn_of_what_stays(registry)
        if not options.yes:
            if not somebody_is_there():
                output.warn("registry.begin-epoch.script")
                return output.MISUSE
            if not agrees(output.words("registry.begin-epoch.ask")):
                output.warn("registry.begin-epoch.kept")
                return output.PROBLEM
        before = RememberedFile(home.keys(settings.keys)).load()
        found = begin_epoch(_machine(home, settings), site_key, options.cut, now())
    _tell_lost_lists(lost_lists(before, found))
    output.tell_done("registry.begin-epoch.done", epoch=found.epochs.current, cursor=found.epochs.cuts[-1][1])
    return output.OK


def _warn_of_what_stays(registry: OpenedRegistry) -> None:
    """Say on stderr what a new epoch would take as it stands, and which backup holds more."""
    from kiosk.registry.backup.folder import seen_in
    from kiosk.registry.backup.keeper import plan_of

    verified = registry.ledger.verify()
    if verified.findings:
        output.warn("registry.begin-epoch.altered", altered=altered_words(finding.value for finding in verified.findings))
    found = seen_in(plan_of(registry.home, registry.settings).folder, registry.site_key.key, registry.ledger.library)
    if found is not None and (further := [kept for kept in found.backups if _is_beyond(kept.manifest.position, verified.position)]):
        output.warn("registry.begin-epoch.further", file=escaped(str(further[-1].path)), cursor=further[-1].manifest.position.cursor)


def _is_beyond(held: Position, head: Position) -> bool:
    return (held.epoch, held.cursor) > (head.epoch, head.cursor)


def _machine(home: RegistryHome, settings: RegistrySettings) -> Machine:
    from kiosk.registry.backup.restoring import Machine
    from kiosk.registry.backup.safe import server_name
    from kiosk.registry.opening import open_server_database

    return Machine(
        keys=home.keys(settings.keys),
        backups=home.backups(settings.backup),
        open=lambda: open_server_database(home, settings, create=True),
        file=None if settings.database.url else home.database,
        server=server_name(home.folder),
    )


def _site_key(home: RegistryHome, sheet: Path | None, backup: Path) -> bytes:
    """From the sheet, or from the key file if there is one, which may hold earlier keys too; else a person types the sheet."""
    from kiosk.registry.backup.reading import opening_key

    if sheet is not None:
        return read_or_ask(sheet)
    kept = _kept_keys(home)
    return read_or_ask(None) if kept is None else opening_key(backup, kept)


def _kept_keys(home: RegistryHome) -> SiteKey | None:
    from kiosk.registry.site_key import SiteKeyFile

    settings = read_registry_settings(home.config) if home.config.exists() else RegistrySettings()
    return SiteKeyFile(home.keys(settings.keys)).load()


def _ask_for_counters(names: Sequence[str]) -> tuple[str, ...]:
    """Which counters are shut out, until an empty line."""
    from kiosk.registry.counter_names import in_one_spelling

    chosen: list[str] = []
    while name := in_one_spelling(answer_to(output.words("registry.restore.ask-revoke"))):
        if name in names:
            chosen.append(name)
        else:
            output.warn("registry.restore.not-in-it", name=escaped(name))
    return tuple(chosen)


def _tell_contents(contents: Contents) -> None:
    manifest = contents.manifest
    output.tell("registry.verify.what", made=second_in_japan(manifest.made), cursor=manifest.position.cursor, links=manifest.links)
    output.tell("registry.verify.counters", count=len(contents.counters))
    for name, state in contents.counters:
        output.tell("registry.verify.counter", name=escaped(name), state=output.words(f"registry.counters.state.{state}"))


def _tell_restored(restored: Restored) -> None:
    for left in restored.set_aside:
        output.tell_done("registry.restore.set-aside", file=escaped(str(left)))
    epochs = restored.now.epochs
    output.tell_done("registry.restore.done", epoch=epochs.current, cursor=restored.now.position.cursor)
    revoked = [counter.name for counter in restored.now.counters if counter.state == "revoked"]
    if revoked:
        output.tell_done("registry.restore.revoked", names="、".join(map(escaped, revoked)))
    if restored.lacking is None:
        output.tell_done("registry.restore.lacking-unknown")
    elif restored.lacking:
        output.tell_done("registry.restore.lacking", count=restored.lacking)
    if restored.forgotten:
        output.tell_done("registry.restore.forgotten", count=restored.forgotten)
    _tell_lost_lists(restored.lost_lists)
    output.tell_done("registry.restore.next")


def _tell_lost_lists(lost: Sequence[MovedList]) -> None:
    if lost:
        output.tell_done("registry.restore.lost-lists", lists=len(lost), links=sum(one.links for one in lost))
