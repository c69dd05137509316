"""kiosk registry export FILE: all links in one sealed file, for a library that leaves."""

from __future__ import annotations

import argparse
import os

from kiosk.commands import output, recovery_sheet
from kiosk.commands.argument_types import given, given_path
from kiosk.commands.confirmation import somebody_is_there
from kiosk.commands.parser import Commands
from kiosk.commands.registry.opened import opened
from kiosk.config.file_access import read_regular
from kiosk.config.registry_home import RegistryHome
from kiosk.config.text_encoding import legible
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.escaping import escaped


def add(acts: Commands) -> None:
    exporting = acts.add_of_server("export", export_links)
    exporting.given("file", type=given_path, metavar="FILE")
    exporting.option("--sheet", type=given_path, metavar="SHEET")


def export_links(home: RegistryHome, options: argparse.Namespace) -> int:
    """Also while the server works. Only who has the recovery sheet can open the file, so it is asked for first."""
    from kiosk.ledger.recovery_sheet import fingerprint, parse
    from kiosk.registry.moving.leaving import export

    if os.path.lexists(options.file):
        output.warn("registry.export.file-there", file=escaped(str(options.file)))
        return output.PROBLEM
    with opened(home) as registry:
        key = registry.site_key.key
        if options.sheet is not None:
            with given(options.sheet):
                sheet = parse(legible(read_regular(options.sheet)))
            if sheet != key:
                output.warn("registry.export.other-sheet", found=fingerprint(sheet), wanted=fingerprint(key))
                return output.PROBLEM
        elif not somebody_is_there():
            output.warn("registry.export.script")
            return output.MISUSE
        elif not recovery_sheet.ask_back(key):
            output.warn("registry.export.no-sheet")
            return output.PROBLEM
        # First: what leaves is written down even if nobody comes to read that it did.
        registry.note(AdministrativeAct.EXPORTED)
        exported = export(registry.ledger.database, key, options.file, registry.clock(), registry.site_key.earlier)
        output.tell_done("registry.export.done", file=escaped(str(options.file)), count=exported.count, sheet=fingerprint(key))
        if exported.count != exported.head:
            output.warn("registry.export.altered", count=exported.count, head=exported.head)
            return output.PROBLEM
    return output.OK
