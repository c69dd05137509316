"""A card that another program holds when it is laid: waited for, told, given up in the end, and in nobody's way."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.errors import Code
from kiosk.domain.events import CardFailed, CardInUse, CardRead
from kiosk.domain.model import Insertion, Ticket
from kiosk.smartcard.card_thread import CardThread
from kiosk.smartcard.held_card import Patience
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.cards.card_thread import AskedCardThread
from tests.support.cards.readers import Ear, InProcess, World

Counters = Callable[..., AskedCardThread]


def test_a_mute_and_a_held_card_are_told_apart(world: World, tray: Deck, counters: Counters) -> None:
    counter = counters(world)
    world.lay(tray.fresh("fine"), 0, mute=True)
    world.lay(tray.fresh("child"), 1)
    mute = counter.read(Insertion(1, world.names[0]))
    assert isinstance(mute, CardFailed)
    assert mute.code is Code.CARD_UNREADABLE
    with world.held_by_another(1):
        assert counter.read(Insertion(2, world.names[1])) == CardInUse(Insertion(2, world.names[1]))
        held = counter.ear.next()
        assert isinstance(held, CardFailed)
        assert held.code is Code.CARD_IN_USE
    assert isinstance(counter.read(Insertion(2, world.names[1])), CardRead)


def test_a_card_let_go_in_time_is_read_without_being_laid_again(world: World, tray: Deck, judge: CardJudge) -> None:
    ear, here = Ear(), Insertion(1, world.names[0])
    thread = CardThread(world.readers, judge, ear, patience=Patience(unsaid=0.05, limit=60))
    thread.start()
    world.lay(tray.fresh("fine"))
    with world.held_by_another():
        thread.read(Ticket(1), here)
        assert ear.next() == CardInUse(here)
    assert ear.until(CardRead).insertion == here
    assert [event for event in ear.all if isinstance(event, CardInUse)] == [CardInUse(here)]
    assert thread.stop()


def test_a_short_wait_is_not_told(tray: Deck, judge: CardJudge) -> None:
    world, ear, here = InProcess(), Ear(), Insertion(1, InProcess.names[0])
    thread = CardThread(world.readers, judge, ear, patience=Patience(unsaid=60, limit=0.3))
    thread.start()
    world.lay(tray.fresh("fine"))
    with world.held_by_another():
        thread.read(Ticket(1), here)
        assert ear.next() == CardFailed(Ticket(1), here, Code.CARD_IN_USE)
    assert thread.stop()


def test_a_held_card_keeps_no_other_waiting(tray: Deck, judge: CardJudge) -> None:
    world, ear = InProcess(), Ear()
    here, there = (Insertion(number, name) for number, name in enumerate(world.names, 1))
    thread = CardThread(world.readers, judge, ear, patience=Patience(unsaid=0.05, limit=60))
    thread.start()
    world.lay(tray.fresh("fine"), 0)
    world.lay(tray.fresh("child"), 1)
    with world.held_by_another(0):
        thread.read(Ticket(1), here)
        assert ear.next() == CardInUse(here)
        thread.read(Ticket(2), there)
        assert ear.next() == CardFailed(Ticket(1), here, Code.CARD_IN_USE)
        assert ear.until(CardRead).ticket == Ticket(2)
        # Stopping and lifting end the waiting as well.
        thread.read(Ticket(3), here)
        assert ear.next() == CardInUse(here)
        world.lift(0)
        assert ear.next() == CardFailed(Ticket(3), here, Code.CARD_REMOVED)
        world.lay(tray.fresh("fine"), 0)
        thread.read(Ticket(4), here)
        assert ear.next() == CardInUse(here)
        assert thread.stop()


def test_waiting_for_another_program_is_not_a_card_without_an_answer(tray: Deck, judge: CardJudge) -> None:
    """The patron is told to wait and not, as of a card that hangs, to lift it."""
    world, ear, here = InProcess(), Ear(), Insertion(1, InProcess.names[0])
    thread = CardThread(world.readers, judge, ear, slow_after=0.2, patience=Patience(unsaid=0.05, limit=1))
    thread.start()
    world.lay(tray.fresh("fine"))
    with world.held_by_another():
        thread.read(Ticket(1), here)
        assert [ear.next(), ear.next()] == [CardInUse(here), CardFailed(Ticket(1), here, Code.CARD_IN_USE)]
    assert thread.stop()
