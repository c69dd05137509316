"""What is to be said of an enrolled counter and the library's server, from what each of them says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kiosk.commands.output import words
from kiosk.domain.calendar import JAPAN
from kiosk.domain.errors import Code
from kiosk.domain.health import Finding
from kiosk.domain.model import RegistryCondition
from kiosk.domain.outbox import Fate, fate
from kiosk.domain.registry_contact import Contact, condition
from kiosk.domain.registry_wire import LedgerStatus

if TYPE_CHECKING:
    from kiosk.store.enrolled_store import Membership
    from kiosk.store.sync.client import Said

CHECKS = (
    *("registry", "registry-certificate", "registry-clock", "registry-contact"),
    *("registry-operations", "registry-links", "registry-name"),
)
RENEWED = timedelta(days=14)
"""The server renews its own certificate well before: one that ends sooner was not renewed."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
Facts = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of asking the server once."""

    trouble: Code | None = None
    """Why nothing came of it."""
    said: Said | None = None
    """Another reply than an answer."""
    status: LedgerStatus | None = None
    ends: datetime | None = None
    """Of the certificate that was verified."""
    ahead: int = 0
    """Seconds by which the server's clock is ahead of ours."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store says of itself."""

    membership: Membership
    pending: int = 0
    unlinkings: int = 0
    refused: int = 0
    links_hold: bool = True
    """Whether the links, counted row by row, are those that were noted."""
    summed: tuple[object, int, str] = field(default=(None, 0, ""))
    """Position, count and digest of the links."""
    loading: int | None = None
    """Links that have arrived of a snapshot under way."""


def findings(standing: Standing, heard: Heard, name: str, max_offline: timedelta, now: datetime) -> list[Finding]:
    """What is to be said of this counter and its server, in the order of CHECKS."""
    is_outdated = heard.status is not None and standing.membership.knows_more_than(heard.status)
    # Such a server says nothing about the links here, and its answer ends no time alone.
    status = None if is_outdated else heard.status
    return [
        Finding("registry.outdated", _who(standing.membership)) if is_outdated else _reached(standing.membership, heard),
        _certificate(heard.ends, now),
        _clock(heard),
        _contact(standing.membership, status, max_offline, now),
        _operations(standing),
        _links(standing, status),
        _name(standing.membership.counter, name),
    ]


def _who(membership: Membership) -> Facts:
    return {"url": membership.registry, "counter": membership.counter}


def _reached(membership: Membership, heard: Heard) -> Finding:
    facts = _who(membership)
    if heard.trouble is not None:
        return Finding("registry.untrusted" if heard.trouble is Code.REGISTRY_NOT_TRUSTED else "registry.unreachable", facts)
    if heard.said is not None and heard.status is None:
        meant = fate(heard.said.status, heard.said.error)
        if meant is Fate.ERASED and heard.said.counter == membership.counter:
            return Finding("registry.revoked", facts)
        if heard.said.error == "counter-retired":
            return Finding("registry.retired", facts)
        if meant in (Fate.SHUT_OUT, Fate.ERASED):
            return Finding("registry.shut-out", facts)
        return Finding("registry.unexpected", {**facts, "status": heard.said.status, "error": heard.said.error})
    retiring = heard.status is not None and heard.status.retiring
    return Finding("registry.retiring" if retiring else "registry.reached", facts)


def _certificate(ends: datetime | None, now: datetime) -> Finding:
    if ends is None:
        return Finding("registry-certificate.unknown")
    left = ends - now
    return Finding(
        "registry-certificate.ending" if left < RENEWED else "registry-certificate.valid", {"until": _at(ends), "days": left.days}
    )


def _clock(heard: Heard) -> Finding:
    if heard.status is None:
        return Finding("registry-clock.unknown")
    if not heard.ahead:
        return Finding("registry-clock.agrees")
    return Finding("registry-clock.behind" if heard.ahead > 0 else "registry-clock.ahead", {"difference": _span(abs(heard.ahead))})


def _contact(membership: Membership, status: LedgerStatus | None, max_offline: timedelta, now: datetime) -> Finding:
    if membership.heard is None:
        return Finding("registry-contact.never")
    facts: Facts = {"last": _at(membership.heard), "hours": round(max_offline / timedelta(hours=1))}
    fails = status is None
    stands = condition(Contact(membership.heard, fails=fails, in_step=not fails), now, membership.latest, max_offline)
    if stands is RegistryCondition.TOO_LONG_OFFLINE:
        return Finding("registry-contact.too-long", facts)
    return Finding("registry-contact.broken" if fails else "registry-contact.heard", facts)


def _operations(standing: Standing) -> Finding:
    facts: Facts = {"pending": standing.pending, "unlinkings": standing.unlinkings, "refused": standing.refused}
    if standing.refused:
        return Finding("registry-operations.refused", facts)
    if standing.unlinkings:
        return Finding("registry-operations.unlinkings", facts)
    return Finding("registry-operations.pending" if standing.pending else "registry-operations.sent", facts)


def _links(standing: Standing, status: LedgerStatus | None) -> Finding:
    reached, count, digest = standing.summed
    facts: Facts = {"count": count}
    if not standing.links_hold:
        return Finding("registry-links.altered", facts)
    if status is None:
        return Finding("registry-links.unknown", facts)
    if standing.membership.awaits_snapshot:
        return Finding("registry-links.loading", {"loaded": standing.loading or 0, "total": status.count})
    if reached != status.head:
        return Finding("registry-links.behind", facts)
    return Finding("registry-links.agree" if (count, digest) == (status.count, status.digest) else "registry-links.differ", facts)


def _name(name: str, configured: str) -> Finding:
    return Finding("registry-name.same" if name == configured else "registry-name.differs", {"name": name, "configured": configured})


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(JAPAN):%Y-%m-%d %H:%M}"


def _span(seconds: int) -> str:
    unit, size = ("days", _DAY) if seconds >= _DAY else ("hours", _HOUR) if seconds >= _HOUR else ("minutes", _MINUTE)
    return words(f"doctor.{unit}", count=seconds // size)
