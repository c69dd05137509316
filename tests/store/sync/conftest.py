"""A real server of the library in this process, or one that can lie, and counters beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.domain.counter_secret import fresh_secret
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from kiosk.store.sync.enrolment import enrol
from kiosk.store.sync.server_url import ServerUrl
from kiosk.store.sync.tls import Authority, read_certificate
from tests.support.registry.sites import InProcess, in_process
from tests.support.sync.enrolled_counter import EnrolledCounter
from tests.support.sync.paced_session import PacedSession
from tests.support.sync.scripted_registry import SITE_KEY, ScriptedRegistry


@pytest.fixture
def site(tmp_path: Path) -> Iterator[InProcess]:
    with in_process("", tmp_path / "server") as here:
        yield here


NewCounter = Callable[[], EnrolledCounter]


@pytest.fixture
def new_counter(site: InProcess, tmp_path: Path) -> Iterator[NewCounter]:
    """Enrols one more counter; its sync is not started."""
    with ExitStack() as opened:

        def enrolled() -> EnrolledCounter:
            name, secret, authority = site.fresh_name(), fresh_secret(), Authority(read_certificate(site.authority))
            known = enrol(ServerUrl.parse(site.url), authority, site.code(name), secret)
            path = tmp_path / f"{name}.db"
            return opened.enter_context(EnrolledCounter(path, site.url, authority, known.counter, known.site_key, secret))

        yield enrolled


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedRegistry]:
    """One that can lie."""
    with ScriptedRegistry(tmp_path) as server:
        yield server


@pytest.fixture
def counter(server: ScriptedRegistry, tmp_path: Path) -> Iterator[EnrolledCounter]:
    """Enrolled with it; its sync is not started."""
    with EnrolledCounter(tmp_path / "kiosk.db", server.url, server.authority, "窓口1", SITE_KEY) as counter:
        yield counter


@pytest.fixture
def store(server: ScriptedRegistry, tmp_path: Path) -> Iterator[Repository]:
    """Enrolled with the server that can lie."""
    with Repository(tmp_path / "kiosk.db", Keys(bytes(32), SITE_KEY), "窓口1", lambda: datetime.now(UTC)) as store:
        store.enrol(server.url, "窓口1")
        yield store


@pytest.fixture
def session(server: ScriptedRegistry, store: Repository) -> Iterator[PacedSession]:
    """Of this store with this server; hours pass in seconds."""
    with closing(PacedSession(store, server)) as session:
        yield session
