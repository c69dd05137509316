"""A server's whole machine is put back, keys and all, as by a virtual machine's snapshot: only its counters know."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.config.registry_home import RegistryHome
from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.model import RegistryCondition
from kiosk.domain.operations import AcceptedAt
from kiosk.domain.registry_json import read_operation
from kiosk.domain.wire import Position
from kiosk.registry.answers import Batch
from kiosk.registry.backup.restoring import Machine, begin_epoch
from kiosk.registry.opening import open_server_database
from kiosk.registry.remembered import Remembered
from kiosk.registry.remembered_file import RememberedFile
from kiosk.registry.tls import authority_pem
from kiosk.store.sync.enrolment import enrol
from kiosk.store.sync.server_url import ServerUrl
from kiosk.store.sync.tls import Authority, read_certificate
from tests.support.registry.sent_operations import Maker, fresh_number, fresh_token
from tests.support.registry.served_home import in_touch, opened, serving
from tests.support.sync.enrolled_counter import EnrolledCounter
from tests.support.wait import LIMIT, wait_until


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
        key, settings, at = registry.site_key, registry.settings, registry.clock()
    machine = Machine(home.folder / "keys", home.folder / "backups", lambda: open_server_database(home, settings, create=False))
    return begin_epoch(machine, key, None, at)


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


def test_it_is_noticed_too_by_an_answer_that_the_feed_never_followed_and_no_card_is_revived(
    home: RegistryHome, counter: EnrolledCounter
) -> None:
    token, number = fresh_token(), fresh_number()
    counter.link(token, number)
    with in_touch(home, counter):
        counter.until_settled()
    held = counter.store.position()
    unlinking = counter.unlink(number)
    # So it was told by a server whose machine was then put back, and which others have carried on.
    counter.store.answer({unlinking: AcceptedAt(Position(held.epoch, held.cursor + 1))}, held.epoch)
    with opened(home) as registry:
        others = Maker("窓口2", (held.epoch, held.cursor))
        registry.ledger.apply([Batch((read_operation(others.link()), read_operation(others.link())))])
    with in_touch(home, counter):
        counter.until_condition(RegistryCondition.OUTDATED)
        wait_until(lambda: remembered(home).ahead is not None, "what the counter knows to be remembered", LIMIT)
    new_epoch(home)
    with in_touch(home, counter):
        counter.until(lambda here: here.store.position().epoch > held.epoch).until_settled()
    assert counter.store.find(token) is None
    with opened(home) as registry:
        assert not registry.ledger.find_links([token]).links
