"""kiosk registry doctor: checks everything the library's server depends on, and advises on what is wrong."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime

from kiosk.commands import output
from kiosk.commands.doctor import wording
from kiosk.commands.parser import Commands
from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import RegistrySettings, check_registry_settings, read_registry_settings
from kiosk.domain.errors import KioskError
from kiosk.domain.health import Finding

_SECONDS = 40.0
_LEDGER_SECONDS = 1800.0
"""All rows are compared: about twenty seconds for a million links."""


def add(commands: Commands) -> None:
    commands.add_of_server("doctor", doctor).option("--json", action="store_true")


def doctor(home: RegistryHome, options: argparse.Namespace) -> int:
    return wording.report(examine(home), json=options.json)


def examine(home: RegistryHome) -> list[Finding]:
    """Run every check, in the order in which problems should be fixed; with a wrong registry.toml, what can be checked without it."""
    from kiosk.checks.disk import check_disk, check_ledger_disk, check_space
    from kiosk.checks.logfile import check_log
    from kiosk.checks.server.keys import check_key_files
    from kiosk.checks.time_limit import take
    from kiosk.checks.timeserver import check_time_server

    config, decided = check_config(home)
    settings = decided or RegistrySettings()
    keys = home.keys(settings.keys)
    passwords = [home.folder / settings.database.password_file] if settings.database.password_file else []
    return [
        *take(("server-config",), lambda: config, _SECONDS),
        # Before the keys are read: reading them tightens their permissions.
        *take(("site-key",), lambda: check_key_files(keys, passwords), _SECONDS),
        *(_examine_ledger(home, decided) if decided is not None else []),
        *take(("time-server",), check_time_server, _SECONDS),
        *take(("disk",), lambda: check_disk(keys), _SECONDS),
        *take(("ledger-disk",), lambda: check_ledger_disk(home.data, is_elsewhere=bool(settings.database.url)), _SECONDS),
        *take(("space",), lambda: check_space(home.data), _SECONDS),
        *take(("log",), lambda: check_log(home.logs), _SECONDS),
    ]


def check_config(home: RegistryHome) -> tuple[Finding, RegistrySettings | None]:
    """Check registry.toml; also returns the settings, None if there are mistakes."""
    try:
        mistakes: list[KioskError] = list(check_registry_settings(home.config))
    except KioskError as error:
        mistakes = [error]
    if mistakes:
        what = "\n".join(output.explain(mistake) for mistake in mistakes)
        return Finding("server-config.wrong", {"file": str(home.config), "what": what}), None
    return Finding("server-config.fine", {"file": str(home.config)}), read_registry_settings(home.config)


def _examine_ledger(home: RegistryHome, settings: RegistrySettings) -> list[Finding]:
    from kiosk.checks.server import ledger
    from kiosk.checks.server.backups import check_backups
    from kiosk.checks.server.counters import check_counters, check_sheet
    from kiosk.checks.server.keys import check_certificate
    from kiosk.checks.time_limit import take
    from kiosk.registry.opening import open_registry

    now = datetime.now(UTC)
    names = settings.server.names or settings.server.certified
    checks: tuple[tuple[tuple[str, ...], Callable[[], Finding | list[Finding]], float], ...]
    try:
        registry = open_registry(home, settings)
    except KioskError as error:
        return [ledger.unreachable(error)]
    checks = (
        (("ledger", "rows", "trail"), lambda: ledger.check_ledger(registry), _LEDGER_SECONDS),
        (("commits",), lambda: ledger.check_durability(registry), _SECONDS),
        (("nightly",), lambda: ledger.check_nightly(registry, now), _SECONDS),
        (("certificate",), lambda: check_certificate(registry.tls, names, now), _SECONDS),
        (("sheet",), lambda: check_sheet(registry), _SECONDS),
        (("backups",), lambda: check_backups(registry, now), _SECONDS),
        (("counters",), lambda: check_counters(registry, now), _SECONDS),
        (("server-clock",), lambda: ledger.check_server_clock(registry, now.astimezone()), _SECONDS),
    )
    try:
        return [finding for names_, look, limit in checks for finding in take(names_, look, limit)]
    except KioskError as error:  # lost on the way
        return [ledger.unreachable(error)]
    finally:
        registry.close()
