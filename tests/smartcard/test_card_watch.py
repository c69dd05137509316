"""The tracker that turns reader states into events, and the watch around it when everything it depends on fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.events import Broke, CardLifted, CardPlaced, Event, ReaderChanged
from kiosk.domain.model import Insertion, ReaderCondition
from kiosk.smartcard.card_watch import CardTracker, CardWatch, choose_readers
from kiosk.smartcard.reader import ReaderMonitor, ReaderState
from kiosk.smartcard.virtual.demo_cards import Deck
from kiosk.smartcard.virtual.reader import READER, VirtualReaders
from tests.support.cards.readers import Ear
from tests.support.wait import LIMIT

NAMES = ("ACS ACR1252 00 00", "Sony RC-S300/S 00 00", "Sony RC-S300/S 01 00")


def states(*cards: tuple[str, bool, int]) -> tuple[ReaderState, ...]:
    return tuple(ReaderState(name, present, changes=changes) for name, present, changes in cards)


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (None, NAMES),
        ("", NAMES),
        ("Sony RC-S300/S 00 00", NAMES[1:2]),
        ("sony", NAMES[1:]),
        ("ACS ACR1252", NAMES[:1]),
        ("rc-s300", NAMES[1:]),
        ("Gemalto", ()),
    ],
)
def test_a_reader_is_chosen_by_name_beginning_or_part(wanted: str | None, chosen: tuple[str, ...]) -> None:
    assert choose_readers(NAMES, wanted) == frozenset(chosen)


def test_a_swap_between_two_looks_is_a_lifting_and_a_laying() -> None:
    tracker = CardTracker()
    assert list(tracker.see(states(("A", True, 1)))) == [
        ReaderChanged(ReaderCondition.READY, ("A",)),
        CardPlaced(Insertion(1, "A"), found=True),
    ]
    assert list(tracker.see(states(("A", True, 1)))) == []
    assert list(tracker.see(states(("A", True, 3)))) == [CardLifted(Insertion(1, "A")), CardPlaced(Insertion(2, "A"))]


def test_a_card_that_came_and_went_unseen_is_told_all_the_same() -> None:
    tracker = CardTracker()
    list(tracker.see(states(("A", False, 4))))
    assert list(tracker.see(states(("A", False, 6)))) == [CardPlaced(Insertion(1, "A")), CardLifted(Insertion(1, "A"))]


def test_a_removal_that_is_counted_late_is_no_card() -> None:
    tracker = CardTracker()
    list(tracker.see(states(("A", True, 1))))
    assert list(tracker.see(states(("A", False, 1)))) == [CardLifted(Insertion(1, "A"))]
    assert list(tracker.see(states(("A", False, 2)))) == []
    assert list(tracker.see(states(("A", True, 3)))) == [CardPlaced(Insertion(2, "A"))]
    list(tracker.see(states(("A", False, 0xFFFF))))
    assert list(tracker.see(states(("A", False, 1)))) == [CardPlaced(Insertion(3, "A")), CardLifted(Insertion(3, "A"))]


def test_a_counter_that_turns_over_is_a_change_like_any_other() -> None:
    tracker = CardTracker()
    list(tracker.see(states(("A", True, 0xFFFF))))
    assert list(tracker.see(states(("A", True, 1)))) == [CardLifted(Insertion(1, "A")), CardPlaced(Insertion(2, "A"))]


def test_a_mute_card_is_placed_like_any_other() -> None:
    tracker = CardTracker()
    assert CardPlaced(Insertion(1, "A"), found=True) in list(tracker.see((ReaderState("A", present=True, mute=True, changes=1),)))


def test_nothing_seen_means_nothing_lies_there() -> None:
    tracker = CardTracker()
    list(tracker.see(states(("A", True, 1), ("B", True, 1))))
    assert list(tracker.lose(ReaderCondition.SERVICE_MISSING)) == [
        CardLifted(Insertion(1, "A")),
        CardLifted(Insertion(2, "B")),
        ReaderChanged(ReaderCondition.SERVICE_MISSING),
    ]
    assert list(tracker.lose(ReaderCondition.SERVICE_MISSING)) == []
    assert CardPlaced(Insertion(3, "A"), found=True) in list(tracker.see(states(("A", True, 1))))


ACS = "ACS ACR122U PICC Interface"
CONFIGURED = [
    (f"{ACS} 00 00", [f"{ACS} 01 00"], [f"{ACS} 01 00"], []),
    (f"{ACS} 00 00", [f"{ACS} 01 00", "Sony RC-S300/S 02 00"], [f"{ACS} 01 00"], []),
    (f"{ACS} 00 00", [f"{ACS} 00 00", f"{ACS} 01 00"], [f"{ACS} 00 00"], []),
    (f"{ACS} 00 00", [f"{ACS} 01 00", f"{ACS} 02 00"], [], [f"{ACS} 01 00", f"{ACS} 02 00"]),
    # Two slots of one reader: the card's and the SAM's.
    (f"{ACS} 00 00", [f"{ACS} 01 00", f"{ACS} 01 01"], [f"{ACS} 01 00"], []),
    (f"{ACS.lower()} 00 00", [f"{ACS} 0A 00"], [f"{ACS} 0A 00"], []),
    ("Sony RC-S300/S 0", ["Sony RC-S300/S 1"], ["Sony RC-S300/S 1"], []),
    ("Sony RC-S300/S 0", ["Sony RC-S300/S 1", "Sony RC-S300/S 2"], [], ["Sony RC-S300/S 1", "Sony RC-S300/S 2"]),
    ("Sony RC-S300/S 0", ["Sony RC-S380 0"], [], []),
    (f"{ACS} 00 00", ["ACS ACR122U 00 00"], [], []),
    ("ACR122U", [f"{ACS} 01 00", f"{ACS} 02 00"], [f"{ACS} 01 00", f"{ACS} 02 00"], []),
]


@pytest.mark.parametrize(("wanted", "there", "chosen", "named"), CONFIGURED)
def test_a_reader_whose_number_has_changed_is_the_one_meant_if_it_is_the_only_one(
    wanted: str, there: list[str], chosen: list[str], named: list[str]
) -> None:
    tracker = CardTracker(wanted)
    events = list(tracker.see(states(*((name, True, 1) for name in there))))
    assert [event.insertion.reader for event in events if isinstance(event, CardPlaced)] == chosen
    condition = ReaderCondition.READY if chosen else ReaderCondition.AMBIGUOUS if named else ReaderCondition.MISSING
    assert events[0] == ReaderChanged(condition, tuple(named or there), wanted)


def found(events: Iterable[Event]) -> list[tuple[str, bool]]:
    return [(event.insertion.reader, event.found) for event in events if isinstance(event, CardPlaced)]


def test_a_card_that_lay_there_first_is_told_as_one_until_it_is_lifted() -> None:
    tracker = CardTracker()
    assert found(tracker.see(states(("A", False, 1), ("B", True, 1)))) == [("B", True)]
    # It may lie there through a restart of the service and through a reader unplugged; a card laid meanwhile elsewhere was brought.
    list(tracker.lose(ReaderCondition.SERVICE_MISSING))
    assert found(tracker.see(states(("A", True, 1), ("B", True, 1)))) == [("A", False), ("B", True)]
    list(tracker.see(states(("A", True, 1))))
    assert found(tracker.see(states(("A", True, 1), ("B", True, 1)))) == [("B", True)]
    # Lifted and laid, it was brought by somebody.
    list(tracker.see(states(("A", True, 1), ("B", False, 2))))
    assert found(tracker.see(states(("A", True, 1), ("B", True, 3)))) == [("B", False)]
    # Swapped between two looks as well.
    assert found(tracker.see(states(("A", True, 3), ("B", True, 3)))) == [("A", False)]


def test_a_card_that_came_and_went_while_nothing_was_seen_was_brought() -> None:
    tracker = CardTracker()
    list(tracker.see(states(("B", True, 1))))
    list(tracker.lose(ReaderCondition.SERVICE_MISSING))
    list(tracker.see(states(("B", False, 2))))
    assert found(tracker.see(states(("B", True, 3)))) == [("B", False)]


reader = st.tuples(st.sampled_from("ABC"), st.booleans(), st.integers(0, 3))
looks = st.lists(st.one_of(st.none(), st.lists(reader, unique_by=lambda given: given[0])), max_size=30)


@given(looks)
def test_placed_and_lifted_always_come_in_pairs(seen: list[list[tuple[str, bool, int]] | None]) -> None:
    tracker, lying, last = CardTracker(), dict[str, Insertion](), 0
    for look in seen:
        events = tracker.lose(ReaderCondition.SERVICE_MISSING) if look is None else tracker.see(states(*look))
        for event in events:
            if isinstance(event, CardPlaced):
                assert event.insertion.number == last + 1
                assert event.insertion.reader not in lying
                last, lying[event.insertion.reader] = last + 1, event.insertion
            elif isinstance(event, CardLifted):
                assert lying.pop(event.insertion.reader) == event.insertion
        assert lying.keys() == {name for name, present, _changes in look or () if present}


class Breaking:
    """A world whose monitors come and break as they are told, and then work."""

    def __init__(self, world: VirtualReaders, *troubles: Exception) -> None:
        self._world, self._troubles = world, list(troubles)
        self.opened = 0

    def monitor(self) -> ReaderMonitor:
        self.opened += 1
        if self._troubles:
            raise self._troubles.pop(0)
        return self._world.monitor()


Watching = Callable[..., tuple[CardWatch, Ear]]


def test_a_bug_below_does_not_end_the_watch(watching: Watching, tray: Deck) -> None:
    world = VirtualReaders()
    world.lay(tray.fresh("fine"))
    below = Breaking(world, RuntimeError("a bug"), Unavailable(Code.READER_DENIED), Unavailable(Code.READER_SERVICE_MISSING))
    _watch, ear = watching(below)
    broke = ear.next()
    assert isinstance(broke, Broke)
    assert [ear.next() for _ in range(5)] == [
        ReaderChanged(ReaderCondition.BROKEN, incident=broke.incident),
        ReaderChanged(ReaderCondition.DENIED),
        ReaderChanged(ReaderCondition.SERVICE_MISSING),
        ReaderChanged(ReaderCondition.READY, (READER,)),
        CardPlaced(Insertion(1, READER), found=True),
    ]
    assert below.opened == 4


def test_a_listener_that_breaks_does_not_end_the_watch(tray: Deck) -> None:
    world, ear = VirtualReaders(), Ear()
    world.lay(tray.fresh("fine"))

    def hear(event: Event) -> None:
        ear(event)
        if event == CardPlaced(Insertion(1, READER), found=True):
            raise RuntimeError("a bug in the listener")

    watch = CardWatch(world.monitor, hear)
    watch.start()
    ear.until(CardPlaced)
    assert isinstance(ear.next(), Broke)
    assert ear.next() == CardLifted(Insertion(1, READER))
    assert ear.until(CardPlaced).insertion == Insertion(2, READER)
    assert watch.stop()


def test_the_watch_ends_at_once_wherever_it_is(tray: Deck) -> None:
    world = VirtualReaders()
    world.stop_service()
    without_service = CardWatch(world.monitor, Ear())
    without_service.start()
    assert without_service.stop(limit=LIMIT)
    world.start_service()
    at_once = CardWatch(world.monitor, Ear())
    at_once.start()
    assert at_once.stop(limit=LIMIT)
    ear = Ear()
    waiting = CardWatch(world.monitor, ear)
    waiting.start()
    ear.next()
    assert waiting.stop(limit=LIMIT)
