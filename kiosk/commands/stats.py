"""kiosk stats: registrations, unlinkings, uses and services by month."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.open_store import with_repository
from kiosk.commands.parser import Commands
from kiosk.config import Home
from kiosk.domain.model import Service
from kiosk.service_texts import ServiceText
from kiosk.text import say

if TYPE_CHECKING:
    from kiosk.store.repository import Repository


def add(commands: Commands) -> None:
    commands.add("stats", act=stats).option("--json", action="store_true")


def stats(home: Home, options: argparse.Namespace) -> int:
    def tell(repository: Repository) -> int:
        months = {f"{one.month.year:04}-{one.month.month:02}": one for one in repository.month_statistics()}
        head = repository.audit_head()
        if options.json:
            listed = [
                {
                    "month": month,
                    "registrations": one.registrations,
                    "releases": one.releases,
                    "releases_by_upgrade": one.dropped,
                    "uses": one.uses,
                    "services": dict(one.services),
                }
                for month, one in months.items()
            ]
            audit = {"rows": head.rows, "hash": head.digest.hex()}
            doubt = None if repository.doubt is None else repository.doubt.code.value
            output.tell_json({"links": repository.count_links(), "months": listed, "audit": audit, "doubt": doubt})
            return output.OK
        for month, one in months.items():
            by_upgrade = output.words("stats.by-upgrade", count=one.dropped) if one.dropped else ""
            releases = f"{one.releases}{by_upgrade}"
            output.tell("stats.month", month=month, registrations=one.registrations, releases=releases, uses=one.uses)
            if one.services:
                services = "  ".join(f"{_name_of(service)} {count}" for service, count in one.services.items())
                output.tell("stats.services", services=services)
        output.tell("links.number", count=repository.count_links())
        # The monthly sheet is filed: whoever rebuilds the whole trail cannot change what is printed there.
        output.tell("stats.head", note=f"{head.rows}:{head.digest.hex()}")
        return output.OK

    return with_repository(home, tell)


def _name_of(service: str) -> str:
    """The name of a counted service: a `Service` value or "local"."""
    return output.words("service.local") if service == "local" else say(ServiceText.NAME_IN_COMMANDS.of(Service(service)))
