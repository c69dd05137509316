"""kiosk registry rotate-key: gives the library another site key and a new recovery sheet, such as after a sheet was stolen."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.confirmation import agrees, somebody_is_there
from kiosk.commands.parser import Commands
from kiosk.commands.registry.backup import back_up_at_once, keeper_of
from kiosk.commands.registry.init import is_sheet_confirmed
from kiosk.commands.registry.opened import alone, opened
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.errors import Unavailable
from kiosk.domain.escaping import escaped
from kiosk.program_version import program_version

if TYPE_CHECKING:
    from kiosk.registry.opening import OpenedRegistry


def add(acts: Commands) -> None:
    rotating = acts.add_of_server("rotate-key", rotate_key)
    rotating.option("--dry-run", action="store_true")
    rotating.option("--yes", action="store_true")


def rotate_key(home: RegistryHome, options: argparse.Namespace) -> int:
    """No server may run, but for a dry run. Ask first; a script says --yes, and prints the sheet by `registry init` afterwards."""
    if options.dry_run:
        with opened(home) as registry:
            _tell_what(registry)
            output.tell("registry.rotate-key.would")
            return output.OK
    with alone(home):
        with opened(home) as registry:
            _tell_what(registry)
            if registry.ahead is not None:
                output.warn("registry.rotate-key.ahead")
                return output.PROBLEM
            if not options.yes:
                if not somebody_is_there():
                    output.warn("registry.rotate-key.script")
                    return output.MISUSE
                if not agrees(output.words("registry.rotate-key.ask")):
                    output.warn("registry.rotate-key.kept")
                    return output.PROBLEM
            if not _rotate(registry):
                return output.PROBLEM
        with opened(home) as registry:
            registry.remember()
            return _finish(registry)


def _tell_what(registry: OpenedRegistry) -> None:
    """What will be done, what has to be made anew after it, and which counters may not be able to follow."""
    from kiosk.registry.models import CounterState
    from kiosk.registry.status.administrators import Administrators

    output.tell("registry.rotate-key.what", links=registry.ledger.head().count)
    if codes := registry.enrolment.open_codes():
        output.warn("registry.rotate-key.codes", count=len(codes))
    if administrators := Administrators(registry.ledger, registry.site_key.key, registry.clock).all():
        output.warn("registry.rotate-key.administrators", names="、".join(one.name for one in administrators))
    serving = [one for one in registry.counters.all() if one.state in (CounterState.ACTIVE, CounterState.RETIRING)]
    known = program_version()
    others = [one.name for one in serving if one.heard is not None and one.heard.version != known]
    if others:
        output.warn("registry.rotate-key.other-version", names="、".join(map(escaped, others)))


def _rotate(registry: OpenedRegistry) -> bool:
    """Returns whether it was done; if not, why was told."""
    from kiosk.registry.moving.moving_in import LedgerAltered
    from kiosk.registry.remembered_file import RememberedFile
    from kiosk.registry.rotation.rotating import prepare, rotate
    from kiosk.registry.site_key import SiteKeyFile

    registry.remember()
    # Under the key of before: what goes wrong here can be put back.
    if not back_up_at_once(registry, "registry.rotate-key.no-backup-before"):
        return False
    keys = registry.home.keys(registry.settings.keys)
    file, now = SiteKeyFile(keys), registry.clock()
    prepared = prepare(file, registry.site_key, now)
    try:
        rotated = rotate(registry.ledger.database, file, prepared, RememberedFile(keys).load(), now)
    except LedgerAltered:
        output.warn("registry.rotate-key.altered")
        return False
    except Unavailable:
        output.warn("registry.rotate-key.broken-off")
        raise
    output.tell_done("registry.rotate-key.done", links=rotated.links, epoch=rotated.epoch)
    return True


def _finish(registry: OpenedRegistry) -> int:
    """A backup under the new key, the new sheet, and what is left for people to do."""
    is_backed_up = _back_up(registry)
    if registry.settings.database.url:
        output.tell_done("registry.rotate-key.other-servers", file=escaped(str(registry.home.keys(registry.settings.keys))))
    if not somebody_is_there():
        output.warn("registry.rotate-key.sheet-later")
        return output.OK if is_backed_up else output.PROBLEM
    return output.OK if is_sheet_confirmed(registry) and is_backed_up else output.PROBLEM


def _back_up(registry: OpenedRegistry) -> bool:
    if not back_up_at_once(registry, "registry.rotate-key.no-backup"):
        return False
    keeper = keeper_of(registry)
    if earlier := keeper.found().unusable:
        output.tell_done("registry.rotate-key.earlier-backups", count=len(earlier), folder=escaped(str(keeper.plan.folder)))
    return True
