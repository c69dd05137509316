"""Findings of health checks, as stable words shared by the windows and `kiosk doctor`.

A check examines one thing ("store"); an outcome is its result ("store.wrong"). A new one needs a row here, its messages
`command.doctor.<outcome>` (and `-next` unless all is well), and for a watched check (`watched_checks.py`) also `staff.health.<outcome>`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique


@unique
class Condition(StrEnum):
    """From best to worst."""

    OK = "ok"
    UNKNOWN = "unknown"
    """Not checked, or impossible to find out. Never to be taken for OK."""
    CARE = "care"
    """The counter works, but somebody should know or decide something."""
    WRONG = "wrong"
    """The counter cannot do its job, or its data is at risk."""


UNSEEN, OVERDUE, BUG = "unseen", "overdue", "bug"
"""Outcomes of every check: not checked yet; no result in time; and a bug in the check itself."""
_OK, _UNKNOWN, _CARE, _WRONG = Condition
OUTCOMES: Mapping[str, Condition] = {
    "program.released": _OK,
    "program.trial": _WRONG,
    "config.fine": _OK,
    "config.wrong": _WRONG,
    "home.account": _OK,
    "home.machine": _OK,
    "home.machine-by-acl": _OK,
    "home.machine-everyone": _OK,
    "home.group-gone": _WRONG,
    "home.moving": _WRONG,
    "home.other": _CARE,
    "home.both": _CARE,
    "home.beside": _CARE,
    "crashes.none": _OK,
    "crashes.noted": _CARE,
    "crashes.unread": _UNKNOWN,
    "service.running": _OK,
    "service.resting": _UNKNOWN,
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
    "store.migrated": _CARE,
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
    "keys.machine": _OK,
    "keys.avoidable-file": _CARE,
    "keys.new": _OK,
    "keys.new-file": _CARE,
    "keys.unusable": _WRONG,
    "keys.wrong": _WRONG,
    "files.closed": _OK,
    "files.open": _WRONG,
    "files.group-closed": _OK,
    "files.group-open": _WRONG,
    "files.group-linked": _WRONG,
    "files.unknown": _UNKNOWN,
    "recovery.confirmed": _OK,
    "recovery.unconfirmed": _WRONG,
    "recovery.new": _CARE,
    "recovery.with-server": _OK,
    "ils.none": _OK,
    "ils.ready": _OK,
    "ils.plain": _CARE,
    "ils.lacking": _CARE,
    "ils.trouble": _WRONG,
    "ils.unknown": _UNKNOWN,
    "registry.alone": _OK,
    "registry.left": _WRONG,
    "registry.unknown": _UNKNOWN,
    "registry.incomplete": _WRONG,
    "registry.reached": _OK,
    "registry.retiring": _CARE,
    "registry.unreachable": _WRONG,
    "registry.untrusted": _WRONG,
    "registry.outdated": _WRONG,
    "registry.unexpected": _WRONG,
    "registry.shut-out": _WRONG,
    "registry.retired": _WRONG,
    "registry.revoked": _WRONG,
    "registry-certificate.valid": _OK,
    "registry-certificate.ending": _CARE,
    "registry-certificate.unknown": _UNKNOWN,
    "registry-clock.agrees": _OK,
    "registry-clock.ahead": _CARE,
    "registry-clock.behind": _CARE,
    "registry-clock.unknown": _UNKNOWN,
    "registry-contact.heard": _OK,
    "registry-contact.never": _UNKNOWN,
    "registry-contact.broken": _CARE,
    "registry-contact.too-long": _WRONG,
    "registry-operations.sent": _OK,
    "registry-operations.pending": _OK,
    "registry-operations.unlinkings": _CARE,
    "registry-operations.refused": _CARE,
    "registry-links.agree": _OK,
    "registry-links.behind": _UNKNOWN,
    "registry-links.loading": _UNKNOWN,
    "registry-links.differ": _WRONG,
    "registry-links.altered": _WRONG,
    "registry-links.unknown": _UNKNOWN,
    "registry-name.same": _OK,
    "registry-name.differs": _CARE,
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
    "disk.plain-machine": _WRONG,
    "disk.unknown": _UNKNOWN,
    "disk.unknown-machine": _UNKNOWN,
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
    "session.own": _OK,
    "session.other": _CARE,
    "session.unknown": _UNKNOWN,
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
    # of the library's server
    "server-config.fine": _OK,
    "server-config.wrong": _WRONG,
    "server-clock.plausible": _OK,
    "server-clock.zone": _CARE,
    "server-clock.doubtful": _WRONG,
    "ledger.reachable": _OK,
    "ledger.wrong": _WRONG,
    "rows.whole": _OK,
    "rows.altered": _WRONG,
    "trail.whole": _OK,
    "trail.broken": _WRONG,
    "commits.safe": _OK,
    "commits.lost": _WRONG,
    "nightly.done": _OK,
    "nightly.unfinished": _CARE,
    "nightly.late": _CARE,
    "nightly.never": _CARE,
    "nightly.altered": _WRONG,
    "site-key.closed": _OK,
    "site-key.open": _WRONG,
    "site-key.unknown": _UNKNOWN,
    "certificate.valid": _OK,
    "certificate.ending": _CARE,
    "certificate.ended": _WRONG,
    "certificate.refused": _WRONG,
    "certificate.wrong": _WRONG,
    "sheet.confirmed": _OK,
    "sheet.unconfirmed": _WRONG,
    "backups.recent": _OK,
    "backups.by-hand": _CARE,
    "backups.unusable": _CARE,
    "backups.off": _WRONG,
    "backups.none": _WRONG,
    "backups.old": _WRONG,
    "backups.ahead": _WRONG,
    "backups.failing": _WRONG,
    "backups.unread": _WRONG,
    "counters.fine": _OK,
    "counters.none": _OK,
    "counters.away": _CARE,
    "counters.silent": _CARE,
    "counters.unheard": _CARE,
    "counters.differ": _WRONG,
    "counters.ahead": _WRONG,
    "counters.doubled": _WRONG,
    "counters.stopping": _WRONG,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check. `params` fill its messages and hold nothing personal; a `code` among them is a `Code` with own messages."""

    outcome: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    at: datetime | None = None
    """When it was checked, aware; if overdue, when last. None: never."""

    @property
    def check(self) -> str:
        return self.outcome.partition(".")[0]

    @property
    def word(self) -> str:
        return self.outcome.partition(".")[2]

    @property
    def condition(self) -> Condition:
        if self.found_nothing:
            return Condition.WRONG if self.word == BUG else Condition.UNKNOWN
        return OUTCOMES[self.outcome]

    @property
    def found_nothing(self) -> bool:
        """Whether the check gave no result: not run yet, overdue, or failed through a bug."""
        return self.word in (UNSEEN, OVERDUE, BUG)

    @property
    def is_well(self) -> bool:
        return self.condition is Condition.OK

    def number(self, name: str) -> int | None:
        """A number that was counted; None if it was not."""
        return value if isinstance(value := self.params.get(name), int) else None


def unseen(check: str) -> Finding:
    return Finding(f"{check}.{UNSEEN}")


def overdue(check: str, last: datetime | None = None) -> Finding:
    return Finding(f"{check}.{OVERDUE}", at=last)


def bug_in(check: str, incident: str, **known: str | int) -> Finding:
    """The finding of a check that failed through a bug. `known`: parameters found all the same."""
    return Finding(f"{check}.{BUG}", {"incident": incident, **known})


def worst(findings: Iterable[Finding]) -> Condition:
    return max((finding.condition for finding in findings), key=list(Condition).index, default=Condition.OK)


def cares(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What needs attention, worst first, otherwise in the given order."""
    found = (finding for finding in findings if finding.condition in (Condition.CARE, Condition.WRONG))
    return tuple(sorted(found, key=lambda finding: -list(Condition).index(finding.condition)))
