"""Counters take the links of a list by snapshot, whatever they did meanwhile; what they stopped offline stops it there too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.config.registry_home import RegistryHome
from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.model import LibraryCardNumber
from kiosk.registry.moving.gathered import Gathered
from kiosk.registry.moving.moving_in import move_in
from kiosk.registry.remembered_file import RememberedFile
from kiosk.registry.tls import authority_pem
from kiosk.store.sync.enrolment import enrol
from kiosk.store.sync.server_url import ServerUrl
from kiosk.store.sync.tls import Authority, read_certificate
from tests.support.registry.sent_operations import fresh_token
from tests.support.registry.served_home import in_touch, opened, serving
from tests.support.sync.enrolled_counter import EnrolledCounter


@pytest.fixture
def counters(home: RegistryHome, tmp_path: Path) -> Iterator[list[EnrolledCounter]]:
    made = []
    with serving(home) as url, opened(home) as registry:
        authority = Authority(read_certificate(authority_pem(registry.tls)))
        for name in ("窓口1", "窓口2"):
            secret = fresh_secret()
            known = enrol(ServerUrl.parse(url), authority, registry.enrolment.open(name, authority.der), secret)
            made.append(EnrolledCounter(tmp_path / name / "kiosk.db", url, authority, known.counter, known.site_key, secret))
    yield made
    for counter in made:
        counter.stop()
        counter.store.close()


def take_in(home: RegistryHome, tokens: dict[str, bytes]) -> None:
    rows = Gathered()
    for line, (number, token) in enumerate(tokens.items(), 1):
        rows.add(line, token, number)
    with opened(home) as registry:
        registry.remember()
        kept = RememberedFile(home.folder / "keys").load()
        assert move_in(registry.ledger.database, registry.site_key.key, rows, kept, registry.clock()).taken == len(tokens)
        registry.remember()


def test_every_counter_has_the_list_and_what_was_stopped_offline_stays_stopped(home: RegistryHome, counters: list[EnrolledCounter]) -> None:
    one, other = counters
    own, listed = fresh_token(), {f"{2_000_000_000 + n}": fresh_token().digest for n in range(50)}
    with in_touch(home, one):
        one.link(own, LibraryCardNumber("1000000001"))
        one.until_settled()
    lost = next(iter(listed))
    # Somebody has reported the card lost while the server was away for it.
    other.unlink(LibraryCardNumber(lost))
    take_in(home, listed)
    expected = {"1000000001": own.digest} | {number: token for number, token in listed.items() if number != lost}
    for counter in (other, one):
        with in_touch(home, counter):
            counter.until_settled().until(lambda counter: counter.links() == expected)
    with opened(home) as registry:
        assert not registry.ledger.verify().findings
