"""Counters after a rotation: they are given the key, take the links anew, and lose nothing of what they did; a revoked one gets no key."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.config.registry_home import RegistryHome
from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.errors import Code, Refused
from kiosk.domain.events import CounterRevoked
from kiosk.domain.model import LibraryCardNumber, LinkToken, RegistryCondition, ReplaceReason, Revocation
from kiosk.ledger.database import ask
from kiosk.registry.remembered_file import RememberedFile
from kiosk.registry.rotation.rotating import prepare, rotate
from kiosk.registry.site_key import SiteKeyFile
from kiosk.registry.tls import authority_pem
from kiosk.store.keys import Keys
from kiosk.store.recovery import make_backup, unseal
from kiosk.store.sync.enrolment import enrol
from kiosk.store.sync.server_url import ServerUrl
from kiosk.store.sync.tls import Authority, read_certificate
from tests.support.registry.sent_operations import fresh_token
from tests.support.registry.served_home import opened, serving
from tests.support.sync.enrolled_counter import DATABASE_KEY, Clock, EnrolledCounter


def number(place: int) -> LibraryCardNumber:
    return LibraryCardNumber(f"{2_000_000_000 + place}")


@pytest.fixture
def counters(home: RegistryHome, tmp_path: Path) -> Iterator[list[EnrolledCounter]]:
    made: list[EnrolledCounter] = []
    with serving(home) as url:
        made += [enrolled(home, url, tmp_path, name) for name in ("窓口1", "窓口2")]
    yield made
    for counter in made:
        counter.stop()
        counter.store.close()


def enrolled(home: RegistryHome, url: str, folder: Path, name: str) -> EnrolledCounter:
    with opened(home) as registry:
        authority, secret = Authority(read_certificate(authority_pem(registry.tls))), fresh_secret()
        known = enrol(ServerUrl.parse(url), authority, registry.enrolment.open(name, authority.der), secret)
    return EnrolledCounter(folder / name / "kiosk.db", url, authority, known.counter, known.site_key, secret)


@contextmanager
def in_touch(home: RegistryHome, *counters: EnrolledCounter, in_turn: bool = False) -> Iterator[None]:
    """`in_turn`: one is up to date before the next begins, so that the last need not wait for what the others have to send."""
    with serving(home) as url:
        for counter in counters:
            counter.store.move_to(url)
            counter.events.clear()
            counter.start()
            if in_turn:
                counter.until_condition(RegistryCondition.CURRENT)
        try:
            yield
        finally:
            for counter in counters:
                counter.stop()


def rotated(home: RegistryHome) -> None:
    with opened(home) as registry:
        registry.remember()
        keys = SiteKeyFile(home.folder / "keys")
        prepared = prepare(keys, registry.site_key, registry.clock())
        kept = RememberedFile(home.folder / "keys").load()
        rotate(registry.ledger.database, keys, prepared, kept, registry.clock())
    with opened(home) as registry:
        registry.remember()


def of_server(home: RegistryHome, cards: dict[LinkToken, LibraryCardNumber]) -> dict[str, bytes]:
    """What counters have to hold: tokens under the last key, by number."""
    with opened(home) as registry:
        chain = registry.site_key.chain
        assert not registry.ledger.verify().findings
        assert registry.ledger.head().count == len(cards)
    return {of.text: chain.wrapped(card, chain.first, chain.newest).digest for card, of in cards.items()}


def test_one_that_slept_through_two_rotations_loses_nothing_and_does_nothing_twice(
    home: RegistryHome, counters: list[EnrolledCounter]
) -> None:
    one, asleep = counters
    standing, lost, late, late_again, new = (fresh_token() for _ in range(5))
    with in_touch(home, one, asleep):
        one.link(standing, number(1))
        one.link(lost, number(2))
        for counter in counters:
            counter.until_settled().until(lambda counter: counter.store.count_links() == 2)
    operation = asleep.link(late, number(3))
    asleep.unlink(number(2))
    asleep.link(late_again, number(1), ReplaceReason.RENEWED)
    rotated(home)
    with in_touch(home, one):
        one.until(lambda counter: counter.condition is RegistryCondition.CURRENT)
        one.link(new, number(4))
    rotated(home)
    # It serves whom it knows, and does more, before it has heard of any of it.
    assert asleep.store.find(late_again) is not None
    with in_touch(home, one, asleep, in_turn=True):
        cards = {late_again: number(1), late: number(3), new: number(4)}
        for counter in (asleep, one):
            counter.until_settled().until(lambda counter: counter.store.count_links() == 3)
    expected = of_server(home, cards)
    for counter in counters:
        assert counter.links() == expected
        assert {card: link.number for card in cards if (link := counter.store.find(card))} == cards
        assert all(link.token == card for card in cards if (link := counter.store.find(card)))
        assert counter.store.find(standing) is None
        assert counter.store.examine(aside=False) is None
    # Whoever repeats an act of before, such as after a crash, is told that it is done.
    assert asleep.store.save_link(operation, late, number(3), revocation=Revocation.GOOD) is False
    with opened(home) as registry:
        made = registry.ledger.database.read(lambda database: ask(database, "SELECT count(*) FROM operation").fetchone())
    assert made == (6,)


def test_it_goes_on_under_the_new_key(home: RegistryHome, counters: list[EnrolledCounter], tmp_path: Path) -> None:
    """Cards linked, found and unlinked after a rotation; a store opened anew; a counter enrolled since."""
    one, other = counters
    first, second = fresh_token(), fresh_token()
    with in_touch(home, one, other):
        one.link(first, number(1))
        one.until_settled()
    rotated(home)
    with serving(home) as url:
        newcomer = enrolled(home, url, tmp_path, "窓口3")
    counters.append(newcomer)
    with in_touch(home, one, other, newcomer):
        newcomer.until_settled().until(lambda counter: counter.store.find(first))
        newcomer.link(second, number(2))
        one.until(lambda counter: counter.store.find(second))
        assert one.sync is not None
        found = one.sync.find(first)
        assert found is not None
        assert (found.token, found.number) == (first, number(1))
        one.unlink(number(1))
        other.until(lambda counter: counter.store.find(first) is None and counter.store.find(second))
        for counter in counters:
            counter.until_settled()
    expected = of_server(home, {second: number(2)})
    again = EnrolledCounter(one.path, one.url, one.authority, one.name, one.site_key, one.secret)
    with again:
        assert again.links() == expected
        assert again.store.doubt is None
        assert again.store.examine(aside=False) is None


def test_a_revoked_counter_is_given_no_key(home: RegistryHome, counters: list[EnrolledCounter]) -> None:
    one, gone = counters
    with in_touch(home, one, gone):
        one.link(fresh_token(), number(1))
        one.until_settled()
    with opened(home) as registry:
        registry.counters.revoke(gone.name)
    rotated(home)
    with in_touch(home, one, gone):
        gone.until_told(CounterRevoked)
        one.until_settled()
    assert [member.newest_generation > 0 for counter in counters if (member := counter.store.membership())] == [True, False]


@pytest.mark.trial
def test_a_server_put_back_to_before_it_with_the_old_key_is_not_followed(
    home: RegistryHome, counters: list[EnrolledCounter], tmp_path: Path
) -> None:
    """A machine without the new key takes the old backup with the old sheet; rotated again there, it has a key that no counter knows."""
    one, _ = counters
    card = fresh_token()
    with in_touch(home, one):
        one.link(card, number(1))
        one.until_settled()
    before = tmp_path / "before"
    shutil.copytree(home.folder, before)
    rotated(home)
    with in_touch(home, one):
        one.until_settled()
    links, old = one.links(), RegistryHome(before)
    for _ in range(2):
        with in_touch(old, one):
            one.until_condition(RegistryCondition.OUTDATED)
        assert one.links() == links
        assert one.store.find(card) is not None
        rotated(old)


def test_a_backup_of_a_counter_opens_with_the_sheet_of_the_last_key(
    home: RegistryHome, counters: list[EnrolledCounter], tmp_path: Path
) -> None:
    one, _ = counters
    rotated(home)
    with in_touch(home, one):
        one.until_condition(RegistryCondition.CURRENT)
    newest = one.store.sealing_key()
    with opened(home) as registry:
        assert newest == registry.site_key.key
    copy = make_backup(one.path, Keys(DATABASE_KEY, one.site_key), tmp_path / "copies", Clock()(), under=newest)
    sealed = copy.with_suffix(".keys").read_bytes()
    assert unseal(sealed, newest).database == DATABASE_KEY
    with pytest.raises(Refused) as refused:
        unseal(sealed, one.site_key)
    assert refused.value.code is Code.RECOVERY_MISMATCH
