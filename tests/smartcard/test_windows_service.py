"""Windows stops its smart card service with the last reader: that is "plug in the reader", and it comes back without a new start.

Read in Microsoft's pages, not run: the service is played at pyscard's functions.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from smartcard import scard

from kiosk.checks.readers import ReaderReports
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.events import CardFailed, CardInUse, CardRead, CheckFound, Event, ReaderChanged
from kiosk.domain.model import Insertion, ReaderCondition, Ticket
from kiosk.smartcard.card_thread import CardThread
from kiosk.smartcard.card_watch import CardWatch
from kiosk.smartcard.heartbeat import Heartbeat
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.pcsc import PcscMonitor, PcscReaders
from kiosk.smartcard.reader import ReaderState
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.cards.readers import Ear
from tests.support.cards.windows_scard import WindowsScard
from tests.support.wait import LIMIT

READER = "Sony FeliCa Port/PaSoRi 4.0 0"
NEVER = (ReaderState("", present=False),)


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> WindowsScard:
    played = WindowsScard(READER)
    played.install(monkeypatch)
    return played


@pytest.fixture
def watched(windows: WindowsScard) -> Iterator[Ear]:
    ear = Ear()
    watch = CardWatch(PcscMonitor, ear)
    watch.start()
    yield ear
    assert watch.stop()


@pytest.mark.parametrize("without", [scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED])
def test_a_reader_pulled_and_plugged_in_again(windows: WindowsScard, watched: Ear, without: int) -> None:
    windows.without_service = without
    assert watched.next() == ReaderChanged(ReaderCondition.READY, (READER,))
    for _ in range(2):
        windows.unplug(READER)
        assert watched.next() == ReaderChanged(ReaderCondition.MISSING)
        windows.plug(READER)
        assert watched.next() == ReaderChanged(ReaderCondition.READY, (READER,))


def test_no_reader_was_ever_attached(windows: WindowsScard) -> None:
    windows.unplug(READER)
    for open_one in (PcscMonitor, PcscReaders):
        with pytest.raises(Unavailable) as refusal:
            open_one()
        assert refusal.value.code is Code.READER_MISSING


def test_where_the_service_is_started_by_hand_it_is_still_the_service(windows: WindowsScard, monkeypatch: pytest.MonkeyPatch) -> None:
    windows.unplug(READER)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(Unavailable) as refusal:
        PcscMonitor()
    assert refusal.value.code is Code.READER_SERVICE_MISSING


def test_cards_are_read_again_after_the_reader_was_plugged_in(windows: WindowsScard, tray: Deck, judge: CardJudge) -> None:
    ear, here = Ear(), Insertion(1, READER)
    thread = CardThread(PcscReaders, judge, ear)
    thread.start()
    windows.lay(tray.fresh("fine"), READER)
    thread.read(Ticket(1), here)
    assert ear.until(CardRead).ticket == Ticket(1)
    windows.unplug(READER)
    thread.read(Ticket(2), here)
    assert ear.next() == CardFailed(Ticket(2), here, Code.READER_MISSING)
    for number in (3, 4):
        # The second time both happen between two readings: the thread still has the context of before, which is dead for ever.
        if number == 4:
            windows.unplug(READER)
        windows.plug(READER)
        windows.lay(tray.fresh("child"), READER)
        thread.read(Ticket(number), here)
        assert ear.until(CardRead).ticket == Ticket(number)
    assert thread.stop()


def test_a_card_that_windows_reads_first_is_waited_for(windows: WindowsScard, tray: Deck, judge: CardJudge) -> None:
    ear, here = Ear(), Insertion(1, READER)
    thread = CardThread(PcscReaders, judge, ear)
    thread.start()
    windows.lay(tray.fresh("fine"), READER)
    windows.held_until = time.monotonic() + 3
    thread.read(Ticket(1), here)
    assert ear.next() == CardInUse(here)
    assert ear.until(CardRead).ticket == Ticket(1)
    assert thread.stop()


def test_the_checks_say_that_the_reader_is_missing(windows: WindowsScard) -> None:
    windows.unplug(READER)
    told: list[Event] = []
    found = threading.Event()

    def post(event: Event) -> None:
        told.append(event)
        found.set()

    heartbeat = Heartbeat(PcscMonitor, ReaderReports(post, ""), every=0.01)
    heartbeat.start()
    assert found.wait(LIMIT)
    heartbeat.stop()
    assert [event.finding.outcome for event in told if isinstance(event, CheckFound)] == ["service.resting", "reader.missing"]


# --- readers that come and go -----------------------------------------------------------------------------------------------


def test_a_reader_plugged_in_beside_another_is_noticed(windows: WindowsScard, watched: Ear) -> None:
    watched.next()
    for name in ("B 0", "C 0"):
        windows.plug(name)
        assert name in watched.until(ReaderChanged).names


def test_the_pseudo_reader_is_handed_its_own_state_back(windows: WindowsScard) -> None:
    """Unavailable readers are not shown, but counted."""
    windows.plug("Broken 0")
    windows.make_unavailable("Broken 0")
    monitor = PcscMonitor()
    states = monitor.wait(NEVER)
    assert [state.name for state in states] == [READER]
    waiting = threading.Thread(target=monitor.wait, args=(states,))
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    assert windows.asked == [2 << 16]
    monitor.cancel()
    waiting.join(LIMIT)
    assert not waiting.is_alive()


@pytest.mark.parametrize(
    "counted",
    [
        lambda readers: time.monotonic_ns() & 0x7FFF << 16,
        lambda readers: scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_IGNORE,
        lambda readers: 0,
    ],
    ids=["another each time", "not known to the system", "never counted"],
)
def test_whatever_the_pseudo_reader_says_it_makes_no_busy_loop_and_no_reader_is_missed(windows: WindowsScard, counted: object) -> None:
    windows.counted = counted  # type: ignore[assignment]
    monitor = PcscMonitor()
    states = monitor.wait(NEVER)
    seen: list[tuple[ReaderState, ...]] = []
    waiting = threading.Thread(target=lambda: seen.append(monitor.wait(states)))
    before = windows.calls.count("SCardListReaders")
    waiting.start()
    waiting.join(0.9)
    assert waiting.is_alive()
    # A handful at once, then a few each second.
    assert windows.calls.count("SCardListReaders") - before <= 14
    windows.plug("B 0")
    waiting.join(LIMIT)
    assert [state.name for state in seen[0]] == ["B 0", READER]
