"""The library's server opened for one command, possibly beside a running one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import RegistrySettings, read_registry_settings
from kiosk.domain.errors import Code, Refused, Unavailable

if TYPE_CHECKING:
    from kiosk.registry.opening import OpenedRegistry


@contextmanager
def opened(home: RegistryHome, *, begins: bool = False, site_key: bytes | None = None) -> Iterator[OpenedRegistry]:
    """Open the ledger, and begin one if `begins`, under `site_key` if there is no key yet.

    Raises KioskError as `open_registry` does, and for a wrong registry.toml.
    """
    from kiosk.registry.opening import open_registry

    registry = open_registry(home, read_registry_settings(home.config), begins=begins, site_key=site_key)
    try:
        yield registry
    finally:
        registry.close()


@contextmanager
def alone(home: RegistryHome) -> Iterator[None]:
    """Hold the lock of the server. Raises Refused: registry-serving."""
    from kiosk.ledger.running_lock import RunningLock

    try:
        lock = RunningLock(home.lock)
    except Unavailable as error:
        if error.code is Code.ALREADY_RUNNING:
            raise Refused(Code.REGISTRY_SERVING) from error
        raise
    with lock:
        yield


def warn_of_altered(registry: OpenedRegistry) -> None:
    """Say on stderr what the last nightly check found changed behind the program, if anything."""
    from kiosk.registry.nightly import last_check

    last = last_check(registry.ledger)
    if last is not None and last.found:
        output.warn("serve.altered", altered=altered_words(last.found.split()))


def altered_words(findings: Iterable[str]) -> str:
    """`findings`: values of `answers.Finding`."""
    return "、".join(output.words(f"doctor.altered.{part}") for part in findings)


def address_of(settings: RegistrySettings, port: int | None = None) -> str:
    """How counters call the server: by the first name of its certificate."""
    host = settings.server.certified[0]
    shown = f"[{host}]" if ":" in host else host
    return f"https://{shown}:{settings.server.port if port is None else port}"


def warn_of_sheet(registry: OpenedRegistry) -> None:
    """Say on stderr that the recovery sheet was not printed, if so."""
    if not registry.is_sheet_confirmed:
        output.warn("registry.sheet.missing")
