"""The whole way of a counter from being alone to being one of many, and what stops it on the way."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from kiosk.commands.output import words
from kiosk.config import Home, read_settings
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.errors import Code
from kiosk.equipment import open_repository, open_sync
from kiosk.ledger.database import ask
from kiosk.ledger.running_lock import RunningLock
from kiosk.registry.tls import authority_pem
from kiosk.store.cipher import open_file
from kiosk.store.lone_backup import keys_for
from kiosk.store.sync.tls import Authority, read_certificate
from kiosk.text import plain, say
from tests.support.commands.call import Call
from tests.support.commands.list_moving import links
from tests.support.commands.lone_counter import LoneCounter, founded, lone, number
from tests.support.commands.server import opened
from tests.support.registry.served_home import serving
from tests.support.store.enrolled import REGISTRY
from tests.support.wait import wait_until

__all__ = ["founded", "lone"]


def test_alone_then_erased_then_enrolled_it_has_its_links_again(
    kiosk: Call, registry: Call, founded: RegistryHome, lone: LoneCounter, home: Home, tmp_path: Path
) -> None:
    lone.link(1, 2)
    config = home.config.read_bytes()
    assert registry("adopt", str(lone.backup())).code == 0
    with serving(founded) as url:
        server = opened(founded)
        authority = Authority(read_certificate(authority_pem(server.tls)))
        code = server.enrolment.open("窓口1", authority.der).formatted()
        server.close()
        said = kiosk("enrol", url, typed=f"{code}\n")
        assert (said.code, "kiosk registry adopt" in said.err) == (1, True)
        erased = kiosk("erase", "--yes", "--lose", "2")
        assert erased.code == 0, erased.err
        assert not home.config.exists(), "docs say to keep a copy"
        home.prepare()
        home.config.write_bytes(config)
        said = kiosk("enrol", url, typed=f"{code}\n")
        assert said.code == 0, said.err
        settings = read_settings(home.config)
        with open_repository(home, settings)[0] as store:
            begin = open_sync(home, settings, store)
            assert begin is not None
            sync = begin(lambda event: None)
            sync.start()
            wait_until(lambda: store.count_links() == 2, "the links")
            sync.stop()
            # As a card gives it, under the key that the counter had when it was alone.
            assert [link is not None and link.number for link in map(store.find, map(lone.token, (1, 2)))] == [number(1), number(2)]


@pytest.mark.parametrize("dry", [False, True])
def test_no_server_may_run_but_for_a_dry_run(registry: Call, founded: RegistryHome, lone: LoneCounter, *, dry: bool) -> None:
    lone.link(1)
    backup = str(lone.backup())
    with RunningLock(founded.lock):
        said = registry("adopt", backup, *(["--dry-run"] if dry else []))
    assert (said.code, plain(say(f"refusal.{Code.REGISTRY_SERVING}.staff")) in said.err) == ((0, False) if dry else (1, True))
    assert links(founded) == {}


def test_an_enrolled_counter_has_nothing_to_take(kiosk: Call, registry: Call, founded: RegistryHome, lone: LoneCounter, home: Home) -> None:
    repository, _ = open_repository(home, read_settings(home.config))
    with repository as store:
        store.enrol(REGISTRY, "窓口1")
    said = registry("adopt", str(lone.backup()))
    assert (said.code, said.err.strip()) == (1, words("registry.adopt.unfit.enrolled"))


def test_a_backup_of_an_earlier_version_is_to_be_made_anew(registry: Call, founded: RegistryHome, lone: LoneCounter) -> None:
    backup = lone.backup()
    keys = keys_for(backup, [lone.site_key])
    assert keys is not None
    with closing(open_file(backup, keys.database, settings=False)) as connection:
        connection.execute("PRAGMA user_version = 2")
    said = registry("adopt", str(backup))
    assert (said.code, said.err.strip()) == (1, words("registry.adopt.unfit.earlier"))


def test_links_written_behind_the_program_are_not_taken(registry: Call, founded: RegistryHome, lone: LoneCounter) -> None:
    """By somebody who has the counter's keys: no act tells of them."""
    lone.link(1)
    backup = lone.backup()
    keys = keys_for(backup, [lone.site_key])
    assert keys is not None
    with closing(open_file(backup, keys.database, settings=False)) as connection:
        connection.execute("UPDATE link SET number = '2100000077'")
    said = registry("adopt", str(backup))
    assert (said.code, plain(say(f"refusal.{Code.LINKS_ALTERED}.staff")) in said.err) == (1, True)
    assert links(founded) == {}


def test_what_breaks_off_has_taken_nothing(registry: Call, founded: RegistryHome, lone: LoneCounter) -> None:
    """Half way through the trail, behind all links."""
    lone.link(1, 2, 3)
    backup = str(lone.backup())
    server = opened(founded)
    with server.ledger.database.writing() as database:
        fails = "BEGIN SELECT raise(FAIL, 'disk I/O error'); END"
        ask(database, f"CREATE TRIGGER failing BEFORE INSERT ON audit WHEN NEW.act = 'backup' AND NEW.counter <> 'registry' {fails}")
    server.close()
    assert registry("adopt", backup).code == 1
    server = opened(founded)
    with server.ledger.database.writing() as database:
        ask(database, "DROP TRIGGER failing")
    server.close()
    assert links(founded) == {}
    assert registry("adopt", backup).code == 0
    assert len(links(founded)) == 3
