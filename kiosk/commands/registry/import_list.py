"""kiosk registry import FILE: takes the links of another system's list into the ledger, all of them or none."""

from __future__ import annotations

import argparse
import csv
import io
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.argument_types import day, given, given_path
from kiosk.commands.parser import Commands
from kiosk.commands.registry.backup import back_up_at_once
from kiosk.commands.registry.opened import alone, opened
from kiosk.config import read_settings
from kiosk.config.atomic_write import write_new
from kiosk.config.file_access import open_regular
from kiosk.config.registry_home import RegistryHome
from kiosk.config.settings import counter_rules
from kiosk.domain.calendar import day_in_japan
from kiosk.domain.errors import Unavailable
from kiosk.domain.escaping import escaped
from kiosk.domain.moving_list import Cause, Column, Issuer, ListForm, SerialBase, issuer_named
from kiosk.domain.rules import BarcodeRule

if TYPE_CHECKING:
    from kiosk.registry.moving.faults import Fault, Faults
    from kiosk.registry.moving.moving_in import MovedIn
    from kiosk.registry.moving.reading import ReadList
    from kiosk.registry.opening import OpenedRegistry

_ENCODINGS = ("utf-8", "cp932")
_SHOWN = 10
"""Lines of each cause; the file of --report holds all."""
_WITH_OTHER = frozenset({Cause.ROW_TWICE, Cause.CARD_TWICE, Cause.NUMBER_TWICE})


def add(acts: Commands) -> None:
    importing = acts.add_of_server("import", import_list)
    importing.given("file", type=given_path, metavar="FILE")
    importing.option("--serial", choices=[base.value for base in SerialBase], required=True)
    importing.option("--columns", type=_columns, required=True, metavar="A,B,…")
    importing.option("--authority", metavar="NAME")
    importing.option("--encoding", choices=_ENCODINGS, default=_ENCODINGS[0])
    importing.option("--header", action="store_true")
    importing.option("--counter-config", type=given_path, metavar="CONFIG")
    importing.option("--made", type=_made, metavar="YYYY-MM-DD")
    importing.option("--any-serial", action="store_true")
    importing.option("--report", type=given_path, metavar="REPORT")
    importing.option("--dry-run", action="store_true")


def _columns(text: str) -> tuple[Column, ...]:
    """Raises ValueError."""
    columns = tuple(Column(name.strip()) for name in text.split(","))
    if any(columns.count(column) > 1 for column in Column if column is not Column.UNUSED):
        raise ValueError(text)
    if Column.SERIAL not in columns or Column.NUMBER not in columns:
        raise ValueError(text)
    return columns


def _made(text: str) -> date:
    """Raises ValueError."""
    made = day(text)
    if made > day_in_japan(datetime.now(UTC)):
        raise ValueError(text)
    return made


def import_list(home: RegistryHome, options: argparse.Namespace) -> int:
    """No server may run, but for a dry run. Faults are told by the numbers of their lines, never by what is in these."""
    form = _form(home, options)
    if form is None:
        return output.PROBLEM
    if options.report is not None and os.path.lexists(options.report):
        output.warn("registry.import.report-there", file=escaped(str(options.report)))
        return output.PROBLEM
    if options.dry_run:
        with opened(home) as registry:
            return _import(registry, options, form)
    with alone(home), opened(home) as registry:
        if registry.ahead is not None:
            output.warn("registry.import.ahead")
            return output.PROBLEM
        registry.remember()
        return _import(registry, options, form)


def _form(home: RegistryHome, options: argparse.Namespace) -> ListForm | None:
    """None if it does not say whose serial numbers these are, which was told."""
    has_column = Column.AUTHORITY in options.columns
    if has_column is (options.authority is not None):
        output.warn("registry.import.authority-both" if has_column else "registry.import.authority-missing")
        return None
    issuers = _issuers(home)
    if not issuers:
        output.warn("registry.import.no-authorities")
        return None
    issuer = None if has_column else issuer_named(issuers, options.authority)
    if not has_column and issuer is None:
        output.warn("registry.import.authority-unknown", name=escaped(options.authority))
        return None
    _warn_of_ended(home, issuer)
    rule = BarcodeRule()
    if options.counter_config is not None:
        with given(options.counter_config):
            rule = counter_rules(read_settings(options.counter_config)).barcode
    return ListForm(options.columns, SerialBase(options.serial), issuers, issuer, rule, options.any_serial)


def _issuers(home: RegistryHome) -> Mapping[str, Issuer]:
    """By fingerprint, and by the name of its file at J-LIS, with the ending or without. Raises Unavailable: home-unusable."""
    from kiosk.smartcard.trust import TrustStore, counts_on, generation_of, next_serial

    issuers = {}
    for authority in TrustStore(home.trust).load():
        issuer = Issuer(authority.key_digest, authority.serial if counts_on(authority) else 0, next_serial(authority))
        issuers[authority.fingerprint] = issuer
        if known := generation_of(authority):
            issuers[known.file] = issuers[known.file.removesuffix(".cer")] = issuer
    return issuers


def _warn_of_ended(home: RegistryHome, issuer: Issuer | None) -> None:
    """`issuer`: of all lines; None if any may be meant."""
    from kiosk.smartcard.trust import TrustStore

    for authority in TrustStore(home.trust).load():
        if (issuer is None or issuer.key_digest == authority.key_digest) and not authority.is_valid(datetime.now(UTC)):
            output.warn("registry.import.authority-ended", name=f"{authority.name} {authority.fingerprint[:8]}")


def _import(registry: OpenedRegistry, options: argparse.Namespace, form: ListForm) -> int:
    from kiosk.registry.moving.moving_in import Clashing, LedgerAltered, MadeTooEarly, compare, first_day, move_in
    from kiosk.registry.moving.reading import Encoding, ListUnusable, read_list
    from kiosk.registry.remembered_file import RememberedFile

    keys, database = registry.site_key, registry.ledger.database
    try:
        with given(options.file), open_regular(options.file) as file:
            read = read_list(file, form, Encoding(options.encoding), keys.root, has_header=options.header, chain=keys.chain)
    except ListUnusable as error:
        output.warn(f"registry.import.unusable.{error.reason}", file=escaped(str(options.file)))
        return output.PROBLEM
    _tell_read(read, form)
    if read.faults:
        return _refuse(read.faults, options)
    if options.made is not None and (first := database.read(first_day)) is not None and options.made >= first:
        output.warn("registry.import.stops-since", day=str(first))
    try:
        if options.dry_run:
            would = compare(database, read.rows, options.made)
            output.tell("registry.import.would", taken=would.taken, present=would.present)
            return output.OK
        kept = RememberedFile(registry.home.keys(registry.settings.keys)).load()
        moved = move_in(database, keys.key, read.rows, kept, registry.clock(), options.made)
    except Clashing as error:
        return _refuse(error.faults, options)
    except MadeTooEarly as error:
        output.warn("registry.import.made-missing" if options.made is None else "registry.import.made-before", day=str(error.first))
        return output.PROBLEM
    except LedgerAltered:
        output.warn("registry.import.altered")
        return output.PROBLEM
    except Unavailable:
        if not options.dry_run:
            output.warn("registry.import.broken-off")
        raise
    _tell_done(moved)
    # At once: until a running server does it, this machine would not know of the epoch.
    registry.remember()
    # Also if all stood: the command may have been ended before.
    if not back_up_at_once(registry, "registry.import.no-backup"):
        return output.PROBLEM
    output.tell_done("registry.import.delete")
    return output.OK


def _tell_read(read: ReadList, form: ListForm) -> None:
    output.tell("registry.import.read", lines=read.lines, rows=len(read.rows))
    lengths = read.rows.lengths()
    if len(lengths) > 1:
        told = "、".join(output.words("registry.import.length", length=length, count=count) for length, count in lengths.items())
        output.warn("registry.import.lengths", lengths=told)
    if form.base is SerialBase.HEX and read.looks_decimal:
        output.warn("registry.import.looks-decimal")


def _tell_done(moved: MovedIn) -> None:
    if moved.epoch is None:
        output.tell_done("registry.import.none-new", present=moved.present)
    else:
        output.tell_done("registry.import.done", taken=moved.taken, present=moved.present, epoch=moved.epoch)


def _refuse(faults: Faults, options: argparse.Namespace) -> int:
    """Tell which lines cannot be taken: each cause once, with its first lines."""
    output.warn("registry.import.faults", count=faults.lines())
    for cause, count in faults.counts().items():
        lines = [_line(fault) for fault in faults.first(cause, _SHOWN)]
        more = output.words("registry.import.more", count=count - len(lines)) if count > len(lines) else ""
        output.warn("registry.import.cause", why=output.words(f"registry.import.cause.{cause}"), count=count, lines="、".join(lines) + more)
    if options.report is not None:
        _write_report(faults, options.report)
    output.warn("registry.import.refused")
    return output.PROBLEM


def _line(fault: Fault) -> str:
    if fault.cause in _WITH_OTHER:
        return output.words("registry.import.line-again", line=fault.line, other=fault.other)
    return str(fault.line)


def _write_report(faults: Faults, path: Path) -> None:
    """Every fault on a line: the line of the list, the cause, and the line that it repeats. Raises Unavailable: file-unusable."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([output.words(f"registry.import.report.{column}") for column in ("line", "cause", "why", "other")])
    for line, cause, other in faults.all():
        table.writerow([line, cause, output.words(f"registry.import.cause.{cause}"), other or ""])
    with given(path):
        # With the mark by which spreadsheets know UTF-8.
        write_new(path.absolute(), text.getvalue().encode("utf-8-sig"))
    output.warn("registry.import.report-written", file=escaped(str(path)))
