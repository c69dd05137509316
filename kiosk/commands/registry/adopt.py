"""kiosk registry adopt FILE: takes the links and the audit trail of a counter that ran alone, from its backup, all of it or nothing."""

from __future__ import annotations

import argparse
import csv
import io
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.argument_types import check_name, check_readable, given, given_path
from kiosk.commands.parser import Commands
from kiosk.commands.recovery_sheet import read_or_ask
from kiosk.commands.registry.backup import back_up_at_once
from kiosk.commands.registry.opened import alone, opened
from kiosk.config.atomic_write import write_new
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.calendar import day_in_japan, in_japan
from kiosk.domain.errors import Unavailable
from kiosk.domain.escaping import escaped
from kiosk.domain.model import LibraryCardNumber, LinkToken

if TYPE_CHECKING:
    from kiosk.registry.moving.adopting import CounterTrail
    from kiosk.registry.moving.faults import Faults
    from kiosk.registry.moving.gathered import Gathered
    from kiosk.registry.moving.moving_in import MovedIn
    from kiosk.registry.opening import OpenedRegistry
    from kiosk.registry.site_key import SiteKey
    from kiosk.store.keys import Keys
    from kiosk.store.lone_backup import LoneBackup

_SHOWN = 10
"""Links of each cause; the file of --report holds all."""
_SLACK = timedelta(minutes=10)
"""By which the counter's clock may be ahead."""


def add(acts: Commands) -> None:
    adopting = acts.add_of_server("adopt", adopt)
    adopting.given("file", type=given_path, metavar="FILE")
    adopting.option("--sheet", type=given_path, metavar="SHEET")
    adopting.option("--report", type=given_path, metavar="REPORT")
    adopting.option("--dry-run", action="store_true")


def adopt(home: RegistryHome, options: argparse.Namespace) -> int:
    """No server may run, but for a dry run."""
    check_readable(options.file)
    check_name(options.file)
    if options.report is not None and os.path.lexists(options.report):
        output.warn("registry.import.report-there", file=escaped(str(options.report)))
        return output.PROBLEM
    if options.dry_run:
        with opened(home) as registry:
            return _adopt(registry, options)
    with alone(home), opened(home) as registry:
        if registry.ahead is not None:
            output.warn("registry.import.ahead")
            return output.PROBLEM
        registry.remember()
        return _adopt(registry, options)


def _adopt(registry: OpenedRegistry, options: argparse.Namespace) -> int:
    from kiosk.store.lone_backup import BackupUnfit, opened_lone

    keys = _keys(registry.site_key, options)
    if keys is None:
        return output.PROBLEM
    try:
        with opened_lone(options.file, keys) as backup:
            return _take(registry, options, backup)
    except BackupUnfit as error:
        output.warn(f"registry.adopt.unfit.{error.reason}")
        return output.PROBLEM


def _keys(site_key: SiteKey, options: argparse.Namespace) -> Keys | None:
    """Of the backup; None if nothing here opens it, which was told."""
    from kiosk.store.lone_backup import keys_for

    known = [key for _, key in site_key.earlier] + [site_key.key]
    with given(options.file):
        keys = keys_for(options.file, known if options.sheet is None else [read_or_ask(options.sheet)])
    if keys is None:
        output.warn("registry.adopt.not-opened" if options.sheet is None else "registry.adopt.other-sheet", file=escaped(str(options.file)))
    return keys


def _take(registry: OpenedRegistry, options: argparse.Namespace, backup: LoneBackup) -> int:
    """Links whose tokens cannot be had under the library's key are counted and left, as are those of a clock that nobody can trust."""
    from kiosk.ledger.recovery_sheet import fingerprint
    from kiosk.registry.moving.adopting import TrailBehind
    from kiosk.registry.moving.moving_in import Clashing, LedgerAltered, MadeTooEarly

    output.tell("registry.adopt.read", counter=escaped(backup.counter), links=backup.count(), at=f"{in_japan(backup.made):%Y-%m-%d %H:%M}")
    if backup.site_key != registry.site_key.root:
        output.warn("registry.adopt.other-key", found=fingerprint(backup.site_key), count=backup.count())
        return output.PROBLEM
    if backup.made > registry.clock() + _SLACK:
        output.warn("registry.adopt.clock-ahead")
        return output.PROBLEM
    rows = _gathered(backup, registry.site_key)
    try:
        released = _released(registry, backup)
        moved = _move(registry, backup, rows, dry_run=options.dry_run)
    except Clashing as error:
        return _refuse(error.faults, rows, options.report)
    except MadeTooEarly as error:
        output.warn("registry.adopt.made-before", day=str(error.first))
        return output.PROBLEM
    except TrailBehind:
        output.warn("registry.adopt.behind")
        return output.PROBLEM
    except LedgerAltered:
        output.warn("registry.import.altered")
        return output.PROBLEM
    except Unavailable:
        if not options.dry_run:
            output.warn("registry.import.broken-off")
        raise
    if released:
        more = output.words("registry.import.more", count=len(released) - _SHOWN) if len(released) > _SHOWN else ""
        output.warn("registry.adopt.released", count=len(released), numbers="、".join(released[:_SHOWN]) + more)
    return _finish(registry, moved, dry_run=options.dry_run)


def _gathered(backup: LoneBackup, site_key: SiteKey) -> Gathered:
    """All links under the library's last key, as if each were a line."""
    from kiosk.registry.counters import told
    from kiosk.registry.moving.gathered import Gathered

    rows, chain = Gathered(), site_key.chain
    for line, (digest, number, since, counter, *_) in enumerate(backup.links(), 1):
        token = chain.wrapped(LinkToken(digest), chain.first, chain.newest)
        rows.add(line, token.digest, number, (told(datetime.fromisoformat(since)), counter))
    return rows


def _released(registry: OpenedRegistry, backup: LoneBackup) -> list[str]:
    """What the counter has unlinked since it was adopted before. Raises TrailBehind."""
    from kiosk.registry.moving.adopting import released_since

    return registry.ledger.database.read(lambda database: released_since(database, _trail(backup)))


def _trail(backup: LoneBackup) -> CounterTrail:
    from kiosk.registry.moving.adopting import CounterTrail

    return CounterTrail(backup.store, backup.counter, backup.trail, backup.acts, backup.hash_at)


def _move(registry: OpenedRegistry, backup: LoneBackup, rows: Gathered, *, dry_run: bool) -> MovedIn:
    """Raises as `move_in` does."""
    from kiosk.registry.moving.moving_in import compare, move_in
    from kiosk.registry.remembered_file import RememberedFile

    database, made = registry.ledger.database, day_in_japan(backup.made)
    if dry_run:
        return compare(database, rows, made, _trail(backup))
    kept = RememberedFile(registry.home.keys(registry.settings.keys)).load()
    return move_in(database, registry.site_key.key, rows, kept, registry.clock(), made, _trail(backup))


def _finish(registry: OpenedRegistry, moved: MovedIn, *, dry_run: bool) -> int:
    if dry_run:
        output.tell("registry.import.would", taken=moved.taken, present=moved.present)
        return output.OK
    if moved.epoch is None:
        output.tell_done("registry.adopt.none-new", present=moved.present)
    else:
        output.tell_done("registry.import.done", taken=moved.taken, present=moved.present, epoch=moved.epoch)
    # At once: until a running server does it, this machine would not know of the epoch.
    registry.remember()
    # Also if all stood: the command may have been ended before.
    if not back_up_at_once(registry, "registry.adopt.no-backup"):
        return output.PROBLEM
    output.tell_done("registry.adopt.next")
    return output.OK


def _refuse(faults: Faults, rows: Gathered, report: Path | None) -> int:
    """Tell which links contradict the ledger: each cause once with its count, and with the first numbers, masked."""
    output.warn("registry.adopt.clashes", count=faults.lines())
    for cause, count in faults.counts().items():
        shown = [_link(rows, fault.line) for fault in faults.first(cause, _SHOWN)]
        more = output.words("registry.import.more", count=count - len(shown)) if count > len(shown) else ""
        why = output.words(f"registry.import.cause.{cause}")
        output.warn("registry.adopt.cause", why=why, count=count, links="、".join(" ".join(link[:2]) for link in shown) + more)
    if report is not None:
        with given(report):
            # With the mark by which spreadsheets know UTF-8.
            write_new(report.absolute(), _report(faults, rows).encode("utf-8-sig"))
        output.warn("registry.adopt.report-written", file=escaped(str(report)))
    output.warn("registry.adopt.refused")
    return output.PROBLEM


def _report(faults: Faults, rows: Gathered) -> str:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([output.words(f"registry.adopt.report.{column}") for column in ("number", "since", "counter", "cause", "why")])
    table.writerows(_report_rows(faults, rows))
    return text.getvalue()


def _report_rows(faults: Faults, rows: Gathered) -> Iterator[tuple[str, ...]]:
    for fault in faults.all():
        yield (*_link(rows, fault.line), fault.cause, output.words(f"registry.import.cause.{fault.cause}"))


def _link(rows: Gathered, line: int) -> tuple[str, str, str]:
    """Masked number, day and counter, by which staff find it in `kiosk links list`."""
    place = line - 1
    since, counter = rows.opened(place) or ("", "")
    masked = LibraryCardNumber(rows.number(place)).masked
    return masked, f"{in_japan(datetime.fromisoformat(since)):%Y-%m-%d}", counter
