"""kiosk registry enrol NAME: prints the one-time code with which a counter is enrolled, or writes it to a file for mass installation."""

from __future__ import annotations

import argparse
import ipaddress
import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.argument_types import given, given_path
from kiosk.commands.enrolment_file_text import written_out
from kiosk.commands.parser import Commands
from kiosk.commands.registry.ending import tell_pending
from kiosk.commands.registry.opened import address_of, opened, warn_of_sheet
from kiosk.config.atomic_write import write_new
from kiosk.config.file_replacement import discard
from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import ServerSettings
from kiosk.domain.calendar import JAPAN, second_in_japan
from kiosk.domain.enrolment_file import LONGEST_LIFE, MOST_USES, EnrolmentFile
from kiosk.domain.errors import KioskError
from kiosk.domain.escaping import escaped

if TYPE_CHECKING:
    from kiosk.registry.enrolment import NewCode
    from kiosk.registry.opening import OpenedRegistry

_HOURS = 12
"""Of a code in a file, unless said otherwise: an afternoon's work, and the evening after it."""


def add(commands: Commands) -> None:
    enrolling = commands.add_of_server("enrol", enrol)
    enrolling.given("name", metavar="NAME")
    enrolling.option("--again", action="store_true")
    enrolling.option("--file", type=given_path, metavar="FILE")
    enrolling.option("--hours", type=_hours, metavar="N")
    enrolling.option("--many", type=_uses, metavar="N")
    enrolling.option("--withdraw", action="store_true")


def _hours(text: str) -> timedelta:
    """Raises ValueError."""
    hours = int(text)
    if not 1 <= hours <= LONGEST_LIFE // timedelta(hours=1):
        raise ValueError(text)
    return timedelta(hours=hours)


def _uses(text: str) -> int:
    """Raises ValueError."""
    uses = int(text)
    if not 2 <= uses <= MOST_USES:
        raise ValueError(text)
    return uses


def enrol(home: RegistryHome, options: argparse.Namespace) -> int:
    """Print a new code to stdout, or write it to a new file; a code that the counter had before is void."""
    from cryptography.hazmat.primitives.serialization import Encoding

    from kiosk.registry.counter_names import read_counter_name
    from kiosk.registry.enrolment import LIFE

    if options.withdraw:
        if options.again or options.file or options.many or options.hours:
            output.warn("registry.enrol.withdraw-alone")
            return output.MISUSE
        return _withdraw(home, options.name)
    if options.hours is not None and options.file is None:
        output.warn("registry.enrol.hours-of-file")
        return output.MISUSE
    if options.many is not None and (options.file is None or options.again):
        output.warn("registry.enrol.many-of-file")
        return output.MISUSE
    if options.file is not None and os.path.lexists(options.file):
        output.warn("registry.enrol.file-there", file=escaped(str(options.file)))
        return output.PROBLEM
    life = LIFE if options.file is None else options.hours or timedelta(hours=_HOURS)
    with opened(home) as registry:
        certificate = registry.tls.authority.public_bytes(Encoding.DER)
        name = read_counter_name(options.name)
        if options.many is None:
            if _is_of_many(registry, name):
                return output.PROBLEM
            prepare = partial(registry.enrolment.prepare, name, certificate, again=options.again, life=life)
        else:
            prepare = partial(registry.enrolment.prepare_many, name, options.many, certificate, life=life)
        try:
            new = _in_force(registry, prepare, options.file)
        except _NotWritten as error:
            ended = output.complain(error.cause)
            # On Debian the server has an account of its own, also where root calls.
            output.warn("registry.enrol.file-place", place=escaped(str(home.folder / options.file.name)))
            return ended
        if options.again:
            output.tell("registry.enrol.renewing", name=name)
            tell_pending(registry.counters.named(name))
        if options.file is None:
            output.tell("registry.enrol.code", name=name, code=new.code.formatted(), address=address_of(registry.settings))
        else:
            shown = second_in_japan(new.until.astimezone(JAPAN))
            key = "registry.enrol.written" if new.uses == 1 else "registry.enrol.written-many"
            output.tell_done(key, name=name, file=escaped(str(options.file)), until=shown, uses=new.uses)
        if _is_loopback(registry.settings.server):
            output.warn("registry.enrol.loopback", config=str(home.config))
        warn_of_sheet(registry)
    return output.OK


def _withdraw(home: RegistryHome, name: str) -> int:
    with opened(home) as registry:
        if _is_of_many(registry, name):
            return output.PROBLEM
        count = registry.enrolment.withdraw(name)
    if not count:
        output.warn("registry.enrol.nothing-withdrawn", name=escaped(name))
        return output.PROBLEM
    output.tell_done("registry.enrol.withdrawn", name=escaped(name), count=count)
    return output.OK


def _is_of_many(registry: OpenedRegistry, name: str) -> bool:
    """Whether a file for many gives this name away, which was told then."""
    of = registry.enrolment.given_away_by(name)
    if of is not None:
        output.warn("registry.enrol.of-many", name=escaped(name), of=of)
    return of is not None


class _NotWritten(Exception):
    """Nothing was changed."""

    def __init__(self, cause: KioskError) -> None:
        super().__init__()
        self.cause = cause


def _in_force(registry: OpenedRegistry, prepare: Callable[[], NewCode], path: Path | None) -> NewCode:
    """A code that serves: it makes the one of before void once its file, if it is for one, is on the disk.

    Raises _NotWritten; what puts it in force raises, and leaves no file.
    """
    while True:
        new, is_in_force = prepare(), False
        if path is not None:
            _write(registry, path, new)
        try:
            is_in_force = registry.enrolment.put_in_force(new)
        finally:
            if path is not None and not is_in_force:
                discard(path)
        if is_in_force:
            return new


def _write(registry: OpenedRegistry, path: Path, new: NewCode) -> None:
    """Write the file, for this account alone; who hands it out decides who else may read it. Raises _NotWritten."""
    file = EnrolmentFile(address_of(registry.settings), new.name, new.code, new.until.astimezone(JAPAN), new.uses)
    try:
        with given(path):
            write_new(path.absolute(), written_out(file))
    except KioskError as error:
        raise _NotWritten(error) from error


def _is_loopback(server: ServerSettings) -> bool:
    try:
        return ipaddress.ip_address(server.address).is_loopback
    except ValueError:
        return server.address == "localhost"
