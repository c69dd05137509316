"""kiosk audit list | verify: what was done at this counter, and whether the trail still is as it was written."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.parser import Commands
from kiosk.commands.stored import with_repository
from kiosk.config import Home
from kiosk.domain.calendar import JAPAN
from kiosk.domain.effects import Act
from kiosk.domain.errors import Code, Unavailable
from kiosk.text import plain, say

if TYPE_CHECKING:
    from kiosk.store.audit import AuditEntry
    from kiosk.store.repository import Repository


def add(commands: Commands) -> None:
    acts = commands.add("audit").subcommands()
    listing = acts.add("list", act=list_acts)
    listing.option("--since", type=date.fromisoformat, metavar="YYYY-MM-DD")
    listing.option("--json", action="store_true")
    acts.add("verify", act=verify)


def list_acts(home: Home, options: argparse.Namespace) -> int:
    since = datetime.combine(options.since, time(), JAPAN) if options.since else None

    def tell(repository: Repository) -> int:
        for entry in repository.audit_rows(since):
            print(json.dumps(asdict(entry), ensure_ascii=False) if options.json else _line(entry))
        return output.OK

    return with_repository(home, tell)


def verify(home: Home, options: argparse.Namespace) -> int:
    """Also tells the trail's end, to be noted down elsewhere: whoever rebuilds the whole trail cannot rebuild that note."""

    def tell(repository: Repository) -> int:
        broken = repository.verify_audit()
        if broken is not None:
            output.tell("audit.broken", row=broken)
            raise Unavailable(Code.AUDIT_BROKEN)
        head = repository.audit_head()
        output.tell("audit.fine", rows=head.rows, digest=head.digest.hex())
        return output.OK

    return with_repository(home, tell)


def _line(entry: AuditEntry) -> str:
    moment = datetime.fromisoformat(entry.at).astimezone(JAPAN)
    checked = "・".join(output.words(f"audit.checked.{word.replace(':', '-')}") for word in entry.checked.split())
    columns = (
        entry.place,
        f"{moment:%Y-%m-%d %H:%M:%S}",
        entry.counter,
        entry.operator or "",
        output.words(f"audit.act.{entry.act}"),
        _reason(entry),
        entry.number or "",
        checked,
    )
    return "\t".join(str(column) for column in columns)


def _reason(entry: AuditEntry) -> str:
    if not entry.reason:
        return ""
    if entry.result == "refused":
        return plain(say(f"refusal.{entry.reason}.title"))
    if entry.act == Act.SERVICE:
        return output.words(f"service.{entry.reason}")
    return output.words(f"audit.reason.{entry.reason}")
