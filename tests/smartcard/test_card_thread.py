"""The card thread: what it refuses before anything reaches a card, and its behaviour with a slow card or a bug of its own."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from kiosk.domain.errors import Code
from kiosk.domain.events import (
    Broke,
    CardFailed,
    CardKnown,
    CardRead,
    CardSlow,
    CardsTurn,
    CardWaits,
    Event,
    HolderProved,
    PinRejected,
    TriesRead,
)
from kiosk.domain.model import Insertion, Ticket
from kiosk.domain.pin import Pin
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.card_thread import CardThread
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.revocation import NoRevocation
from kiosk.smartcard.tap import TapReport, TapStep
from kiosk.smartcard.virtual.card import Fault, Trouble, VirtualCard
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.cards.card_thread import AskedCardThread
from tests.support.cards.readers import Ear, InProcess
from tests.support.wait import wait_until

Counters = Callable[..., AskedCardThread]
HERE, THERE = (Insertion(1, name) for name in InProcess.names)


@pytest.fixture
def desk() -> InProcess:
    return InProcess()


def code(answer: object) -> Code:
    assert isinstance(answer, CardFailed)
    return answer.code


def ready(counter: AskedCardThread, desk: InProcess, card: VirtualCard) -> None:
    """Read, and asked for its tries."""
    desk.lay(card)
    assert isinstance(counter.read(HERE), CardRead)
    assert isinstance(counter.tries(HERE), TriesRead)


# --- what never reaches a card ----------------------------------------------------------------------------------------------


def test_nothing_is_said_to_a_card_that_was_not_read(desk: InProcess, tray: Deck, counters: Counters) -> None:
    card, counter = tray.fresh("fine"), counters(desk)
    desk.lay(card)
    pin = Pin("1234")
    assert [code(counter.tries(HERE)), code(counter.verify(HERE, pin))] == [Code.CARD_REMOVED] * 2
    assert card.commands == []
    with pytest.raises(ValueError, match="used"):
        pin.take()


@pytest.mark.parametrize("other", [Insertion(2, HERE.reader), THERE], ids=["laid again", "another reader"])
def test_a_session_is_with_one_insertion(desk: InProcess, tray: Deck, counters: Counters, other: Insertion) -> None:
    card, counter = tray.fresh("fine"), counters(desk)
    ready(counter, desk, card)
    said = len(card.commands)
    assert code(counter.verify(other, "1234")) is Code.CARD_REMOVED
    assert len(card.commands) == said
    assert code(counter.verify(HERE, "1234")) is Code.CARD_REMOVED
    assert card.verifies == 0


def test_no_pin_before_the_tries_were_seen(desk: InProcess, tray: Deck, counters: Counters) -> None:
    card, counter = tray.fresh("fine"), counters(desk)
    desk.lay(card)
    counter.read(HERE)
    assert isinstance(counter.verify(HERE, "1234"), Broke)
    assert card.verifies == 0


def test_a_pin_serves_once(desk: InProcess, tray: Deck, counters: Counters) -> None:
    card, counter = tray.fresh("fine"), counters(desk)
    ready(counter, desk, card)
    pin = Pin("9999")
    assert isinstance(counter.verify(HERE, pin), PinRejected)
    assert isinstance(counter.verify(HERE, pin), Broke)
    assert card.verifies == 1


def test_a_swapped_card_gets_no_pin(desk: InProcess, tray: Deck, counters: Counters) -> None:
    mine, yours, counter = tray.fresh("fine"), tray.fresh("one-try"), counters(desk)
    ready(counter, desk, mine)
    desk.lay(yours)
    assert code(counter.verify(HERE, "9999")) is Code.CARD_REMOVED
    assert (mine.verifies, len(yours.commands)) == (0, 0)


# --- the answers ------------------------------------------------------------------------------------------------------------


def test_wrong_wrong_and_locked(desk: InProcess, tray: Deck, counters: Counters) -> None:
    card, counter = tray.fresh("fine"), counters(desk)
    ready(counter, desk, card)
    answers = [counter.verify(HERE, "9999") for _ in range(4)]
    assert [answer.tries_left for answer in answers if isinstance(answer, PinRejected)] == [2, 1, 0, 0]
    assert card.verifies == 4


LOST = [
    (Fault(b"", processed=True), Code.CARD_INTERRUPTED),
    (Fault(b"\x90", processed=True), Code.CARD_INTERRUPTED),
    (Fault(trouble=Trouble.LIFTED, processed=True), Code.CARD_REMOVED),
]


@pytest.mark.parametrize(("lost", "said"), LOST, ids=["empty", "half a status", "lifted"])
def test_a_lost_answer_ends_the_session_and_nothing_is_sent_again(
    desk: InProcess, tray: Deck, counters: Counters, lost: Fault, said: Code
) -> None:
    card, counter = tray.fresh("fine"), counters(desk)
    ready(counter, desk, card)
    card.fault(0, lost)
    assert code(counter.verify(HERE, "9999")) is said
    assert (card.verifies, card.tries) == (1, 2)
    assert code(counter.tries(HERE)) is Code.CARD_REMOVED
    desk.lay(card)
    again = Insertion(2, HERE.reader)
    assert isinstance(counter.read(again), CardRead)
    tries = counter.tries(again)
    assert isinstance(tries, TriesRead)
    assert tries.tries_left == 2
    assert card.verifies == 1


def test_the_next_generation_proves_its_holder_too(desk: InProcess, tray: Deck, counters: Counters) -> None:
    counter = counters(desk)
    ready(counter, desk, tray.fresh("next-generation"))
    assert isinstance(counter.verify(HERE, "1234"), HolderProved)


def test_a_copied_certificate_is_found_out(desk: InProcess, tray: Deck, counters: Counters) -> None:
    card, counter = tray.fresh("copy"), counters(desk)
    ready(counter, desk, card)
    assert code(counter.verify(HERE, "1234")) is Code.KEY_MISMATCH
    assert not card.powered


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("not-my-number-card", Code.NOT_MY_NUMBER_CARD),
        ("phone", Code.PHONE_NOT_ACCEPTED),
        ("no-certificate", Code.NO_CERTIFICATE),
        ("expired", Code.CARD_EXPIRED),
        ("unknown-authority", Code.ISSUER_UNKNOWN),
    ],
)
def test_a_card_that_is_not_accepted_is_let_go(desk: InProcess, tray: Deck, counters: Counters, name: str, refusal: Code) -> None:
    card, counter = tray.fresh(name), counters(desk)
    desk.lay(card)
    assert code(counter.read(HERE)) is refusal
    assert not card.powered
    assert code(counter.tries(HERE)) is Code.CARD_REMOVED


def test_reading_again_is_a_new_session_with_the_same_card(desk: InProcess, tray: Deck, counters: Counters) -> None:
    card, counter = tray.fresh("fine"), counters(desk)
    ready(counter, desk, card)
    assert isinstance(counter.verify(HERE, "1234"), HolderProved)
    assert isinstance(counter.read(HERE), CardRead)
    assert not card.verified
    assert isinstance(counter.verify(HERE, "1234"), Broke)


def test_release_is_for_its_own_insertion(desk: InProcess, tray: Deck, counters: Counters) -> None:
    card, counter = tray.fresh("fine"), counters(desk)
    ready(counter, desk, card)
    counter.thread.release(THERE)
    assert isinstance(counter.tries(HERE), TriesRead)
    counter.thread.release(HERE)
    wait_until(lambda: not card.powered, "the card to be let go")


# --- slow and broken --------------------------------------------------------------------------------------------------------


def test_a_silent_card_is_told_and_lifting_frees_the_thread(desk: InProcess, tray: Deck, counters: Counters) -> None:
    card, counter = tray.fresh("fine"), counters(desk, slow_after=0.05)
    desk.lay(card)
    card.fault(2, Fault(trouble=Trouble.SILENT))
    counter.thread.read(Ticket(1), HERE)
    assert counter.ear.next() == CardSlow(HERE)
    desk.lay(tray.fresh("child"), 1)
    counter.thread.read(Ticket(2), THERE)
    assert counter.ear.next() == CardWaits(THERE, HERE.reader)
    desk.lift()
    assert counter.ear.next() == CardFailed(Ticket(1), HERE, Code.CARD_REMOVED)
    assert counter.ear.next() == CardsTurn(THERE)
    assert counter.ear.until(CardRead).ticket == Ticket(2)


def test_a_card_that_waits_already_is_told_when_the_other_falls_silent(desk: InProcess, tray: Deck, counters: Counters) -> None:
    card, counter = tray.fresh("fine"), counters(desk, slow_after=0.2)
    desk.lay(card)
    desk.lay(tray.fresh("child"), 1)
    card.fault(2, Fault(trouble=Trouble.SILENT))
    counter.thread.read(Ticket(1), HERE)
    counter.thread.read(Ticket(2), THERE)
    assert [counter.ear.next(), counter.ear.next()] == [CardSlow(HERE), CardWaits(THERE, HERE.reader)]
    desk.lift()
    assert counter.ear.until(CardRead).ticket == Ticket(2)


def test_a_card_in_time_is_not_called_slow(desk: InProcess, tray: Deck, counters: Counters) -> None:
    card, counter = tray.fresh("fine"), counters(desk, slow_after=0.2)
    desk.lay(card)
    for command in range(4):
        card.fault(command, Fault(delay=0.08))
    assert isinstance(counter.read(HERE), CardRead)


def test_a_bug_is_an_event_and_a_line_in_the_log_without_data(desk: InProcess, tray: Deck, caplog: pytest.LogCaptureFixture) -> None:
    def broken_clock() -> datetime:
        raise RuntimeError("serial 117823888")

    ear = Ear()
    judge = CardJudge([Authority(tray.authority.der)], NoRevocation(), bytes(32), broken_clock)
    thread = CardThread(desk.readers, judge, ear)
    thread.start()
    desk.lay(tray.fresh("fine"))
    for ticket in (Ticket(1), Ticket(2)):
        thread.read(ticket, HERE)
        assert f"incident {ear.until(Broke).incident}\n" in caplog.text
    assert "builtins.RuntimeError\n" in caplog.text
    assert "judge.py" in caplog.text
    assert "117823888" not in caplog.text
    assert thread.stop()


def test_a_listener_that_breaks_does_not_end_the_thread(desk: InProcess, tray: Deck, judge: CardJudge) -> None:
    ear = Ear()

    def hear(event: Event) -> None:
        ear(event)
        if event == TriesRead(Ticket(2), HERE, 3):
            raise RuntimeError("a bug in the listener")

    thread = CardThread(desk.readers, judge, hear)
    thread.start()
    desk.lay(tray.fresh("fine"))
    for _ in range(2):
        thread.read(Ticket(1), HERE)
        thread.tries(Ticket(2), HERE)
        assert [type(ear.next()) for _ in range(4)] == [CardKnown, CardRead, TriesRead, Broke]
    assert thread.stop()


def test_stopping_lets_the_card_go_and_forgets_pins_that_were_waiting(desk: InProcess, tray: Deck, judge: CardJudge) -> None:
    card, ear = tray.fresh("fine"), Ear()
    thread = CardThread(desk.readers, judge, ear, slow_after=0.05)
    thread.start()
    desk.lay(card)
    card.fault(0, Fault(trouble=Trouble.SILENT))
    pin = Pin("1234")
    thread.read(Ticket(1), HERE)
    thread.verify(Ticket(2), HERE, pin)
    assert ear.next() == CardSlow(HERE)
    assert not thread.stop(limit=0.05)
    desk.lift()
    assert thread.stop()
    with pytest.raises(ValueError, match="used"):
        pin.take()
    assert (card.powered, card.verifies) == (False, 0)


# --- what is written down -----------------------------------------------------------------------------------------------------


def test_the_log_has_headers_lengths_and_status_only(
    desk: InProcess, tray: Deck, counters: Counters, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    counter = counters(desk)
    ready(counter, desk, tray.fresh("fine"))
    counter.verify(HERE, "1234")
    lines = [record.getMessage() for record in caplog.records if record.name == "kiosk.smartcard.apdu"]
    shape = re.compile(r"[0-9a-f]{8}, \d+ bytes -> \d+ bytes, ([0-9a-f]{4}|no answer), [\d.]+ ms")
    assert lines
    assert all(shape.fullmatch(line) for line in lines)
    assert [line for line in lines if line.startswith("00200098, 9 bytes -> 2 bytes, 9000")]
    assert "31323334" not in caplog.text


def test_every_reading_is_reported_with_its_times(desk: InProcess, tray: Deck) -> None:
    reports: list[tuple[Insertion, TapReport]] = []
    ear = Ear()
    judge = CardJudge([Authority(tray.authority.der)], NoRevocation(), bytes(32), lambda: datetime.now(UTC))
    thread = CardThread(desk.readers, judge, ear, observe=lambda insertion, report: reports.append((insertion, report)))
    thread.start()
    desk.lay(tray.fresh("fine"))
    thread.read(Ticket(1), HERE)
    ear.until(CardRead)
    assert thread.stop()
    [(insertion, report)] = reports
    assert insertion == HERE
    assert list(report.nanoseconds) == list(TapStep)
