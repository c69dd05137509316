"""kiosk serve: the library's server. Alone it begins by itself, and serves the counters of this machine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.parser import Commands, ServerHome
from kiosk.commands.registry.opened import address_of, alone, opened, warn_of_altered, warn_of_sheet
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.domain.escaping import escaped

if TYPE_CHECKING:
    from ssl import SSLContext

    from kiosk.registry.backup.keeper import BackupKeeper
    from kiosk.registry.notices.notifier import Notifier
    from kiosk.registry.opening import OpenedRegistry
    from kiosk.registry.server import RegistryServer
    from kiosk.registry.status.status_page import StatusPage

_STOP_SECONDS = 30.0


def add(commands: Commands) -> None:
    # A log of its own: no other process may rotate it.
    commands.add_of_server("serve", serve, home=ServerHome.DEFAULT_BEGUN, log="registry")


def serve(home: RegistryHome, options: argparse.Namespace) -> int:
    """Serve until a signal. Raises KioskError, also if another server runs on this home."""
    from kiosk.registry.backup.keeper import BackupKeeper, plan_of
    from kiosk.registry.nightly import Nightly
    from kiosk.registry.status.status_page import StatusPage
    from kiosk.registry.tls import server_context

    ends: list[KioskError] = []
    with ExitStack() as stack:
        stack.enter_context(alone(home))
        registry = stack.enter_context(opened(home, begins=True))
        settings = registry.settings
        if registry.is_new:
            _tell_begun(registry)
        registry.tls.renew(registry.clock())
        _warn_of_names(registry)
        keeper = BackupKeeper(plan_of(home, settings), registry.ledger, registry.site_key.key, registry.clock)
        keeper.check()
        context = server_context(registry.tls)
        _warn_of_counters(registry)
        status = StatusPage.of(registry)
        server = _server(registry, context, keeper, status)
        stack.enter_context(server.ended_by_signals())
        nightly = Nightly(registry.ledger, registry.tls, context, settings.nightly.hour, registry.clock, keeper.is_behind)

        def end(why: KioskError) -> None:
            ends.append(why)
            server.end()

        stack.enter_context(_beside("registry-nightly", nightly.run))
        stack.enter_context(_beside("registry-guard", lambda stopped: keeper.guard(stopped, end)))
        stack.enter_context(_beside("registry-backups", keeper.run))
        stack.enter_context(_beside("registry-status", status.overview.run))
        stack.enter_context(_beside("registry-notices", _notifier(registry, status, server.port).run))
        output.tell("serve.listening", address=address_of(settings, server.port))
        sys.stdout.flush()
        warn_of_sheet(registry)
        warn_of_altered(registry)
        server.run()
    if ends:
        raise ends[0]
    return output.OK


def _server(registry: OpenedRegistry, context: SSLContext, keeper: BackupKeeper, status: StatusPage) -> RegistryServer:
    """Raises Unavailable: address-unusable."""
    from kiosk.registry.api.backend import Library
    from kiosk.registry.server import RegistryServer
    from kiosk.registry.tls import authority_pem

    listens = registry.settings.server
    administered = registry.counters, registry.enrolment
    library = Library(registry.ledger, *administered, authority_pem(registry.tls), registry.clock, keeper.hear_ahead, status)
    try:
        return RegistryServer(library, context, listens.address, listens.port)
    except OSError as error:
        address = f"{listens.address}:{listens.port}"
        raise Unavailable(Code.ADDRESS_UNUSABLE, address=address, file=str(registry.home.config)) from error


def _notifier(registry: OpenedRegistry, status: StatusPage, port: int) -> Notifier:
    from kiosk.registry.backup.safe import server_name
    from kiosk.registry.notices.channels import channels_of
    from kiosk.registry.notices.notifier import Notifier
    from kiosk.registry.status.paths import STATUS

    settings = registry.settings
    return Notifier(
        registry.ledger,
        channels_of(settings.notices, registry.home.folder),
        status.overview.figures,
        silent_after=timedelta(hours=settings.notices.silent_hours),
        server=server_name(registry.home.folder),
        address=f"{address_of(settings, port)}{STATUS}",
        clock=registry.clock,
    )


@contextmanager
def _beside(name: str, work: Callable[[Event], None]) -> Iterator[None]:
    """Run `work` on a thread until the context ends."""
    stopped = Event()
    # A folder of backups on a share that hangs must not keep the server from ending.
    thread = Thread(target=work, args=(stopped,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(_STOP_SECONDS)


def _tell_begun(registry: OpenedRegistry) -> None:
    home, database = registry.home, registry.ledger.database.place
    keys = home.keys(registry.settings.keys)
    output.tell("serve.begun", config=escaped(str(home.config)), database=escaped(database), keys=escaped(str(keys)))


def _warn_of_counters(registry: OpenedRegistry) -> None:
    """Say on stderr that a counter knows more than this server."""
    if (ahead := registry.ahead) is not None:
        output.warn("serve.ahead", counter=escaped(ahead.counter))


def _warn_of_names(registry: OpenedRegistry) -> None:
    """Say on stderr which of the names in registry.toml a counter would refuse: with the library's own certificate it may be any."""
    from kiosk.registry.tls import check_as_a_counter

    names = registry.settings.server.names or registry.settings.server.certified[:1]
    for name, why in check_as_a_counter(registry.tls, names).items():
        output.warn("serve.not-accepted", name=name, why=why)
