"""kiosk registry init: begins the library's server, prints the recovery sheet and asks parts of it back. May be repeated."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiosk.commands import output, recovery_sheet
from kiosk.commands.argument_types import given_path
from kiosk.commands.parser import Commands, ServerHome
from kiosk.commands.registry.opened import address_of, opened
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.escaping import escaped

if TYPE_CHECKING:
    from kiosk.registry.opening import OpenedRegistry


def add(commands: Commands) -> None:
    beginning = commands.add_of_server("init", init, home=ServerHome.BEGUN)
    beginning.option("--sheet", type=given_path, metavar="SHEET")
    beginning.option("--type-sheet", action="store_true")


def init(home: RegistryHome, options: argparse.Namespace) -> int:
    """Found it on the site key of a counter's sheet, if one is given. Returns 1 if the sheet could not be confirmed: the server works, but
    whoever set it up is not done.
    """
    from kiosk.ledger.recovery_sheet import fingerprint
    from kiosk.registry.tls import OwnAuthority

    if options.sheet and options.type_sheet:
        output.warn("registry.init.sheet-both")
        return output.MISUSE
    site_key = recovery_sheet.read_or_ask(options.sheet) if options.sheet or options.type_sheet else None
    with opened(home, begins=True, site_key=site_key) as registry:
        if site_key is not None and registry.site_key.as_of(site_key) is None:
            output.warn("registry.init.other-key", found=fingerprint(site_key), present=fingerprint(registry.site_key.key))
            return output.PROBLEM
        settings, now = registry.settings, registry.clock()
        if isinstance(registry.tls, OwnAuthority) and not registry.tls.exists():
            registry.tls.found(registry.site_key.library, now)
            output.warn("registry.init.authority")
        registry.tls.renew(now)
        output.tell(
            "registry.init.begun" if registry.is_new else "registry.init.there",
            config=escaped(str(home.config)),
            database=escaped(registry.ledger.database.place),
            keys=escaped(str(home.keys(settings.keys))),
            address=address_of(settings),
        )
        return output.OK if is_sheet_confirmed(registry) else output.PROBLEM


def is_sheet_confirmed(registry: OpenedRegistry) -> bool:
    """Print the recovery sheet, and ask parts of it back from paper."""
    registry.note(AdministrativeAct.SHEET)
    recovery_sheet.print_sheet(registry.site_key.key, before="registry.sheet.before")
    if not recovery_sheet.ask_back(registry.site_key.key):
        output.warn("registry.sheet.unconfirmed")
        return False
    registry.confirm_sheet()
    output.tell_done("recovery.confirmed")
    return True
