"""What a look at something the counter rests on has found: words that never change, for windows and `kiosk doctor` alike.

A check is one thing that is looked at ("store"); an outcome is what was found ("store.wrong"). Whoever adds one adds its row here, its
sentences `command.doctor.<outcome>` (and `-next` unless all is well), and for a check of WATCHED `staff.health.<outcome>` too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique


@unique
class Condition(StrEnum):
    """From the best to the worst."""

    OK = "ok"
    UNKNOWN = "unknown"
    """Not looked at, or nobody tells. Never to be taken for fine."""
    CARE = "care"
    """The counter works, but somebody ought to know or to decide."""
    WRONG = "wrong"
    """The counter does not do what it is there for, or what it keeps is in danger."""


UNSEEN, OVERDUE, BUG = "unseen", "overdue", "bug"
"""Outcomes of every check: not looked at yet; looked for, but no answer came in time; and a bug of ours in the check itself."""

_OK, _UNKNOWN, _CARE, _WRONG = Condition
OUTCOMES: Mapping[str, Condition] = {
    "config.fine": _OK,
    "config.wrong": _WRONG,
    "service.running": _OK,
    "service.missing": _WRONG,
    "service.denied": _WRONG,
    "service.silent": _WRONG,
    "reader.found": _OK,
    "reader.missing": _WRONG,
    "reader.other": _WRONG,
    "reader.unknown": _UNKNOWN,
    "trust.ready": _OK,
    "trust.ending": _CARE,
    "trust.ended": _WRONG,
    "trust.missing": _WRONG,
    "trust.unusable": _WRONG,
    "trust.wrong": _WRONG,
    "trust.unread": _WRONG,
    "revocation.fresh": _OK,
    "revocation.none": _CARE,
    "revocation.undecided": _WRONG,
    "revocation.missing": _WRONG,
    "revocation.stale": _WRONG,
    "revocation.too-old": _WRONG,
    "revocation.partly": _WRONG,
    "revocation.unlimited": _CARE,
    "revocation.files": _CARE,
    "store.fine": _OK,
    "store.new": _OK,
    "store.wrong": _WRONG,
    "store.doubted": _WRONG,
    "store.unsafe": _CARE,
    "records.fine": _OK,
    "records.wrong": _WRONG,
    "audit.fine": _OK,
    "audit.broken": _WRONG,
    "keys.credential-manager": _OK,
    "keys.secret-service": _OK,
    "keys.file": _OK,
    "keys.new": _OK,
    "keys.wrong": _WRONG,
    "files.closed": _OK,
    "files.open": _WRONG,
    "files.unknown": _UNKNOWN,
    "recovery.confirmed": _OK,
    "recovery.unconfirmed": _WRONG,
    "recovery.new": _CARE,
    "ils.none": _OK,
    "ils.ready": _OK,
    "ils.plain": _CARE,
    "ils.lacking": _CARE,
    "ils.trouble": _WRONG,
    "ils.unknown": _UNKNOWN,
    "handover.off": _OK,
    "handover.found": _OK,
    "handover.several": _CARE,
    "handover.missing": _CARE,
    "handover.missing-program": _CARE,
    "handover.impossible": _WRONG,
    "handover.unknown": _UNKNOWN,
    "slips.none": _OK,
    "slips.kept": _OK,
    "slips.left": _CARE,
    "slips.unread": _UNKNOWN,
    "printing.off": _OK,
    "printing.printer": _OK,
    "printing.no-printer": _WRONG,
    "printing.no-default": _WRONG,
    "printing.folder": _OK,
    "printing.no-folder": _WRONG,
    "printing.unknown": _UNKNOWN,
    "disk.encrypted": _OK,
    "disk.plain": _WRONG,
    "disk.unknown": _UNKNOWN,
    "space.enough": _OK,
    "space.little": _CARE,
    "space.none": _WRONG,
    "space.unknown": _UNKNOWN,
    "log.written": _OK,
    "log.unwritten": _WRONG,
    "clock.plausible": _OK,
    "clock.zone": _CARE,
    "clock.doubtful": _WRONG,
    "time-server.synchronised": _OK,
    "time-server.unsynchronised": _CARE,
    "time-server.unknown": _UNKNOWN,
    "displays.two": _OK,
    "displays.single": _OK,
    "displays.one": _WRONG,
    "displays.other": _WRONG,
    "displays.mirrored": _WRONG,
    "displays.small": _CARE,
    "displays.unknown": _UNKNOWN,
    "fonts.fine": _OK,
    "fonts.other": _CARE,
    "fonts.missing": _WRONG,
    "fonts.unknown": _UNKNOWN,
}

_MINUTE, _HOUR = 60.0, 3600.0
WATCHED: Mapping[str, float] = {
    "service": 30.0,
    "reader": 30.0,
    "store": _MINUTE,
    # Nobody looks: each act that is written down tells, or is told of.
    "records": math.inf,
    "trust": _MINUTE,
    "clock": _MINUTE,
    "displays": _MINUTE,
    "revocation": _MINUTE,
    "printing": 5 * _MINUTE,
    "log": 10 * _MINUTE,
    "files": 10 * _MINUTE,
    "space": _MINUTE,
    "disk": _HOUR,
    "recovery": _MINUTE,
}
"""What a running counter looks at again and again, with the seconds from one look to the next; in the order in which people read it."""
_GRACE = 45.0
"""A look may take so long beyond its time."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`params` fill its sentences and hold nothing personal; a `code` among them is a `Code`, whose own sentences say what is wrong."""

    outcome: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    at: datetime | None = None
    """When it was looked at (aware); of one that is overdue, when last. None: never."""

    @property
    def check(self) -> str:
        return self.outcome.partition(".")[0]

    @property
    def word(self) -> str:
        """The outcome without its check."""
        return self.outcome.partition(".")[2]

    @property
    def condition(self) -> Condition:
        if self.found_nothing:
            return Condition.WRONG if self.word == BUG else Condition.UNKNOWN
        return OUTCOMES[self.outcome]

    @property
    def found_nothing(self) -> bool:
        """Nobody knows how it stands: the outcome is one of every check's."""
        return self.word in (UNSEEN, OVERDUE, BUG)

    @property
    def is_well(self) -> bool:
        return self.condition is Condition.OK

    def number(self, name: str) -> int | None:
        """A number that was counted; None where it was not."""
        value = self.params.get(name)
        return value if isinstance(value, int) else None


def unseen(check: str) -> Finding:
    return Finding(f"{check}.{UNSEEN}")


def overdue(check: str, last: datetime | None = None) -> Finding:
    return Finding(f"{check}.{OVERDUE}", at=last)


def bug_in(check: str, incident: str, **known: str | int) -> Finding:
    """`known`: what was found all the same."""
    return Finding(f"{check}.{BUG}", {"incident": incident, **known})


def best_before(check: str) -> float:
    """Seconds after which nobody may go by what was found."""
    return WATCHED[check] * 2 + _GRACE


def worst(findings: Iterable[Finding]) -> Condition:
    order = list(Condition)
    return max((finding.condition for finding in findings), key=order.index, default=Condition.OK)


def cares(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What somebody has to see to, worst first, otherwise in the order given."""
    order = list(Condition)
    found = (finding for finding in findings if finding.condition in (Condition.CARE, Condition.WRONG))
    return tuple(sorted(found, key=lambda finding: -order.index(finding.condition)))
