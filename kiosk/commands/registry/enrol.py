"""kiosk registry enrol NAME: prints the one-time code with which a counter is enrolled."""

from __future__ import annotations

import argparse
import ipaddress

from kiosk.commands import output
from kiosk.commands.parser import Commands
from kiosk.commands.registry.ending import tell_pending
from kiosk.commands.registry.opened import address_of, opened, warn_of_sheet
from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import ServerSettings


def add(commands: Commands) -> None:
    enrolling = commands.add_of_server("enrol", enrol)
    enrolling.given("name", metavar="NAME")
    enrolling.option("--again", action="store_true")


def enrol(home: RegistryHome, options: argparse.Namespace) -> int:
    """Print a new code to stdout; a code that the counter had before is void."""
    from cryptography.hazmat.primitives.serialization import Encoding

    from kiosk.registry.counters import read_counter_name

    with opened(home) as registry:
        certificate = registry.tls.authority.public_bytes(Encoding.DER)
        name = read_counter_name(options.name)
        code = registry.enrolment.open(name, certificate, again=options.again)
        if options.again:
            output.tell("registry.enrol.renewing", name=name)
            tell_pending(registry.counters.named(name))
        output.tell("registry.enrol.code", name=name, code=code.formatted(), address=address_of(registry.settings))
        if _is_loopback(registry.settings.server):
            output.warn("registry.enrol.loopback", config=str(home.config))
        warn_of_sheet(registry)
    return output.OK


def _is_loopback(server: ServerSettings) -> bool:
    try:
        return ipaddress.ip_address(server.address).is_loopback
    except ValueError:
        return server.address == "localhost"
