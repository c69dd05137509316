"""The demo's library server, a real one, as this counter hears of it, and the other counter."""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.demo.registry.late_sync import LateSync
from kiosk.demo.registry.library_server import DemoLibraryServer
from kiosk.demo.registry.process import ServerProcess
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.events import Event, OperationRefused, RegistryChanged
from kiosk.domain.model import RegistryCondition, Revocation
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from tests.support.store.enrolled import CARD_A, CARD_B, NUMBER_1
from tests.support.wait import wait_until

NAME = "登録カウンター 2"
LIMIT = 60.0


class Heard:
    """What the windows would be told."""

    def __init__(self) -> None:
        self.posted: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def until(self, wanted: Callable[[Event], bool]) -> Event:
        end = time.monotonic() + LIMIT
        while True:
            event = self.posted.get(timeout=max(0.0, end - time.monotonic()))
            if wanted(event):
                return event

    def until_at(self, condition: RegistryCondition) -> None:
        self.until(lambda event: isinstance(event, RegistryChanged) and event.condition is condition)


@pytest.fixture
def keys() -> Keys:
    return Keys.fresh()


@pytest.fixture
def store(tmp_path: Path, keys: Keys) -> Iterator[Repository]:
    with Repository(tmp_path / "kiosk.db", keys, NAME, lambda: datetime.now(UTC)) as store:
        yield store


@pytest.fixture
def server(tmp_path: Path, keys: Keys) -> Iterator[DemoLibraryServer]:
    server = DemoLibraryServer(tmp_path / "registry", keys.site, NAME)
    yield server
    server.close()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def sync(server: DemoLibraryServer, store: Repository, heard: Heard) -> Iterator[LateSync]:
    assert server.takes_in(store)
    sync = LateSync(server, store, timedelta(days=1), heard.posted.put)
    yield sync
    sync.stop(limit=LIMIT)


def test_until_the_server_answers_nothing_is_known_and_nobody_waits(sync: LateSync) -> None:
    sync.wake()
    sync.look()
    with pytest.raises(Unavailable) as refused:
        sync.find(CARD_A)
    assert refused.value.code is Code.REGISTRY_UNREACHABLE


def test_a_counter_with_links_of_an_earlier_demo_stays_alone(server: DemoLibraryServer, store: Repository) -> None:
    store.save_link(uuid4(), CARD_A, NUMBER_1, revocation=Revocation.NOT_CHECKED)
    assert not server.takes_in(store)
    assert not store.is_enrolled()


def test_all_that_the_tour_shows(server: DemoLibraryServer, store: Repository, sync: LateSync, heard: Heard) -> None:
    """One run: the server takes seconds to start."""
    sync.start()
    heard.until_at(RegistryCondition.CURRENT)
    wait_until(server.has_settled, "the other counter", LIMIT)
    server.register_elsewhere(CARD_A, NUMBER_1)
    wait_until(server.has_settled, "the link made elsewhere", LIMIT)
    assert store.find(CARD_A) is not None
    server.unlink_elsewhere(NUMBER_1)
    wait_until(server.has_settled, "the stop made elsewhere", LIMIT)
    assert store.find(CARD_A) is None

    server.cut()
    heard.until_at(RegistryCondition.UNREACHABLE)
    operation = uuid4()
    assert store.save_link(operation, CARD_A, NUMBER_1, revocation=Revocation.NOT_CHECKED)
    server.register_elsewhere(CARD_B, NUMBER_1)
    wait_until(server.has_settled, "the other counter", LIMIT)
    server.mend()
    refused = heard.until(lambda event: isinstance(event, OperationRefused))
    assert isinstance(refused, OperationRefused)
    assert (refused.refused.operation, refused.refused.code) == (operation, Code.NUMBER_LINKED_ELSEWHERE)
    heard.until_at(RegistryCondition.CURRENT)

    server.cut()
    server.skip()
    heard.until_at(RegistryCondition.TOO_LONG_OFFLINE)
    server.come_back()
    server.mend()
    heard.until_at(RegistryCondition.CURRENT)

    server.retire()
    heard.until_at(RegistryCondition.SHUT_OUT)


@pytest.mark.linux("signal 0")
def test_the_server_ends_with_whoever_started_it(tmp_path: Path, keys: Keys) -> None:
    process = ServerProcess(tmp_path / "server", keys.site, [NAME])
    assert list(process.codes()) == [NAME]
    assert process.port()
    process.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


@pytest.mark.linux("waitid")
def test_a_server_whose_input_ends_ends_too(tmp_path: Path, keys: Keys) -> None:
    """As when the demo is killed."""
    process = ServerProcess(tmp_path / "server", keys.site, [NAME])
    assert process.port()
    process.let_go()
    # Not waited for in earnest: that is for whoever started it.
    ended = os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG
    wait_until(lambda: os.waitid(*ended) is not None, "the server to end", LIMIT)
    process.stop()
