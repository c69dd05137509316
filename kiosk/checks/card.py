"""PC/SC service, reader, authorities and revocation lists: what a tap depends on before a card is placed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import child_process
from kiosk.config import Home, RevocationSource, Settings
from kiosk.domain.calendar import JAPAN
from kiosk.domain.errors import Code, KioskError
from kiosk.domain.escaping import escaped
from kiosk.domain.health import Finding, bug_in, overdue

if TYPE_CHECKING:
    from kiosk.smartcard.authority import Authority
    from kiosk.smartcard.revocation import RevocationLists

_LIMIT = 6.0
"""Seconds. The service answers within milliseconds; most of this allows for starting a process on a slow machine."""
_SOON = timedelta(days=90)
_TROUBLE = {Code.READER_DENIED: "service.denied", Code.READER_SILENT: "service.silent"}


def look_at_readers(wanted: str, limit: float = _LIMIT) -> list[Finding]:
    """Query the PC/SC service and its readers in a child process: a hung service blocks its caller."""
    from kiosk.smartcard.heartbeat import reader_names

    try:
        names = child_process.call(reader_names, {}, limit)
    except child_process.Overdue:
        return lost(Code.READER_SILENT)
    except child_process.NoAnswer:
        # Our own failure, which proves nothing about the service.
        return [overdue("service"), Finding("reader.unknown")]
    except KioskError as error:
        return lost(error.code)
    return readers(tuple(names), wanted)


def readers(names: tuple[str, ...], wanted: str) -> list[Finding]:
    """The findings for a service with these readers. `wanted`: the configured reader."""
    from kiosk.smartcard.card_watch import choose_readers

    service, params = Finding("service.running"), {"names": "、".join(names)}
    if not names:
        return [service, Finding("reader.missing")]
    chosen = choose_readers(names, wanted or None)
    return [service, Finding("reader.found", params) if chosen else Finding("reader.other", {**params, "wanted": wanted})]


def lost(code: Code) -> list[Finding]:
    """The findings for a service that is unusable for this reason."""
    if code is Code.READER_MISSING:
        # Windows runs it only while a reader is attached.
        return [Finding("service.resting"), Finding("reader.missing")]
    return [Finding(_TROUBLE.get(code, "service.missing")), Finding("reader.unknown")]


def check_trust(home: Home, now: datetime) -> Finding:
    """Check the authorities in the trust folder."""
    from kiosk.smartcard.trust import TrustStore

    try:
        entries = TrustStore(home.trust).entries()
    except KioskError as error:
        return Finding("trust.unread", {"code": error.code, **error.params})
    if damaged := [f"{entry.file}\t{entry.trouble.code}\t{entry.trouble.params.get('reason', '')}" for entry in entries if entry.trouble]:
        return Finding("trust.wrong", {"damaged": "\n".join(damaged)})
    return trust([entry.authority for entry in entries if entry.authority], now)


def trust(authorities: Sequence[Authority], now: datetime, without: Code = Code.TRUST_MISSING) -> Finding:
    """The finding for these authorities, ignoring damaged files. `without`: why there are none, if so."""
    from kiosk.smartcard.trust import PUBLISHED, PUBLISHED_AT

    if not authorities and without is Code.TRUST_UNUSABLE:
        return Finding("trust.unusable")
    if not authorities:
        files = "、".join(known.file for known in PUBLISHED)
        return Finding("trust.missing", {"files": files, "page": PUBLISHED_AT})
    valid = [authority for authority in authorities if authority.is_valid(now)]
    last = max(authority.ends for authority in valid or authorities).astimezone(JAPAN)
    params: dict[str, str | int] = {
        "count": len(valid),
        "ends": f"{last:%Y-%m-%d}",
        "year": last.year,
        "month": last.month,
        "day": last.day,
    }
    if not valid:
        return Finding("trust.ended", params)
    return Finding("trust.ready" if any(authority.ends - now > _SOON for authority in valid) else "trust.ending", params)


def check_revocation(home: Home, settings: Settings | None, now: datetime) -> Finding:
    """Read and check the lists in the folder. `settings` is None if the config cannot be read."""
    from kiosk.smartcard.revocation import CHANGED_SECONDS, CrlFolder, ListCache
    from kiosk.smartcard.trust import TrustStore

    if settings is None:
        return Finding("revocation.undecided")
    if settings.card.revocation is RevocationSource.NONE:
        return Finding("revocation.none")
    folder = home.crl_folder(settings.card)
    try:
        authorities = TrustStore(home.trust).load()
    except KioskError:
        authorities = ()
    lists = CrlFolder(folder, authorities, settings.card.list_limit, ListCache(home.held_lists))
    lists.refresh(CHANGED_SECONDS)
    return revocation(lists, folder, now)


def revocation(lists: RevocationLists, folder: Path, now: datetime) -> Finding:
    """The finding for lists already loaded."""
    from kiosk.smartcard.revocation import CrlFolder, RevocationStatus, report

    if not isinstance(lists, CrlFolder):
        return Finding("revocation.none")
    found = report(lists, now)
    until = found.until.astimezone(JAPAN) if found.until else None
    params: dict[str, str | int] = {
        "count": found.count,
        "until": f"{until:%Y-%m-%d %H:%M}" if until else "―",
        "numbers": found.numbers,
        "folder": escaped(str(folder)),
        "unused": "\n".join(f"{file}\t{why}" for file, why in found.files),
        "closed": int(lists.standings(now) == {RevocationStatus.TOO_OLD}),
    }
    if lists.incident:
        return bug_in("revocation", lists.incident, closed=params["closed"])
    if until is not None:
        params |= {"month": until.month, "day": until.day, "time": f"{until:%H:%M}"}
    return Finding(f"revocation.{found.outcome}", params)
