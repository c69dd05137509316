"""kiosk registry counters: which counters are enrolled and how each is. What is not known is said to be unknown."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.parser import Commands
from kiosk.commands.registry.opened import opened
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.calendar import JAPAN, second_in_japan
from kiosk.domain.wire import Position

if TYPE_CHECKING:
    from kiosk.registry.counters import EnrolledCounter
    from kiosk.registry.open_codes import OpenCode
    from kiosk.registry.opening import OpenedRegistry

_VERSION = 1
"""Of the JSON output."""
_TOLD_HERE = frozenset({"counters.ahead", "backups.failing", "backups.old", "backups.unread", "backups.ahead"})
"""Outcomes of checks."""
_BACKUP_SECONDS = 10.0
"""The folder may lie on a share that hangs."""


def add(commands: Commands) -> None:
    commands.add_of_server("counters", list_counters).option("--json", action="store_true")


def list_counters(home: RegistryHome, options: argparse.Namespace) -> int:
    with opened(home) as registry:
        head = registry.ledger.head().position
        counters, codes = registry.counters.all(), registry.enrolment.open_codes()
        if options.json:
            told = [_as_json(counter, head) for counter in counters]
            waiting = [{"name": code.name, "until": _iso(code.until), "uses": code.uses, "many": code.is_for_many} for code in codes]
            output.tell_json({"version": _VERSION, "counters": told, "codes": waiting})
            return output.OK
        for counter in counters:
            _tell(counter, head)
        for counter in counters:
            if counter.doubled is not None:
                output.warn("registry.counters.doubled", name=counter.name, at=second_in_japan(counter.doubled))
        for code in codes:
            _tell_code(code)
        if not counters and not codes:
            output.warn("registry.counters.none")
        _warn(registry)
    return output.OK


def _tell(counter: EnrolledCounter, head: Position) -> None:
    unknown, heard, lag = output.words("registry.counters.unknown"), counter.heard, counter.lag(head)
    digest = {True: "agrees", False: "differs", None: "unknown"}[counter.agrees(head)]
    output.tell(
        "registry.counters.one",
        name=counter.name,
        state=output.words(f"registry.counters.state.{counter.state}"),
        version=(heard.version if heard else "") or unknown,
        seen=second_in_japan(heard.at) if heard else output.words("registry.counters.never"),
        lag=unknown if lag is None else output.words("registry.counters.lag", count=lag),
        digest=output.words(f"registry.counters.digest.{digest}"),
        pending=output.words("registry.counters.pending", count=heard.pending) if heard else unknown,
    )


def _warn(registry: OpenedRegistry) -> None:
    """Say on stderr that backups fail, or that this server lacks what counters know: who looks at the counters may not look at `doctor`."""
    from kiosk.checks.server.backups import check_backups
    from kiosk.checks.server.counters import check_counters
    from kiosk.checks.time_limit import take
    from kiosk.commands.doctor import wording

    (backups,) = take(("backups",), lambda: check_backups(registry, registry.clock()), _BACKUP_SECONDS)
    for finding in (check_counters(registry, registry.clock()), backups):
        if finding.outcome in _TOLD_HERE:
            print(f"{wording.title(finding)}: {wording.found(finding)}\n{wording.advice(finding)}", file=sys.stderr)


def _tell_code(code: OpenCode) -> None:
    until = second_in_japan(code.until)
    key = "registry.counters.code-for-many" if code.is_for_many else "registry.counters.code"
    output.tell(key, name=code.name, uses=code.uses, until=until)


def _as_json(counter: EnrolledCounter, head: Position) -> dict[str, object]:
    heard = counter.heard
    return {
        "name": counter.name,
        "state": counter.state.value,
        "enrolled": _iso(counter.enrolled),
        "version": heard.version or None if heard else None,
        "seen": _iso(heard.at) if heard else None,
        "lag": counter.lag(head),
        "agrees": counter.agrees(head),
        "pending": heard.pending if heard else None,
        "doubled": counter.doubled is not None,
    }


def _iso(at: datetime) -> str:
    return at.astimezone(JAPAN).isoformat(timespec="seconds")
