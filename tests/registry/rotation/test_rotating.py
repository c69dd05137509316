"""Another site key: all that holds a token is brought under it in one transaction, and whoever has the key before alone has no card's."""

from __future__ import annotations

import hmac
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.domain.errors import Code, Refused, Unavailable
from kiosk.domain.model import Revocation, UnlinkReason
from kiosk.domain.operations import AcceptedAt, RefusedFor
from kiosk.domain.wire import LinkOperation, Position, UnlinkOperation
from kiosk.ledger.audit import AuditTrail
from kiosk.ledger.database import ask
from kiosk.registry import presence
from kiosk.registry.answers import Contact
from kiosk.registry.backup.restoring import begin_epoch
from kiosk.registry.database import open_database
from kiosk.registry.enrolment import Enrolment
from kiosk.registry.moving.moving_in import LedgerAltered
from kiosk.registry.site_key import SiteKey, SiteKeyFile
from tests.registry.conftest import NewMachine, with_ledger
from tests.support.backup.server_machine import SITE_KEY, ServerMachine, number, token


@pytest.fixture
def on_sqlite(new_machine: NewMachine) -> ServerMachine:
    """The same ledger, where it does not matter in which database it is."""
    return with_ledger(new_machine())


def wrapped(card: int, *keys: bytes) -> bytes:
    digest = token(card).digest
    for key in keys:
        digest = hmac.digest(key, digest, "sha256")
    return digest


def keys_of(machine: ServerMachine) -> SiteKey:
    found = SiteKeyFile(machine.keys).load()
    assert found is not None
    return found


def heard(machine: ServerMachine) -> None:
    """All counters are in the new epoch: nothing is deferred."""
    position = machine.ledger.head().position
    machine.ledger.heard_all({name: Contact(position, 0, "1.0", differs=False) for name in ("中央1", "分館1")})


def test_all_tokens_are_wrapped_in_a_new_epoch_and_the_order_goes_on(machine: ServerMachine) -> None:
    """Links 1, 2, 4 … 7 were there, and the stop of 3."""
    before = machine.ledger.head()
    rotated = machine.rotate()
    key = machine.site_key
    assert key != SITE_KEY
    assert (rotated.links, rotated.epoch) == (6, int(machine.now.timestamp()))
    rows = machine.rows()
    assert {row[0] for row in rows["link"]} == {wrapped(card, key) for card in (1, 2, 4, 5, 6, 7)}
    assert [row[2] for row in rows["stop"]] == [wrapped(3, key)]
    head = machine.ledger.head()
    assert head.position == Position(rotated.epoch, before.position.cursor)
    assert head.epochs.cuts == ((before.position.epoch, before.position.cursor),)
    assert head.key_generation == rotated.site_key.generation > before.key_generation
    assert machine.is_whole()
    machine.remember()
    machine.unlink(5)
    assert machine.is_whole()


def test_no_token_of_before_is_left_in_any_row(on_sqlite: ServerMachine) -> None:
    on_sqlite.rotate()
    told = repr(on_sqlite.rows()) + json.dumps([row[5] for row in on_sqlite.rows()["feed"]])
    assert not [card for card in range(1, 8) if token(card).digest.hex() in told or repr(token(card).digest) in told]
    file = (on_sqlite.folder / "registry.db").read_bytes()
    log = on_sqlite.folder / "registry.db-wal"
    on_disk = file + (log.read_bytes() if log.exists() else b"")
    assert not [card for card in range(1, 8) if token(card).digest in on_disk or token(card).digest.hex().encode() in on_disk]


def test_it_is_written_down_without_any_key(on_sqlite: ServerMachine) -> None:
    rotated = on_sqlite.rotate()
    with on_sqlite.database.reading() as database:
        last = AuditTrail(database).page(len(on_sqlite.rows()["audit"]) - 1)[-1]
    assert (last.act, last.counter, last.number) == ("key-rotated", "registry", None)
    assert last.checked == f"epoch:{rotated.epoch} cursor:8 rewritten:6"


def test_what_counters_send_under_an_earlier_key_is_about_the_same_cards(on_sqlite: ServerMachine) -> None:
    """Made before the first rotation, sent after the second."""
    origin, other = on_sqlite.origin(), on_sqlite.origin("分館1")
    known = LinkOperation(origin, token(1), number(1), Revocation.GOOD, by_guardian=False)
    new = LinkOperation(other, token(20), number(20), Revocation.GOOD, by_guardian=False)
    on_sqlite.rotate()
    on_sqlite.rotate()
    heard(on_sqlite)
    assert all(isinstance(answer, AcceptedAt) for answer in on_sqlite.send(known, new))
    both = [key for _, key in keys_of(on_sqlite).chain.later]
    assert len(both) == 2
    assert {row[0]: row[1] for row in on_sqlite.rows()["link"]}[wrapped(20, *both)] == number(20).text
    assert on_sqlite.ledger.head().count == 7
    assert on_sqlite.is_whole()


def test_what_was_sent_before_is_answered_again_and_not_done_twice(machine: ServerMachine) -> None:
    operation = LinkOperation(machine.origin(), token(30), number(30), Revocation.GOOD, by_guardian=False)
    (first,) = machine.send(operation)
    assert isinstance(first, AcceptedAt)
    machine.rotate()
    machine.rotate()
    heard(machine)
    cursor = machine.ledger.head().position.cursor
    (again,) = machine.send(operation)
    assert again == AcceptedAt(Position(machine.ledger.head().position.epoch, first.position.cursor))
    assert machine.ledger.head().position.cursor == cursor
    other = replace(operation, number=number(31))
    assert machine.send(other) == [RefusedFor(Code.OPERATION_REUSED)]


def test_a_stopped_card_stays_stopped_for_what_was_made_before(on_sqlite: ServerMachine) -> None:
    early = LinkOperation(
        on_sqlite.origin("分館1", known=Position(on_sqlite.ledger.head().position.epoch, 3)),
        token(3),
        number(40),
        Revocation.GOOD,
        by_guardian=False,
    )
    on_sqlite.rotate()
    heard(on_sqlite)
    assert on_sqlite.send(early) == [RefusedFor(Code.STOPPED_SINCE)]


def test_a_key_that_was_never_the_librarys_is_refused_but_an_unlinking_counts(on_sqlite: ServerMachine) -> None:
    on_sqlite.rotate()
    heard(on_sqlite)
    strange = replace(on_sqlite.origin(), key_generation=77)
    link = LinkOperation(strange, token(50), number(50), Revocation.GOOD, by_guardian=False)
    assert on_sqlite.send(link) == [RefusedFor(Code.SITE_KEY_CHANGED)]
    unlinking = UnlinkOperation(replace(on_sqlite.origin(), key_generation=77), number(1), UnlinkReason.LOST, token(1))
    (answer,) = on_sqlite.send(unlinking)
    assert isinstance(answer, AcceptedAt)
    assert number(1).text not in {row[1] for row in on_sqlite.rows()["link"]}


def test_codes_of_before_leave_nothing_behind(on_sqlite: ServerMachine) -> None:
    keys = keys_of(on_sqlite)
    enrolment = Enrolment(on_sqlite.ledger, keys, lambda: on_sqlite.now)
    enrolment.open("分館9", b"certificate")
    assert enrolment.put_in_force(enrolment.prepare_many("学校", 3, b"certificate", life=timedelta(hours=1)))
    on_sqlite.rotate()
    notes = [str(row[0]) for row in on_sqlite.rows()["meta"]]
    assert not [note for note in notes if note.startswith("enrolment.")]


def test_a_ledger_that_was_altered_is_not_taken_for_what_holds(on_sqlite: ServerMachine) -> None:
    with on_sqlite.database.writing() as database:
        ask(database, "UPDATE link SET number = ? WHERE number = ?", ("9999999999", number(1).text))
    before = on_sqlite.rows()
    with pytest.raises(LedgerAltered):
        on_sqlite.rotate()
    assert on_sqlite.rows() == before
    assert keys_of(on_sqlite).key == SITE_KEY


def test_not_while_a_server_works(new_machine: NewMachine) -> None:
    machine = with_ledger(new_machine("postgresql"))
    server = open_database(machine.url)
    server.read(presence.announce)
    with pytest.raises(Refused) as refused:
        machine.rotate()
    server.close()
    assert refused.value.code is Code.REGISTRY_SERVING
    assert keys_of(machine).key == SITE_KEY


def test_a_new_epoch_is_not_sealed_under_the_key_before(on_sqlite: ServerMachine) -> None:
    """Somebody was asked on another server whether to begin one while the key was rotated here."""
    before = keys_of(on_sqlite)
    on_sqlite.rotate()
    rows = on_sqlite.rows()
    with pytest.raises(Unavailable) as refused:
        begin_epoch(on_sqlite.machine, before, None, on_sqlite.now)
    assert refused.value.code is Code.SITE_KEY_GENERATION
    assert on_sqlite.rows() == rows


def test_whoever_had_it_open_under_the_key_before_writes_nothing(on_sqlite: ServerMachine) -> None:
    opened_before = on_sqlite.ledger
    on_sqlite.rotate()
    for act in (opened_before.head, lambda: opened_before.acting().__enter__()):
        with pytest.raises(Unavailable) as refused:
            act()
        assert refused.value.code is Code.SITE_KEY_GENERATION
    assert on_sqlite.is_whole()
