"""Service, reader, authorities and revocation lists: whatever a tap rests on before any card is laid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kiosk.commands.doctor.finding import Finding
from kiosk.commands.output import explain, why, words
from kiosk.config import Home, RevocationSource, Settings
from kiosk.domain.calendar import JAPAN
from kiosk.domain.errors import Code, KioskError
from kiosk.domain.visible import visible

if TYPE_CHECKING:
    from kiosk.smartcard.authority import Authority
    from kiosk.smartcard.reader import ReaderMonitor

_SOON = timedelta(days=90)
_LISTS_SECONDS = 60.0
"""How long lists that have changed are read."""


def readers_now(monitor: ReaderMonitor) -> tuple[str, ...]:
    """The names of the readers there are."""
    from kiosk.smartcard.reader import ReaderState

    # Waiting for a change from what cannot be returns at once.
    return tuple(state.name for state in monitor.wait((ReaderState("", present=False),)))


def check_readers(settings: Settings, open_monitor: Callable[[], ReaderMonitor]) -> list[Finding]:
    """The PC/SC service, then what it knows."""
    from kiosk.smartcard.watch import choose_readers

    try:
        monitor = open_monitor()
        try:
            names = readers_now(monitor)
        finally:
            monitor.release()
    except KioskError as error:
        outcome = "service.denied" if error.code is Code.READER_DENIED else "service.missing"
        return [Finding(outcome), Finding("reader.unknown")]
    service, facts = Finding("service.running"), {"names": "、".join(names)}
    if not names:
        return [service, Finding("reader.missing")]
    wanted = settings.reader.name
    chosen = choose_readers(names, wanted or None)
    return [service, Finding("reader.found", facts) if chosen else Finding("reader.other", {**facts, "wanted": wanted})]


def check_trust(home: Home, now: datetime) -> Finding:
    from kiosk.smartcard.trust import PUBLISHED, PUBLISHED_AT, TrustStore

    try:
        entries = TrustStore(home.trust).entries()
    except KioskError as error:
        return Finding("trust.wrong", {"what": explain(error)})
    if damaged := [f"{entry.file}: {why(entry.trouble)}" for entry in entries if entry.trouble]:
        return Finding("trust.wrong", {"what": "\n".join(damaged)})
    authorities = [entry.authority for entry in entries if entry.authority]
    if not authorities:
        files = "、".join(known.file for known in PUBLISHED)
        return Finding("trust.missing", {"files": files, "page": PUBLISHED_AT})
    valid = [authority for authority in authorities if authority.is_valid(now)]
    facts: dict[str, str | int] = {"count": len(valid), "ends": _last_day(valid or authorities)}
    if not valid:
        return Finding("trust.ended", facts)
    return Finding("trust.ready" if any(authority.ends - now > _SOON for authority in valid) else "trust.ending", facts)


def check_revocation(home: Home, settings: Settings | None, now: datetime) -> Finding:
    """`settings` is None where the config does not say."""
    from kiosk.smartcard.revocation import CrlFolder, Shelf, report
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
    lists = CrlFolder(folder, authorities, settings.card.list_limit, Shelf(home.held_lists, keeps=False))
    lists.refresh(_LISTS_SECONDS)
    found = report(lists, now)
    files = "".join(f"\n{file}: {words(f'list.{why}')}" for file, why in found.files)
    facts: dict[str, str | int] = {
        "count": found.count,
        "until": f"{found.until.astimezone(JAPAN):%Y-%m-%d %H:%M}" if found.until else "―",
        "numbers": found.numbers,
        "folder": visible(str(folder)),
        "files": files,
    }
    return Finding(f"revocation.{found.outcome}", facts)


def _last_day(authorities: Sequence[Authority]) -> str:
    return f"{max(authority.ends for authority in authorities).astimezone(JAPAN):%Y-%m-%d}"
