"""The contract of readers, kept alike by those in this process and by real PC/SC (pyscard, pcscd and its virtual reader)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.events import CardFailed, CardLifted, CardPlaced, CardRead, CardSlow, HolderProved, PinRejected, ReaderChanged, TriesRead
from kiosk.domain.model import Insertion, ReaderCondition
from kiosk.smartcard.card_watch import CardWatch
from kiosk.smartcard.reader import ReaderState
from kiosk.smartcard.virtual.card import Fault, Trouble
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.cards.card_thread import AskedCardThread
from tests.support.cards.readers import Ear, World
from tests.support.wait import wait_until

Watching = Callable[..., tuple[CardWatch, Ear]]
Counters = Callable[..., AskedCardThread]
SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
BROKEN_OFF = (Code.CARD_REMOVED, Code.CARD_INTERRUPTED)
"""A card pulled in the middle of a command: systems say as much of it as they know."""
NEVER = (ReaderState("", present=False),)


# --- connections ----------------------------------------------------------------------------------------------------------


def test_a_card_answers_bytes_with_bytes(world: World, tray: Deck) -> None:
    world.lay(tray.fresh("fine"))
    readers = world.readers()
    connection = readers.connect(world.names[0])
    assert connection.transmit(SELECT) == b"\x90\x00"
    assert len(connection.transmit(bytes.fromhex("00B08A0000"))) == 258
    assert connection.extended
    assert len(connection.transmit(bytes.fromhex("00B00100000400"))) == 1024 + 2
    connection.close()
    readers.release()


def test_closing_takes_the_power_away(world: World, tray: Deck) -> None:
    card = tray.fresh("fine")
    world.lay(card)
    readers = world.readers()
    connection = readers.connect(world.names[0])
    connection.transmit(SELECT)
    assert connection.transmit(bytes.fromhex("002000980431323334")) == b"\x90\x00"
    assert (card.powered, card.verified) == (True, True)
    connection.close()
    wait_until(lambda: (card.powered, card.verified) == (False, False), "the card to lose its power")
    connection.close()
    with pytest.raises(Unavailable) as refusal:
        connection.transmit(SELECT)
    assert refusal.value.code is Code.CARD_REMOVED
    again = readers.connect(world.names[0])
    again.transmit(SELECT)
    assert again.transmit(bytes.fromhex("802A00970101" + "00")) == b"\x69\x82"
    again.close()
    readers.release()
    readers.release()


def test_connecting_to_nothing(world: World) -> None:
    readers = world.readers()
    with pytest.raises(Unavailable) as refusal:
        readers.connect(world.names[0])
    assert refusal.value.code is Code.CARD_REMOVED
    with pytest.raises(Unavailable) as refusal:
        readers.connect("A reader nobody has")
    assert refusal.value.code is Code.READER_MISSING
    readers.release()


def test_a_mute_card_cannot_be_read(world: World, tray: Deck) -> None:
    world.lay(tray.fresh("fine"), mute=True)
    readers = world.readers()
    with pytest.raises(Unavailable) as refusal:
        readers.connect(world.names[0])
    assert refusal.value.code is Code.CARD_UNREADABLE
    monitor = world.monitor()
    assert [(state.present, state.mute) for state in monitor.wait(NEVER)] == [(True, True), (False, False)]
    monitor.release()
    readers.release()


def test_a_card_another_program_holds(world: World, tray: Deck) -> None:
    world.lay(tray.fresh("fine"))
    readers = world.readers()
    with world.held_by_another():
        with pytest.raises(Unavailable) as refusal:
            readers.connect(world.names[0])
        assert refusal.value.code is Code.CARD_IN_USE
    connection = readers.connect(world.names[0])
    assert connection.transmit(SELECT) == b"\x90\x00"
    connection.close()
    readers.release()


def test_two_readers_are_two_cards(world: World, tray: Deck) -> None:
    first, second = tray.fresh("fine"), tray.fresh("child")
    world.lay(first, 0)
    world.lay(second, 1)
    readers = world.readers()
    connections = [readers.connect(name) for name in world.names]
    assert [connection.transmit(SELECT) for connection in connections] == [b"\x90\x00"] * 2
    connections[1].transmit(bytes.fromhex("00B08A0000"))
    assert (len(first.commands), len(second.commands)) == (1, 2)
    for connection in connections:
        connection.close()
    readers.release()


def test_a_connection_dies_with_its_card_for_ever(world: World, tray: Deck) -> None:
    card = tray.fresh("fine")
    world.lay(card)
    readers = world.readers()
    connection = readers.connect(world.names[0])
    card.fault(1, Fault(trouble=Trouble.LIFTED))
    connection.transmit(SELECT)
    for _ in range(2):
        with pytest.raises(Unavailable) as refusal:
            connection.transmit(SELECT)
        assert refusal.value.code in BROKEN_OFF
    assert len(card.commands) == 2
    world.lay(tray.fresh("child"))
    with pytest.raises(Unavailable):
        connection.transmit(SELECT)
    assert tray.card("child").commands == []
    connection.close()
    readers.release()


def test_a_context_dies_with_the_service_and_a_new_one_lives(world: World, tray: Deck) -> None:
    world.lay(tray.fresh("fine"))
    readers = world.readers()
    connection = readers.connect(world.names[0])
    world.stop_service()
    with pytest.raises(Unavailable) as refusal:
        connection.transmit(SELECT)
    assert refusal.value.code in (Code.READER_SERVICE_MISSING, *BROKEN_OFF)
    connection.close()
    with pytest.raises(Unavailable) as refusal:
        world.readers()
    assert refusal.value.code is Code.READER_SERVICE_MISSING
    world.start_service()
    with pytest.raises(Unavailable) as refusal:
        readers.connect(world.names[0])
    assert refusal.value.code is Code.READER_SERVICE_MISSING
    readers.release()
    fresh = world.readers()
    connection = fresh.connect(world.names[0])
    assert connection.transmit(SELECT) == b"\x90\x00"
    connection.close()
    fresh.release()


# --- the watch ------------------------------------------------------------------------------------------------------------


def test_laid_lifted_and_laid_again_are_two_insertions(world: World, tray: Deck, watching: Watching) -> None:
    _watch, ear = watching(world)
    assert ear.next() == ReaderChanged(ReaderCondition.READY, world.names)
    world.lay(tray.fresh("fine"))
    assert ear.next() == CardPlaced(Insertion(1, world.names[0]))
    world.lift()
    assert ear.next() == CardLifted(Insertion(1, world.names[0]))
    world.lay(tray.fresh("fine"), 1)
    assert ear.next() == CardPlaced(Insertion(2, world.names[1]))
    world.lift(1)
    assert ear.next() == CardLifted(Insertion(2, world.names[1]))


def test_a_card_that_lies_there_at_the_start_is_placed_and_a_swap_is_seen(world: World, tray: Deck, watching: Watching) -> None:
    world.lay(tray.fresh("fine"))
    _watch, ear = watching(world)
    assert ear.until(CardPlaced) == CardPlaced(Insertion(1, world.names[0]), found=True)
    world.lift()
    world.lay(tray.fresh("child"))
    assert ear.next() == CardLifted(Insertion(1, world.names[0]))
    assert ear.next() == CardPlaced(Insertion(2, world.names[0]))


def test_only_the_chosen_reader_is_watched(world: World, tray: Deck, watching: Watching) -> None:
    _watch, ear = watching(world, world.names[1])
    assert ear.next() == ReaderChanged(ReaderCondition.READY, world.names, world.names[1])
    world.lay(tray.fresh("fine"), 0)
    world.lay(tray.fresh("child"), 1)
    assert ear.next() == CardPlaced(Insertion(1, world.names[1]))
    _other, deaf = watching(world, "Sony RC-S300")
    assert deaf.next() == ReaderChanged(ReaderCondition.MISSING, world.names, "Sony RC-S300")


def test_the_watch_outlives_the_service(world: World, tray: Deck, watching: Watching) -> None:
    world.lay(tray.fresh("fine"))
    _watch, ear = watching(world)
    ear.until(CardPlaced)
    for number in (1, 2):
        world.stop_service(crash=number == 2)
        assert ear.next() == CardLifted(Insertion(number, world.names[0]))
        assert ear.next() == ReaderChanged(ReaderCondition.SERVICE_MISSING)
        world.start_service()
        assert ear.next() == ReaderChanged(ReaderCondition.READY, world.names)
        # Whether the card was there as soon as the reader differs from one service to another.
        assert ear.until(CardPlaced).insertion == Insertion(number + 1, world.names[0])
    assert not [event for event in ear.all if isinstance(event, CardFailed)]


def test_the_watch_starts_without_a_service(world: World, watching: Watching) -> None:
    world.stop_service()
    _watch, ear = watching(world)
    assert ear.next() == ReaderChanged(ReaderCondition.SERVICE_MISSING)
    world.start_service()
    assert ear.next() == ReaderChanged(ReaderCondition.READY, world.names)


def test_readers_go_and_come_back(world: World, tray: Deck, watching: Watching) -> None:
    world.lay(tray.fresh("fine"))
    _watch, ear = watching(world)
    ear.until(CardPlaced)
    world.unplug()
    assert ear.next() == CardLifted(Insertion(1, world.names[0]))
    ear.until(ReaderChanged, lambda change: change == ReaderChanged(ReaderCondition.MISSING))
    world.replug()
    ear.until(ReaderChanged, lambda change: change == ReaderChanged(ReaderCondition.READY, world.names))
    assert ear.until(CardPlaced).insertion == Insertion(2, world.names[0])


# --- the session ----------------------------------------------------------------------------------------------------------


def test_a_whole_session(world: World, tray: Deck, counters: Counters) -> None:
    card = tray.fresh("fine")
    world.lay(card)
    counter, insertion = counters(world), Insertion(1, world.names[0])
    read = counter.read(insertion)
    assert isinstance(read, CardRead)
    tries = counter.tries(insertion)
    assert isinstance(tries, TriesRead)
    assert tries.tries_left == 3
    wrong = counter.verify(insertion, "9999")
    assert isinstance(wrong, PinRejected)
    assert wrong.tries_left == 2
    proved = counter.verify(insertion, "1234")
    assert isinstance(proved, HolderProved)
    assert proved.token == read.reading.token
    assert card.verifies == 2
    counter.thread.release(insertion)
    gone = counter.tries(insertion)
    assert isinstance(gone, CardFailed)
    assert gone.code is Code.CARD_REMOVED
    wait_until(lambda: not card.powered, "the card to lose its power")


# A registration by extended reads: select, label, certificate in two, tries, verify, sign.
@pytest.mark.parametrize(
    ("world", "at"),
    [
        *(("in process", at) for at in range(7)),
        # pcscd takes its time to see a card.
        *(pytest.param("behind pcscd", at, marks=[pytest.mark.pcscd, *([] if at % 3 == 2 else [pytest.mark.trial])]) for at in range(7)),
    ],
    indirect=["world"],
)
def test_a_card_pulled_at_any_command(world: World, tray: Deck, counters: Counters, at: int) -> None:
    card = tray.fresh("fine")
    world.lay(card)
    card.fault(at, Fault(trouble=Trouble.LIFTED))
    counter, insertion = counters(world), Insertion(1, world.names[0])
    answers = [counter.read(insertion), counter.tries(insertion), counter.verify(insertion, "1234")]
    failed = [answer for answer in answers if isinstance(answer, CardFailed)]
    # What is asked afterwards goes to no card at all.
    assert failed[0].code in BROKEN_OFF
    assert {answer.code for answer in failed[1:]} <= {Code.CARD_REMOVED}
    assert len(failed) == (3 if at < 4 else 2 if at == 4 else 1)
    assert len(card.commands) == at + 1
    assert card.verifies == (1 if at >= 5 else 0)
    another = tray.fresh("child")
    world.lay(another)
    assert isinstance(counter.read(Insertion(2, world.names[0])), CardRead)
    assert another.verifies == 0


def test_a_silent_card_is_freed_by_lifting(world: World, tray: Deck, counters: Counters) -> None:
    card = tray.fresh("fine")
    world.lay(card)
    card.fault(1, Fault(trouble=Trouble.SILENT))
    counter, insertion = counters(world, slow_after=0.05), Insertion(1, world.names[0])
    assert counter.read(insertion) == CardSlow(insertion)
    world.lift()
    failed = counter.ear.next()
    assert isinstance(failed, CardFailed)
    assert failed.code in BROKEN_OFF
    world.lay(tray.fresh("child"))
    assert isinstance(counter.read(Insertion(2, world.names[0])), CardRead)


def test_the_session_goes_on_after_the_service_came_back(world: World, tray: Deck, counters: Counters) -> None:
    card = tray.fresh("fine")
    world.lay(card)
    counter, name = counters(world), world.names[0]
    assert isinstance(counter.read(Insertion(1, name)), CardRead)
    world.stop_service()
    lost = counter.tries(Insertion(1, name))
    assert isinstance(lost, CardFailed)
    assert lost.code in (Code.READER_SERVICE_MISSING, *BROKEN_OFF)
    down = counter.read(Insertion(2, name))
    assert isinstance(down, CardFailed)
    assert down.code is Code.READER_SERVICE_MISSING
    world.start_service()
    assert isinstance(counter.read(Insertion(3, name)), CardRead)
    world.stop_service()
    world.start_service()
    assert isinstance(counter.read(Insertion(4, name)), CardRead)
