"""A server that knows less than this counter: put back by other means than a restore, or replaced by another that is not there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.decide import Epochs
from kiosk.domain.errors import Unavailable
from kiosk.domain.model import LibraryCardNumber, LinkToken, RegistryCondition
from kiosk.domain.new_epoch import LARGEST_EPOCH
from kiosk.domain.registry_json import read_operation, status_json
from kiosk.domain.wire import Position
from tests.support.registry.sent_operations import Maker, fresh_number, fresh_token
from tests.support.sync.enrolled_counter import EnrolledCounter
from tests.support.sync.scripted_registry import Asked, Say, ScriptedRegistry


@pytest.fixture
def stopped(server: ScriptedRegistry, counter: EnrolledCounter) -> tuple[LinkToken, LibraryCardNumber]:
    """A card that was stopped since the state to which the server is put back. The counter's sync has ended."""
    token, number = fresh_token(), fresh_number()
    counter.start().until_condition(RegistryCondition.CURRENT).link(token, number)
    counter.until_settled()
    server.ledger.back_up()
    counter.unlink(number)
    counter.until_settled()
    counter.stop()
    counter.events.clear()
    server.ledger.roll_back()
    return token, number


def test_a_server_that_was_put_back_revives_no_card_that_was_stopped(
    server: ScriptedRegistry, counter: EnrolledCounter, stopped: tuple[LinkToken, LibraryCardNumber]
) -> None:
    counter.start().until_condition(RegistryCondition.OUTDATED)
    assert counter.links() == {}
    assert counter.sync is not None
    with pytest.raises(Unavailable):
        counter.sync.find(stopped[0])
    # Others go on with it, and it comes to stand where this counter stood, and further.
    others = Maker("窓口2", known=(1, 1))
    for _ in range(3):
        server.ledger.take(read_operation(others.link()))
    asked = len(server.asked)
    server.news()
    counter.until(lambda _: len(server.asked) > asked + 2)
    assert counter.links() == {}
    assert counter.condition is RegistryCondition.OUTDATED
    counter.stop()
    counter.events.clear()
    counter.start().until_condition(RegistryCondition.OUTDATED)
    assert counter.links() == {}


def test_an_answer_of_before_proves_nothing(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    """Given by a line or a proxy that has held it back. Of a server that was put back, each answer tells a later time than the last."""
    counter.start().until_condition(RegistryCondition.CURRENT)
    before = status_json(server.status())
    counter.link(fresh_token(), fresh_number())
    counter.until(lambda here: here.store.position() == server.ledger.position == Position(1, 1))
    held = [Say(200, {"answers": [], "status": before})] * 3
    server.script = lambda asked: held.pop() if held and asked.path == "/v1/operations" else None
    counter.link(fresh_token(), fresh_number())
    counter.until_settled()
    assert not held
    counter.until(lambda here: here.store.position() == server.ledger.position)
    membership = counter.store.membership()
    assert membership is not None
    assert not membership.is_lost


def test_what_no_backup_holds_is_sent_again_once_another_epoch_has_begun(
    server: ScriptedRegistry, counter: EnrolledCounter, stopped: tuple[LinkToken, LibraryCardNumber]
) -> None:
    other = fresh_number()
    counter.link(fresh_token(), other)
    server.asked.clear()
    counter.start().until_condition(RegistryCondition.OUTDATED)
    assert "/v1/operations" not in server.paths()
    server.ledger.epochs = Epochs(2, ((1, 1),))
    counter.until(lambda here: here.store.position().epoch == 2 and not here.store.outgoing())
    counter.until_condition(RegistryCondition.CURRENT)
    assert set(counter.links()) == {other.text}
    assert {placed.link.number for placed in server.ledger.links.values()} == {other}


def test_a_server_that_has_lost_what_it_accepted_here_is_not_followed(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    """The answer had come, and nothing of the feed since. The server is asked about it until it begins another epoch: it has to know."""
    token, number = fresh_token(), fresh_number()
    counter.start().until_condition(RegistryCondition.CURRENT).link(token, number)
    counter.until_settled()
    server.ledger.back_up()
    server.script = lambda asked: Say(503, b"") if asked.path == "/v1/feed" else None
    # Whoever waits for the feed already would be told of the operation.
    server.asked.clear()
    server.let_go()
    counter.until(lambda _: "/v1/feed" in server.paths())
    unlinking = counter.unlink(number)
    counter.until(lambda here: not here.store.pending_count()).stop()
    counter.events.clear()
    server.ledger.roll_back()
    server.ledger.take(read_operation(Maker("窓口2", known=(1, 1)).link()))
    server.script = lambda asked: None
    for _ in range(2):
        counter.start().until_condition(RegistryCondition.OUTDATED)
        server.asked.clear()
        counter.until(lambda _: any(asked.query.get("operation") == str(unlinking) for asked in server.asked))
        asked = next(asked for asked in server.asked if asked.query.get("operation") == str(unlinking))
        assert (asked.path, asked.query["epoch"], asked.query["cursor"]) == ("/v1/stops", "1", "2")
        assert counter.links() == {}
        assert counter.store.position() == Position(1, 1)
        counter.stop()
        counter.events.clear()


def test_an_older_server_that_comes_back_is_named_and_does_not_keep_the_newer_one_out(
    server: ScriptedRegistry, counter: EnrolledCounter
) -> None:
    older = server.ledger.epochs
    server.ledger.epochs = Epochs(9, ((1, 0),))
    counter.start().until_condition(RegistryCondition.CURRENT)
    heard = counter.store.membership()
    server.ledger.epochs = older
    server.news()
    counter.until_condition(RegistryCondition.OUTDATED)
    # As is what is silent since: a server that refuses to go on.
    server.script = lambda asked: Say(503, b"")
    asked = len(server.asked)
    counter.until(lambda _: len(server.asked) > asked + 2)
    assert counter.condition is RegistryCondition.OUTDATED
    assert counter.store.membership() == heard
    server.script, server.ledger.epochs = lambda asked: None, Epochs(9, ((1, 0),))
    counter.until_condition(RegistryCondition.CURRENT)


def test_an_answer_of_an_absurd_epoch_is_none(server: ScriptedRegistry, counter: EnrolledCounter) -> None:
    told: list[Asked] = []

    def absurd(asked: Asked) -> Say | None:
        if told:
            return None
        told.append(asked)
        status, epoch = server.status(), LARGEST_EPOCH + 1
        status = replace(status, head=Position(epoch, 0), safe=Position(epoch, 0), epochs=Epochs(epoch))
        return Say(200, {"stops": [], "next": None, "status": status_json(status)})

    server.script = absurd
    counter.start().until_condition(RegistryCondition.CURRENT)
    assert told


def test_a_link_that_was_confirmed_and_lost_without_a_word_stays_and_is_sent_again(
    server: ScriptedRegistry, counter: EnrolledCounter
) -> None:
    """The server has failed over behind an unbroken connection, and others have gone on where the link stood, and beyond."""
    token, number = fresh_token(), fresh_number()
    counter.start().until_condition(RegistryCondition.CURRENT).link(fresh_token(), fresh_number())
    counter.until_settled()
    server.ledger.back_up()
    lost = counter.link(token, number)
    counter.until_settled()
    counter.until(lambda _: server.is_holding())
    server.ledger.roll_back()
    others = Maker("窓口2", known=(1, 1))
    for _ in range(2):
        server.ledger.take(read_operation(others.link()))
    server.news()
    counter.until_condition(RegistryCondition.OUTDATED)
    assert any(asked.query.get("operation") == str(lost) for asked in server.asked)
    assert counter.links()[number.text] == token.digest
    server.ledger.epochs = Epochs(2, ((1, 1),))
    counter.until(lambda here: here.store.position().epoch == 2 and not here.store.outgoing())
    counter.until_condition(RegistryCondition.CURRENT)
    assert counter.links()[number.text] == token.digest
    assert number in {placed.link.number for placed in server.ledger.links.values()}
