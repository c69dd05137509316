"""Checks of an enrolled counter: whether the library's server can be reached and trusted, and whether the two agree."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kiosk.commands.doctor.registry_findings import Heard, Standing, findings
from kiosk.config import Home, Settings
from kiosk.domain.errors import KioskError, Unavailable
from kiosk.domain.health import Finding
from kiosk.domain.registry_contact import clock_difference
from kiosk.domain.registry_wire import FeedPage
from kiosk.equipment import keys_of, now, open_repository, registry_credentials

if TYPE_CHECKING:
    from kiosk.store.enrolled_store import Membership
    from kiosk.store.repository import Repository
    from kiosk.store.sync.credentials import Credentials
    from kiosk.store.sync.tls import Authority

_SECONDS = 10.0
_TRIES = 3


def check_registry(home: Home, settings: Settings) -> list[Finding]:
    """Ask the server once, and count the links here row by row: a row that was changed behind the program is found."""
    try:
        record = keys_of(home, settings).load()
        if record is not None and record.is_erased:
            return [Finding("registry.left")]
        if not home.has_store():
            return [Finding("registry.alone")]
        repository, _ = open_repository(home, settings)
        with repository:
            membership = repository.membership()
            if membership is None:
                return [Finding("registry.alone")]
            credentials = registry_credentials(home, settings)
            if credentials is None:
                return [Finding("registry.incomplete", {"url": membership.registry, "counter": membership.counter})]
            standing, heard = _compared(repository, membership, credentials)
    except KioskError:
        # Reported by the check of the store.
        return [Finding("registry.unknown")]
    return findings(standing, heard, settings.counter.name, settings.registry.max_offline, now())


def _compared(repository: Repository, membership: Membership, credentials: Credentials) -> tuple[Standing, Heard]:
    """What both sides say of the same position, if the counter that runs beside does not go on meanwhile. Raises Unavailable."""
    standing, heard = _standing(repository, membership), ask(membership, credentials, now)
    for _ in range(_TRIES - 1):
        if heard.status is None or standing.summed[0] == heard.status.head:
            break
        membership = repository.membership() or membership
        standing, heard = _standing(repository, membership), ask(membership, credentials, now)
    return standing, heard


def _standing(repository: Repository, membership: Membership) -> Standing:
    examined, staged = repository.examine(aside=False), repository.staged()
    return Standing(
        membership,
        repository.pending_count(),
        len(repository.unsent_unlinkings()),
        len(repository.refused_operations()),
        examined is None,
        repository.sum_up(),
        None if staged is None else staged.count,
    )


def ask(membership: Membership, credentials: Credentials, clock: Callable[[], datetime]) -> Heard:
    """Ask for what follows the links here, without applying it."""
    from kiosk.store.sync.client import RegistryClient
    from kiosk.store.sync.client import Standing as Told
    from kiosk.store.sync.connection import Connection, Limits
    from kiosk.store.sync.server_url import ServerUrl

    url, limits = ServerUrl.parse(membership.registry), Limits(connect=_SECONDS, silence=_SECONDS, whole=_SECONDS)
    with closing(Connection.verified(url, credentials.authority, limits)) as connection:
        before = clock()
        try:
            answer = RegistryClient(connection, credentials.secret, credentials.version).feed(membership.reached, Told())
        except Unavailable as error:
            return Heard(error.code)
        after = clock()
    ends = _certificate_end(url.host.strip("[]"), url.port, credentials.authority)
    if not isinstance(answer, FeedPage):
        return Heard(said=answer, status=answer.ledger, ends=ends)
    return Heard(status=answer.status, ends=ends, ahead=clock_difference(answer.status.time, before, after))


def _certificate_end(host: str, port: int, authority: Authority) -> datetime | None:
    """When the certificate ends that the server shows; None if it could not be asked again."""
    from kiosk.store.sync.tls import trusting

    try:
        with (
            socket.create_connection((host, port), timeout=_SECONDS) as plain,
            trusting(authority).wrap_socket(plain, server_hostname=host) as verified,
        ):
            ends = (verified.getpeercert() or {}).get("notAfter")
    except OSError:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None
