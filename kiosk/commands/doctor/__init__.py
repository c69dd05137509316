"""kiosk doctor: checks everything the counter depends on, and advises on what is wrong."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from datetime import UTC, datetime

from kiosk.commands import output
from kiosk.commands.display import start_display
from kiosk.commands.doctor import wording
from kiosk.commands.parser import Commands
from kiosk.config import CardSettings, Home, RevocationSource, Settings, check_settings, read_settings
from kiosk.domain.calendar import day_in_japan
from kiosk.domain.errors import KioskError
from kiosk.domain.health import Finding

_SECONDS = 40.0
"""Timeout of one check, besides its own limits."""
_STORE_SECONDS = 900.0
"""The whole audit trail is verified: seven seconds for 200,000 acts."""


def add(commands: Commands) -> None:
    doctor = commands.add("doctor", act=doctor_act)
    doctor.set_defaults(for_nobody=look_around)
    doctor.option("--json", action="store_true")
    doctor.option("--ruler", action="store_true")
    doctor.option("--scan", action="store_true")
    doctor.option("--scan-item", action="store_true")


def doctor_act(home: Home, options: argparse.Namespace) -> int:
    if options.ruler:
        settings = read_settings(home.config)
        application = start_display()
        from kiosk.commands.doctor.ruler import show_ruler

        return show_ruler(application, settings.display)
    if options.scan or options.scan_item:
        from kiosk.commands.doctor.scan import try_item, try_library_card

        settings = read_settings(home.config)
        return try_item(settings) if options.scan_item else try_library_card(settings)
    return wording.report(examine(home), json=options.json)


def look_around(home: Home, options: argparse.Namespace) -> int:
    """What root finds at a counter whose group has no account: for nobody else would it be safe to open what lies there."""
    from kiosk.checks.disk import check_disk, check_space
    from kiosk.checks.program import check_program
    from kiosk.checks.time_limit import take
    from kiosk.checks.timeserver import check_time_server
    from kiosk.checks.whose import check_whose

    findings = [
        *take(("program",), check_program, _SECONDS),
        *take(("home",), lambda: check_whose(home), _SECONDS),
        *take(("time-server",), check_time_server, _SECONDS),
        *take(("disk",), lambda: check_disk(home.folder, opens_to_all=True), _SECONDS),
        *take(("space",), lambda: check_space(home.folder), _SECONDS),
    ]
    return wording.report(findings, json=options.json)


def examine(home: Home) -> list[Finding]:
    """Run every check, in the order in which problems should be fixed. None delays the next beyond its timeout."""
    from kiosk.checks.card import check_revocation, check_trust, look_at_readers
    from kiosk.checks.crashes import check_crashes
    from kiosk.checks.disk import check_disk, check_space
    from kiosk.checks.displays import check_displays, check_fonts
    from kiosk.checks.displays import look as look_at_displays
    from kiosk.checks.files import check_files
    from kiosk.checks.handover import check_handover
    from kiosk.checks.logfile import check_log
    from kiosk.checks.policies import check_policies
    from kiosk.checks.printing import check_printing
    from kiosk.checks.program import check_program
    from kiosk.checks.session import check_session
    from kiosk.checks.stored_data import check_keeping
    from kiosk.checks.time_limit import take
    from kiosk.checks.timeserver import check_time_server
    from kiosk.checks.whose import check_whose
    from kiosk.commands.doctor.library import check_ils
    from kiosk.commands.doctor.registry import check_registry
    from kiosk.commands.doctor.slips import check_slips
    from kiosk.equipment import has_key_of_computer

    now = datetime.now(UTC)
    config, decided = check_config(home)
    settings = decided or Settings(CardSettings(RevocationSource.NONE))

    def screens() -> list[Finding]:
        seen = look_at_displays()
        return [check_displays(settings.display, seen.displays if seen else None), check_fonts(seen)]

    return [
        *take(("program",), check_program, _SECONDS),
        *take(("config",), lambda: config, _SECONDS),
        *take(("home",), lambda: check_whose(home), _SECONDS),
        # Says whose readers and screens the others are about.
        *(take(("session",), check_session, _SECONDS) if sys.platform == "win32" else ()),
        *take(("service", "reader"), lambda: look_at_readers(settings.reader.name), _SECONDS),
        # Before the keys are read: reading them tightens their permissions.
        *take(("files",), lambda: check_files(home, settings), _SECONDS),
        *take(("trust",), lambda: check_trust(home, now), _SECONDS),
        *take(("revocation",), lambda: check_revocation(home, decided, now), _SECONDS),
        *take(("clock",), lambda: _check_clock(home, settings), _SECONDS),
        *take(("time-server",), check_time_server, _SECONDS),
        *take(("keys", "store", "recovery"), lambda: check_keeping(home, settings), _STORE_SECONDS),
        *take(("registry",), lambda: check_registry(home, settings), _STORE_SECONDS),
        *take(("ils",), lambda: check_ils(home, decided), _SECONDS * 3),
        *take(("handover",), lambda: check_handover(decided), _SECONDS),
        *take(("local-api",), lambda: _check_local_api(home, settings), _SECONDS),
        *take(("printing",), lambda: check_printing(settings.slip, home.slip_folder(settings.slip)), _SECONDS),
        *take(("slips",), lambda: check_slips(home, settings, day_in_japan(now)), _SECONDS),
        *take(("disk",), lambda: check_disk(home.data, opens_to_all=has_key_of_computer(home, settings)), _SECONDS),
        *take(("keys-disk",), lambda: _check_keys_disk(home, settings), _SECONDS),
        *take(("space",), lambda: check_space(home.data), _SECONDS),
        *take(("log",), lambda: check_log(home.logs), _SECONDS),
        *take(("crashes",), lambda: check_crashes(home), _SECONDS),
        *take(("policies",), check_policies, _SECONDS),
        *take(("displays", "fonts"), screens, _SECONDS),
    ]


def check_config(home: Home) -> tuple[Finding, Settings | None]:
    """Check the configuration; also returns the settings, None if there are mistakes."""
    try:
        mistakes: list[KioskError] = list(check_settings(home.config))
    except KioskError as error:
        mistakes = [error]
    if mistakes:
        what = "\n".join(output.explain(mistake) for mistake in mistakes)
        return Finding("config.wrong", {"file": str(home.config), "what": what}), None
    return Finding("config.fine", {"file": str(home.config)}), read_settings(home.config)


def _check_keys_disk(home: Home, settings: Settings) -> list[Finding]:
    from kiosk.checks.disk import check_keys_disk
    from kiosk.checks.files import key_file

    key = key_file(home, settings)
    return check_keys_disk(home.data, None if key is None else key.parent)


def _check_local_api(home: Home, settings: Settings) -> Finding:
    from kiosk.checks.local_api import check_local_api
    from kiosk.equipment import open_repository

    clients = 0
    # What keeps the store from being read is said by its own check.
    with suppress(KioskError):
        if settings.local_api.on and home.has_store():
            repository, _ = open_repository(home, settings)
            with repository:
                clients = len(repository.local_clients())
    return check_local_api(settings.local_api, clients)


def _check_clock(home: Home, settings: Settings) -> Finding:
    """Check the clock against the authorities and, if the store opens, against the last recorded act."""
    from kiosk.domain.clock import check_clock, clock_bounds
    from kiosk.equipment import open_repository
    from kiosk.smartcard.trust import TrustStore

    begins, last = [], None
    try:
        begins = [authority.begins for authority in TrustStore(home.trust).load()]
        if home.has_store():
            repository, _ = open_repository(home, settings)
            with repository:
                last = repository.left_at
    except KioskError:
        # Reported by the checks of trust and store.
        pass
    return check_clock(datetime.now().astimezone(), clock_bounds(begins, last))
