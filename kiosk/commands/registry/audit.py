"""kiosk registry audit: what was done with the server, its counters and its links, as the trail holds it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, time
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.argument_types import day
from kiosk.commands.audit import line_of
from kiosk.commands.parser import Commands
from kiosk.commands.registry.opened import opened
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.calendar import JAPAN
from kiosk.ledger.paging import paged

if TYPE_CHECKING:
    from kiosk.ledger.audit import AuditEntry
    from kiosk.registry.opening import OpenedRegistry


def add(acts: Commands) -> None:
    listing = acts.add_of_server("audit", list_acts)
    listing.option("--since", type=day, metavar="YYYY-MM-DD")
    listing.option("--json", action="store_true")


def list_acts(home: RegistryHome, options: argparse.Namespace) -> int:
    """Also while the server works. Whether the trail is as it was written, `kiosk registry doctor` says."""
    from kiosk.registry.counters import told

    since = told(datetime.combine(options.since, time(), JAPAN)) if options.since else ""
    with opened(home) as registry:
        for entry in _rows(registry, since):
            print(json.dumps(asdict(entry), ensure_ascii=False) if options.json else line_of(entry))
    return output.OK


def _rows(registry: OpenedRegistry, since: str) -> Iterator[AuditEntry]:
    from kiosk.ledger.audit import AuditTrail

    def page(place: int) -> list[AuditEntry]:
        with registry.ledger.database.reading() as database:
            return AuditTrail(database).page(place, since)

    return paged(page, 0, lambda entry: entry.place)
