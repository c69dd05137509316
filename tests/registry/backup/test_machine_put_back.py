"""A server's whole machine is put back, keys and all, as by a virtual machine's snapshot: only its counters know."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.config.registry_home import RegistryHome
from kiosk.config.registry_settings import read_registry_settings
from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.model import RegistryCondition
from kiosk.domain.new_epoch import LARGEST_HEARD
from kiosk.domain.registry_json import read_operation
from kiosk.domain.wire import Position
from kiosk.registry.answers import Batch
from kiosk.registry.api.backend import Library
from kiosk.registry.backup.keeper import BackupKeeper, plan_of
from kiosk.registry.backup.restoring import Machine, begin_epoch
from kiosk.registry.opening import OpenedRegistry, open_registry, open_server_database
from kiosk.registry.remembered import Remembered
from kiosk.registry.remembered_file import RememberedFile
from kiosk.registry.server import RegistryServer
from kiosk.registry.tls import authority_pem, server_context
from kiosk.store.sync.enrolment import enrol
from kiosk.store.sync.server_url import ServerUrl
from kiosk.store.sync.tls import Authority, read_certificate
from tests.registry.backup.test_keeper import keeper_of
from tests.registry.backup.test_new_epoch import put_back
from tests.support.backup.server_machine import ServerMachine
from tests.support.registry.sent_operations import Maker, fresh_number, fresh_token
from tests.support.sync.enrolled_counter import EnrolledCounter
from tests.support.wait import wait_until

LIMIT = 20.0


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


@pytest.fixture
def home(tmp_path: Path) -> RegistryHome:
    home = RegistryHome(tmp_path / "server")
    home.folder.mkdir(mode=0o700)
    home.config.write_text("[server]\nport = 0\n", "utf-8")
    home.prepare()
    return home


@pytest.fixture
def counter(home: RegistryHome, tmp_path: Path) -> Iterator[EnrolledCounter]:
    with serving(home) as url, opened(home) as registry:
        authority, secret = Authority(read_certificate(authority_pem(registry.tls))), fresh_secret()
        known = enrol(ServerUrl.parse(url), authority, registry.enrolment.open("窓口1", authority.der), secret)
    with EnrolledCounter(tmp_path / "kiosk.db", url, authority, known.counter, known.site_key, secret) as counter:
        yield counter


def remembered(home: RegistryHome) -> Remembered:
    known = RememberedFile(home.folder / "keys").load()
    assert known is not None
    return known


def new_epoch(home: RegistryHome) -> Remembered:
    """As `kiosk registry begin-epoch`."""
    with opened(home) as registry:
        key, settings, at = registry.site_key.key, registry.settings, registry.clock()
    machine = Machine(home.folder / "keys", home.folder / "backups", lambda: open_server_database(home, settings, create=False))
    return begin_epoch(machine, key, None, at)


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


@pytest.fixture
def put_back_machine(home: RegistryHome, counter: EnrolledCounter, tmp_path: Path) -> Position:
    """As it was before the counter stopped a card. Returns what it holds."""
    number = fresh_number()
    counter.link(fresh_token(), number)
    with in_touch(home, counter):
        counter.until_settled()
    shutil.copytree(home.folder, tmp_path / "snapshot")
    held = counter.store.position()
    counter.unlink(number)
    with in_touch(home, counter):
        counter.until_settled()
    shutil.rmtree(home.folder)
    (tmp_path / "snapshot").rename(home.folder)
    return held


def test_it_is_noticed_by_what_its_counters_know_and_nothing_is_lost(
    home: RegistryHome, counter: EnrolledCounter, put_back_machine: Position
) -> None:
    epoch = put_back_machine.epoch
    with in_touch(home, counter):
        counter.until_condition(RegistryCondition.OUTDATED)
        wait_until(lambda: remembered(home).ahead is not None, "what the counter knows to be remembered", LIMIT)
    assert new_epoch(home).epochs.cuts == ((epoch, 0),)
    with in_touch(home, counter):
        counter.until(lambda here: here.store.position().epoch > epoch).until_settled()
    with opened(home) as registry:
        assert registry.ledger.head().count == 0, "what was stopped was stopped again"
    assert counter.links() == {}
    assert remembered(home).ahead is None


def test_it_is_noticed_too_where_others_have_carried_the_server_on_meanwhile(
    home: RegistryHome, counter: EnrolledCounter, put_back_machine: Position
) -> None:
    others = Maker("窓口2", (put_back_machine.epoch, put_back_machine.cursor))
    with opened(home) as registry:
        registry.ledger.apply([Batch((read_operation(others.link()),))])
        assert registry.ledger.head().position == counter.store.position()
    with in_touch(home, counter):
        counter.until_condition(RegistryCondition.OUTDATED)
    assert counter.links() == {}
    assert remembered(home).ahead is not None


# --- what counters say ------------------------------------------------------------------------------------------------------


def test_a_new_epoch_is_above_every_one_that_a_counter_has_named(machine: ServerMachine) -> None:
    """As where an earlier restore was made by a clock that was years ahead."""
    epoch = machine.ledger.head().position.epoch + 10**9
    keeper = keeper_of(machine)
    keeper.check()
    keeper.hear_ahead("中央1", Position(epoch, 3))
    machine.link(20)
    keeper.check()
    kept = machine.back_up()
    keeper.leave()
    assert machine.begin_epoch().epochs.current == epoch + 1
    keeper.check()
    keeper.hear_ahead("中央1", Position(epoch + 7, 3))
    keeper.leave()
    assert machine.restore(kept.path).now.epochs.current == epoch + 8


def test_nothing_holds_of_what_a_server_that_is_behind_may_have_accepted_since_it_was_put_back(machine: ServerMachine) -> None:
    """Nobody knows since when. It may have begun again meanwhile, and a counter that knew no more may have been there first."""
    machine.link(10)
    machine.remember()
    begun = machine.begin_epoch().position
    machine.link(20, 21)
    assert cut_once_behind(machine) == begun.cursor


def test_what_is_so_old_that_it_was_erased_holds(machine: ServerMachine) -> None:
    """Else every link that is sent again would be refused as made too long ago."""
    machine.link(20, 21)
    machine.later(days=40)
    machine.link(22)
    floor = machine.ledger.compact().floor
    assert cut_once_behind(machine) == floor == machine.ledger.head().position.cursor - 1


def cut_once_behind(machine: ServerMachine) -> int:
    """Of a new epoch, after a counter has named what is not here."""
    head = machine.ledger.head().position
    keeper = keeper_of(machine)
    keeper.check()
    keeper.hear_ahead("中央1", Position(head.epoch, head.cursor + 9))
    keeper.leave()
    return dict(machine.begin_epoch().epochs.cuts)[head.epoch]


def test_what_a_counter_names_is_not_taken_for_remembered_where_nothing_could_be(machine: ServerMachine) -> None:
    keeper = keeper_of(machine)
    keeper.check()
    ahead, file = Position(machine.ledger.head().position.epoch, 9), machine.keys / "outlives-restore.json"
    file.unlink()
    keeper.hear_ahead("中央1", ahead)
    keeper.check()
    keeper.hear_ahead("中央1", ahead)
    keeper.leave()
    known = RememberedFile(machine.keys).load()
    assert known is not None
    assert known.ahead is not None


def test_a_backup_of_what_was_lost_holds_as_far_as_the_two_orders_are_known_to_be_one(machine: ServerMachine) -> None:
    machine.link(10, 11)
    machine.remember()
    common, rows, outlives = machine.ledger.head().position, machine.rows(), (machine.keys / "outlives-restore.json").read_bytes()
    machine.link(20, 21)
    kept = machine.back_up()
    put_back(machine, rows)
    (machine.keys / "outlives-restore.json").write_bytes(outlives)
    machine.link(30)
    keeper = keeper_of(machine)
    keeper.check()
    keeper.hear_ahead("中央1", kept.manifest.position)
    keeper.leave()
    restored = machine.restore(kept.path)
    assert restored.now.epochs.cuts == ((common.epoch, common.cursor),)
    assert restored.lacking == 1


def test_nor_does_it_hold_once_a_backup_of_what_was_lost_is_put_back(machine: ServerMachine) -> None:
    machine.remember()
    common, rows = machine.ledger.head().position, machine.rows()
    outlives = (machine.keys / "outlives-restore.json").read_bytes()
    machine.link(20, 21)
    kept = machine.back_up()
    put_back(machine, rows)
    (machine.keys / "outlives-restore.json").write_bytes(outlives)
    keeper = keeper_of(machine)
    keeper.check()
    machine.link(30)
    keeper.hear_ahead("中央1", Position(common.epoch, common.cursor + 2))
    keeper.leave()
    assert machine.restore(kept.path).now.epochs.cuts == ((common.epoch, common.cursor),)


def test_backups_of_what_was_lost_are_kept_and_make_nothing_safe(machine: ServerMachine) -> None:
    machine.remember()
    rows, outlives = machine.rows(), (machine.keys / "outlives-restore.json").read_bytes()
    machine.link(20, 21)
    lost = machine.back_up()
    put_back(machine, rows)
    (machine.keys / "outlives-restore.json").write_bytes(outlives)
    keeper = keeper_of(machine, keep=1)
    keeper.check()
    keeper.hear_ahead("中央1", lost.manifest.position)
    machine.link(30)
    machine.later(minutes=5)
    keeper.back_up()
    assert machine.ledger.head().safe.cursor == 0
    assert lost.path.exists()
    keeper.leave()


def test_the_furthest_is_remembered_and_no_absurd_epoch_is(machine: ServerMachine) -> None:
    head = machine.ledger.head().position
    keeper = keeper_of(machine)
    keeper.check()
    keeper.hear_ahead("中央1", Position(LARGEST_HEARD + 1, 0))
    known = RememberedFile(machine.keys).load()
    assert known is not None
    assert known.ahead is None
    keeper.hear_ahead("中央1", Position(head.epoch, head.cursor + 5))
    keeper.hear_ahead("分館1", Position(head.epoch, head.cursor + 3))
    keeper_of(machine).hear_ahead("分館1", Position(head.epoch, head.cursor + 4))
    known = RememberedFile(machine.keys).load()
    assert known is not None
    assert known.ahead is not None
    assert (known.ahead.counter, known.ahead.position.cursor, known.ahead.common) == ("中央1", head.cursor + 5, 0)
    keeper.leave()
