"""Keys, store, audit trail and recovery sheet: whatever must not be lost."""

from __future__ import annotations

from kiosk.commands.doctor.finding import Finding
from kiosk.commands.output import explain
from kiosk.config import Home, Settings
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.equipment import keys_of, open_repository


def check_keeping(home: Home, settings: Settings) -> list[Finding]:
    try:
        if not home.has_store():
            return [Finding("keys.new"), Finding("store.new"), Finding("recovery.new")]
    except KioskError as error:
        return [Finding("store.wrong", {"what": explain(error)})]
    return [check_keys(home, settings), *check_store(home, settings)]


def check_keys(home: Home, settings: Settings) -> Finding:
    try:
        store = keys_of(home, settings)
        if store.load() is None:
            raise Unavailable(Code.STORE_KEY_MISSING)
    except KioskError as error:
        return Finding("keys.wrong", {"what": explain(error)})
    place = store.describe()
    return Finding(f"keys.{place.kind}", {"place": place.place})


def check_store(home: Home, settings: Settings) -> list[Finding]:
    from kiosk.store.sheet import fingerprint

    try:
        repository, keys = open_repository(home, settings)
        with repository:
            links, pending = repository.count_links(), repository.pending_count()
            broken, rows = repository.verify_audit(), repository.audit_head().rows
            confirmed = repository.sheet_confirmed(fingerprint(keys.site))
    except KioskError as error:
        return [Finding("store.wrong", {"what": explain(error)})]
    return [
        Finding("store.fine", {"links": links, "pending": pending}),
        Finding("audit.fine", {"rows": rows}) if broken is None else Finding("audit.broken", {"row": broken}),
        Finding("recovery.confirmed" if confirmed else "recovery.unconfirmed"),
    ]
