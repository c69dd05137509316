"""kiosk registry admin add | list | reset | remove: who may see the server's status page."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.confirmation import somebody_is_there
from kiosk.commands.parser import Commands
from kiosk.commands.registry.opened import address_of, opened
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.calendar import second_in_japan

if TYPE_CHECKING:
    from kiosk.registry.opening import OpenedRegistry
    from kiosk.registry.status.administrators import Administrators


def add(commands: Commands) -> None:
    acts = commands.add("admin").subcommands()
    acts.add_of_server("add", add_administrator).given("name", metavar="NAME")
    acts.add_of_server("list", list_administrators).option("--json", action="store_true")
    acts.add_of_server("reset", reset_administrator).given("name", metavar="NAME")
    acts.add_of_server("remove", remove_administrator).given("name", metavar="NAME")


def add_administrator(home: RegistryHome, options: argparse.Namespace) -> int:
    return _written(home, options.name, lambda administrators, password: administrators.add(options.name, password), "there")


def reset_administrator(home: RegistryHome, options: argparse.Namespace) -> int:
    return _written(home, options.name, lambda administrators, password: administrators.reset(options.name, password), "unknown")


def remove_administrator(home: RegistryHome, options: argparse.Namespace) -> int:
    with opened(home) as registry:
        if not _of(registry).drop(options.name):
            output.warn("registry.admin.unknown")
            return output.PROBLEM
    output.tell_done("registry.admin.removed", name=options.name)
    return output.OK


def list_administrators(home: RegistryHome, options: argparse.Namespace) -> int:
    with opened(home) as registry:
        found = _of(registry).all()
    if options.json:
        told = [
            {
                "name": one.name,
                "added": one.added.isoformat(),
                "login": None if one.last_login is None else one.last_login.isoformat(),
                "needs_reset": not one.is_readable,
            }
            for one in found
        ]
        output.tell_json({"version": 1, "administrators": told})
        return output.OK
    for one in found:
        login = output.words("registry.admin.never") if one.last_login is None else second_in_japan(one.last_login)
        output.tell("registry.admin.one", name=one.name, added=second_in_japan(one.added), login=login)
        if not one.is_readable:
            output.warn("registry.admin.of-other-key", name=one.name)
    if not found:
        output.warn("registry.admin.none")
    return output.OK


def _written(home: RegistryHome, name: str, write: Callable[[Administrators, str], bytes | None], otherwise: str) -> int:
    from kiosk.registry.status.account import is_administrator_name
    from kiosk.registry.status.one_time_codes import in_base32, provisioning_uri
    from kiosk.registry.status.paths import STATUS

    if not is_administrator_name(name):
        output.warn("registry.admin.name")
        return output.MISUSE
    with opened(home) as registry:
        administrators = _of(registry)
        is_known = any(one.name == name for one in administrators.all())
        secret = None
        # Before the password is asked for; the transaction looks once more.
        if is_known is not (otherwise == "there"):
            if (password := _new_password()) is None:
                return output.PROBLEM
            secret = write(administrators, password)
        if secret is None:
            output.warn(f"registry.admin.{otherwise}")
            return output.PROBLEM
        issuer = output.words("registry.admin.issuer")
        output.tell_done("registry.admin.added" if otherwise == "there" else "registry.admin.renewed", name=name)
        output.tell_done(
            "registry.admin.written",
            secret=in_base32(secret),
            uri=provisioning_uri(secret, issuer, name),
            address=f"{address_of(registry.settings)}{STATUS}",
        )
    return output.OK


def _new_password() -> str | None:
    """Asked for twice at a terminal; from a script the first line of its input. None, with a word on stderr: not taken."""
    from kiosk.registry.status.passwords import LONGEST, SHORTEST, is_long_enough

    if somebody_is_there():
        password = getpass.getpass(output.words("registry.admin.password", shortest=SHORTEST) + " ", sys.stderr)
        if is_long_enough(password) and getpass.getpass(output.words("registry.admin.again") + " ", sys.stderr) != password:
            output.warn("registry.admin.not-the-same")
            return None
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not is_long_enough(password):
        output.warn("registry.admin.password-length", shortest=SHORTEST, longest=LONGEST)
        return None
    return password


def _of(registry: OpenedRegistry) -> Administrators:
    from kiosk.registry.status.administrators import Administrators

    return Administrators(registry.ledger, registry.site_key.key, registry.clock)
