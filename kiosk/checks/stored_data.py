"""Keys, store, audit trail and recovery sheet: what must not be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.config import Home, Settings
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.domain.health import Finding
from kiosk.equipment import key_place_of, open_repository

if TYPE_CHECKING:
    from kiosk.store.key_location import KeyPlace
    from kiosk.store.repository import Repository


def check_keeping(home: Home, settings: Settings) -> list[Finding]:
    """Check everything as a counter starting now would find it. Verifies the whole audit trail."""
    try:
        if not home.has_store():
            place = key_place_of(home, settings)
            place.check_first_start()
            # The site key may have been restored from a recovery sheet.
            keys = _check_first_keys(place) if place.store.load() is None else _check_keys(home, settings)
            return [keys, Finding("store.new"), Finding("recovery.new")]
    except KioskError as error:
        return [_check_keys(home, settings), Finding("store.wrong", {"code": error.code, **error.params})]
    return [_check_keys(home, settings), *_check_all(home, settings)]


def check_store(repository: Repository) -> Finding:
    """Check that the store of a running counter can be read, by counting its content."""
    try:
        repository.look()
        month = repository.this_month()
        params: dict[str, str | int] = {
            "links": repository.count_links(),
            "pending": repository.pending_count(),
            "registered": month.registrations,
            "used": month.uses,
        }
        doubt, troubles, dropped = repository.doubt, repository.troubles(), repository.links_dropped()
    except KioskError as error:
        return Finding("store.wrong", {"code": error.code, **error.params})
    if doubt is not None:
        return Finding("store.doubted", {"code": doubt.code, **dict(doubt.params), **params})
    if troubles:
        return Finding("store.unsafe", {"code": troubles[0], **params})
    return Finding("store.migrated", {"dropped": dropped, **params}) if dropped else Finding("store.fine", params)


def check_recovery(repository: Repository, site_key: bytes) -> Finding | None:
    """Whether staff have confirmed the recovery sheet, which an enrolled counter has none of; None if the store cannot be read."""
    from kiosk.ledger.recovery_sheet import fingerprint

    try:
        if repository.is_enrolled():
            return Finding("recovery.with-server")
        confirmed = repository.sheet_confirmed(fingerprint(site_key))
    except KioskError:
        return None
    return Finding("recovery.confirmed" if confirmed else "recovery.unconfirmed")


def _check_first_keys(place: KeyPlace) -> Finding:
    """Whether the keys can be made when the counter starts for the first time."""
    if place.passed_over is not None:
        return Finding("keys.new-file", {"code": place.passed_over.code, **place.passed_over.params})
    try:
        place.store.try_out()
    except KioskError as error:
        return _keys_unusable(error)
    return Finding("keys.new")


def _keys_unusable(error: KioskError) -> Finding:
    outcome = "keys.unusable" if error.code is Code.CREDENTIAL_STORE_UNUSABLE else "keys.wrong"
    return Finding(outcome, {"code": error.code, **error.params})


def _check_keys(home: Home, settings: Settings) -> Finding:
    try:
        kept = key_place_of(home, settings)
        if kept.store.load() is None:
            raise Unavailable(Code.STORE_KEY_MISSING)
        kept.store.try_out()
    except KioskError as error:
        return _keys_unusable(error)
    place = kept.store.describe()
    return Finding("keys.avoidable-file" if kept.is_avoidable_file() else f"keys.{place.kind}", {"place": place.place})


def _check_all(home: Home, settings: Settings) -> list[Finding]:
    try:
        repository, keys = open_repository(home, settings)
        with repository:
            store = check_store(repository)
            recovery = check_recovery(repository, keys.site)
            broken, rows = repository.verify_audit(), repository.audit_head().rows
    except KioskError as error:
        return [Finding("store.wrong", {"code": error.code, **error.params})]
    audit = Finding("audit.fine", {"rows": rows}) if broken is None else Finding("audit.broken", {"row": broken})
    return [store, audit, *([recovery] if recovery else [])]
