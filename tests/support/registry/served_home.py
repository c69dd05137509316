"""A server's home served in this process, as often as a test likes, and a counter in touch with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import read_registry_settings
from kiosk.registry.api.backend import Library
from kiosk.registry.backup.keeper import BackupKeeper, plan_of
from kiosk.registry.opening import OpenedRegistry, open_registry
from kiosk.registry.server import RegistryServer
from kiosk.registry.tls import authority_pem, server_context
from tests.support.sync.enrolled_counter import EnrolledCounter


@contextmanager
def opened(home: RegistryHome) -> Iterator[OpenedRegistry]:
    registry = open_registry(home, read_registry_settings(home.config), begins=True)
    try:
        yield registry
    finally:
        registry.close()


@contextmanager
def serving(home: RegistryHome) -> Iterator[str]:
    """As `kiosk serve` puts it together. Yields the URL."""
    with opened(home) as registry:
        registry.tls.renew(registry.clock())
        keeper = BackupKeeper(plan_of(home, registry.settings), registry.ledger, registry.site_key.key, registry.clock)
        keeper.check()
        administered = registry.counters, registry.enrolment
        library = Library(registry.ledger, *administered, authority_pem(registry.tls), registry.clock, keeper.hear_ahead)
        server = RegistryServer(library, server_context(registry.tls), "127.0.0.1")
        server.start()
        try:
            yield f"https://127.0.0.1:{server.port}"
        finally:
            server.stop()
            keeper.leave()


@contextmanager
def in_touch(home: RegistryHome, counter: EnrolledCounter) -> Iterator[None]:
    """The server serves, and the counter knows where. Neither waits for the other afterwards."""
    with serving(home) as url:
        counter.store.move_to(url)
        counter.events.clear()
        counter.start()
        try:
            yield
        finally:
            counter.stop()
