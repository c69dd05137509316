"""kiosk registry enrol NAME: prints the one-time code with which a counter is enrolled, or writes it to a file for mass installation."""

from __future__ import annotations

import argparse
import ipaddress
import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.argument_types import given, given_path
from kiosk.commands.parser import Commands
from kiosk.commands.registry.ending import tell_pending
from kiosk.commands.registry.opened import address_of, opened, warn_of_sheet
from kiosk.config.atomic_write import write_new
from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import ServerSettings
from kiosk.domain.calendar import JAPAN, second_in_japan
from kiosk.domain.enrolment_code import EnrolmentCode
from kiosk.domain.enrolment_file import LONGEST_LIFE, EnrolmentFile
from kiosk.domain.errors import KioskError
from kiosk.domain.escaping import escaped

if TYPE_CHECKING:
    from kiosk.registry.opening import OpenedRegistry

_HOURS = 12
"""Of a code in a file, unless said otherwise: an afternoon's work, and the evening after it."""


def add(commands: Commands) -> None:
    enrolling = commands.add_of_server("enrol", enrol)
    enrolling.given("name", metavar="NAME")
    enrolling.option("--again", action="store_true")
    enrolling.option("--file", type=given_path, metavar="FILE")
    enrolling.option("--hours", type=_hours, metavar="N")


def _hours(text: str) -> timedelta:
    """Raises ValueError."""
    hours = int(text)
    if not 1 <= hours <= LONGEST_LIFE // timedelta(hours=1):
        raise ValueError(text)
    return timedelta(hours=hours)


def enrol(home: RegistryHome, options: argparse.Namespace) -> int:
    """Print a new code to stdout, or write it to a new file; a code that the counter had before is void."""
    from cryptography.hazmat.primitives.serialization import Encoding

    from kiosk.registry.counters import read_counter_name
    from kiosk.registry.enrolment import LIFE

    if options.hours is not None and options.file is None:
        output.warn("registry.enrol.hours-of-file")
        return output.MISUSE
    if options.file is not None and os.path.lexists(options.file):
        output.warn("registry.enrol.file-there", file=escaped(str(options.file)))
        return output.PROBLEM
    if options.file is not None:
        try:
            _check_writable(options.file)
        except KioskError as error:
            ended = output.complain(error)
            # On Debian the server has an account of its own, also where root calls.
            output.warn("registry.enrol.file-place", place=escaped(str(home.folder / options.file.name)))
            return ended
    life = LIFE if options.file is None else options.hours or timedelta(hours=_HOURS)
    with opened(home) as registry:
        certificate = registry.tls.authority.public_bytes(Encoding.DER)
        name = read_counter_name(options.name)
        code = registry.enrolment.open(name, certificate, again=options.again, life=life)
        if options.again:
            output.tell("registry.enrol.renewing", name=name)
            tell_pending(registry.counters.named(name))
        if options.file is None:
            output.tell("registry.enrol.code", name=name, code=code.formatted(), address=address_of(registry.settings))
        else:
            _write(registry, options.file, name, code)
        if _is_loopback(registry.settings.server):
            output.warn("registry.enrol.loopback", config=str(home.config))
        warn_of_sheet(registry)
    return output.OK


def _check_writable(path: Path) -> None:
    """A new code makes the former one void: none is made for a file that cannot be written."""
    with given(path), tempfile.TemporaryFile(dir=path.absolute().parent):
        pass


def _write(registry: OpenedRegistry, path: Path, name: str, code: EnrolmentCode) -> None:
    """Write the file, for this account alone; who hands it out decides who else may read it."""
    until = next(made.until for made in registry.enrolment.open_codes() if made.name == name).astimezone(JAPAN)
    file = EnrolmentFile(address_of(registry.settings), name, code, until)
    with given(path):
        write_new(path.absolute(), file.formatted(explained=output.words("registry.enrol.in-file")).encode())
    output.tell_done("registry.enrol.written", name=name, file=escaped(str(path)), until=second_in_japan(until))


def _is_loopback(server: ServerSettings) -> bool:
    try:
        return ipaddress.ip_address(server.address).is_loopback
    except ValueError:
        return server.address == "localhost"
