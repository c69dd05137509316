"""The readers in this process behave like PC/SC, failures included; the tray holds what it claims."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from kiosk.domain.errors import Code, Unavailable
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.certificate import Certificate
from kiosk.smartcard.jpki import JpkiSession
from kiosk.smartcard.reader import CardReaders, ReaderMonitor, ReaderState
from kiosk.smartcard.virtual.card import Fault, Trouble, VirtualCard
from kiosk.smartcard.virtual.demo_cards import PIN, Deck
from kiosk.smartcard.virtual.reader import READER, Timing, VirtualReaders
from tests.support.wait import LIMIT

SELECT = bytes.fromhex("00a4040c0ad392f000260100000001")


@pytest.fixture(scope="module")
def deck() -> Deck:
    return Deck()


@pytest.fixture
def card(deck: Deck) -> VirtualCard:
    return deck.fresh("fine")


@pytest.fixture
def world() -> VirtualReaders:
    return VirtualReaders(READER, "Second 01 00")


@pytest.fixture
def aside() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def trouble(action: Callable[[], object]) -> Code:
    with pytest.raises(Unavailable) as raised:
        action()
    return raised.value.code


def test_the_protocols_are_kept(world: VirtualReaders) -> None:
    readers: CardReaders = world.readers()
    monitor: ReaderMonitor = world.monitor()
    readers.release()
    monitor.release()


def test_connecting(world: VirtualReaders, card: VirtualCard) -> None:
    readers = world.readers()
    assert trouble(lambda: readers.connect("none")) is Code.READER_MISSING
    assert trouble(lambda: readers.connect(READER)) is Code.CARD_REMOVED
    world.lay(card)
    world.hold()
    assert trouble(lambda: readers.connect(READER)) is Code.CARD_IN_USE
    world.hold(held=False)
    connection = readers.connect(READER)
    assert trouble(lambda: world.readers().connect(READER)) is Code.CARD_IN_USE
    connection.close()
    connection.close()
    assert trouble(lambda: connection.transmit(SELECT)) is Code.CARD_REMOVED
    world.lay(card, mute=True)
    assert trouble(lambda: readers.connect(READER)) is Code.CARD_UNREADABLE
    world.deny()
    assert trouble(lambda: readers.connect(READER)) is Code.READER_DENIED


def test_closing_takes_the_power_and_with_it_the_verified_pin(world: VirtualReaders, card: VirtualCard) -> None:
    world.lay(card)
    connection = world.readers().connect(READER)
    JpkiSession(connection).verify(bytearray(PIN))
    card.reset()
    assert card.verified, "a reset alone leaves it"
    connection.close()
    assert not card.verified


@pytest.mark.parametrize(
    ("mishap", "code"),
    [
        (lambda world: world.lift(), Code.CARD_REMOVED),
        (lambda world: world.unplug(), Code.READER_MISSING),
        (lambda world: world.stop_service(), Code.READER_SERVICE_MISSING),
    ],
    ids=["lift", "unplug", "stop"],
)
@pytest.mark.parametrize("when", ["between", "in", "silent"])
def test_a_connection_dies_once_and_for_all(
    world: VirtualReaders, card: VirtualCard, aside: ThreadPoolExecutor, mishap: Callable[[VirtualReaders], None], code: Code, when: str
) -> None:
    world.lay(card)
    connection = world.readers().connect(READER)
    if when == "in":
        card.fault(0, Fault(before=lambda: mishap(world)))
        assert trouble(lambda: connection.transmit(SELECT)) is code
    elif when == "silent":
        reached = threading.Event()
        card.fault(0, Fault(trouble=Trouble.SILENT, before=reached.set))
        waiting: Future[bytes] = aside.submit(connection.transmit, SELECT)
        assert reached.wait(LIMIT)
        assert not waiting.done()
        mishap(world)
        assert trouble(lambda: waiting.result(LIMIT)) is code
    else:
        mishap(world)
    assert trouble(lambda: connection.transmit(SELECT)) is code
    if code is Code.CARD_REMOVED:
        world.lay(card)
    assert trouble(lambda: connection.transmit(SELECT)) is code


def test_a_context_does_not_survive_the_service(world: VirtualReaders, card: VirtualCard) -> None:
    world.lay(card)
    old = world.readers()
    world.stop_service()
    assert trouble(world.readers) is Code.READER_SERVICE_MISSING
    world.start_service()
    assert trouble(lambda: old.connect(READER)) is Code.READER_SERVICE_MISSING
    assert world.readers().connect(READER).transmit(SELECT) == b"\x90\x00"


def test_a_lifted_card_answers_nobody(world: VirtualReaders, card: VirtualCard) -> None:
    world.lay(card)
    connection = world.readers().connect(READER)
    card.fault(0, Fault(trouble=Trouble.LIFTED))
    assert trouble(lambda: connection.transmit(SELECT)) is Code.CARD_REMOVED
    assert world.card() is None


def test_the_monitor_sees_what_happens(world: VirtualReaders, card: VirtualCard, aside: ThreadPoolExecutor) -> None:
    monitor = world.monitor()
    seen = monitor.wait(())
    assert seen == (ReaderState(READER, False), ReaderState("Second 01 00", False))
    acts: tuple[tuple[Callable[[], None], ReaderState], ...] = (
        (lambda: world.lay(card), ReaderState(READER, True, changes=1)),
        (lambda: world.lay(card), ReaderState(READER, True, changes=3)),
        (lambda: world.lay(card, mute=True), ReaderState(READER, True, True, changes=5)),
        (world.lift, ReaderState(READER, False, changes=6)),
    )
    for act, expected in acts:
        waiting = aside.submit(monitor.wait, seen)
        act()
        seen = waiting.result(LIMIT)
        assert seen[0] == expected
    world.unplug()
    assert [state.name for state in monitor.wait(seen)] == ["Second 01 00"]
    world.unplug("Second 01 00")
    assert monitor.wait(seen) == ()
    world.stop_service()
    assert trouble(lambda: monitor.wait(())) is Code.READER_SERVICE_MISSING


def test_cancelling_is_lost_before_the_wait_and_works_in_it(world: VirtualReaders, aside: ThreadPoolExecutor) -> None:
    monitor = world.monitor()
    seen = monitor.wait(())
    monitor.cancel()
    waiting = aside.submit(monitor.wait, seen)
    while not waiting.done():
        monitor.cancel()
    assert waiting.result(LIMIT) == seen


def test_the_wire_takes_its_time(deck: Deck) -> None:
    timing = Timing()
    world = VirtualReaders(timing=timing)
    card = deck.fresh("fine")
    world.lay(card)
    connection = world.readers().connect(READER)
    began = time.perf_counter()
    certificate = JpkiSession(connection).read_certificate()
    took = time.perf_counter() - began
    at_least = 3 * timing.exchange_seconds + len(certificate) * 10 / timing.bits_per_second
    assert at_least <= world.card_seconds <= took
    assert timing.seconds(258) == pytest.approx(0.0323, abs=1e-4)


def test_a_slow_card_answers_in_the_end(world: VirtualReaders, card: VirtualCard) -> None:
    world.lay(card)
    card.fault(0, Fault(delay=0.05))
    began = time.perf_counter()
    assert world.readers().connect(READER).transmit(SELECT) == b"\x90\x00"
    assert time.perf_counter() - began >= 0.05


def test_a_slow_card_can_be_lifted(world: VirtualReaders, card: VirtualCard, aside: ThreadPoolExecutor) -> None:
    world.lay(card)
    connection = world.readers().connect(READER)
    reached = threading.Event()
    card.fault(0, Fault(delay=30, before=reached.set))
    waiting = aside.submit(connection.transmit, SELECT)
    assert reached.wait(LIMIT)
    world.lift()
    assert trouble(lambda: waiting.result(LIMIT)) is Code.CARD_REMOVED


# --- the tray ---------------------------------------------------------------------------------------------------------


def test_the_tray_of_the_demo(deck: Deck) -> None:
    assert set(deck.names) >= {
        "fine",
        "two-tries",
        "one-try",
        "locked",
        "no-pin",
        "expired",
        "about-to-expire",
        "no-certificate",
        "not-my-number-card",
        "phone",
        "child",
        "renewed",
        "copy",
        "unknown-authority",
    }
    assert [deck.card(name).tries for name in ("fine", "two-tries", "one-try", "locked", "no-pin")] == [3, 2, 1, 0, 0]


def test_every_card_is_another_but_the_copy(deck: Deck) -> None:
    serials = {name: Certificate(card.certificate).serial for name in deck.names if (card := deck.card(name)).certificate}
    assert serials.pop("copy") == serials["fine"]
    assert len(set(serials.values())) == len(serials)


def test_the_renewed_card_is_of_the_same_person(deck: Deck) -> None:
    fine, renewed = (x509.load_der_x509_certificate(deck.card(name).certificate or b"") for name in ("fine", "renewed"))
    assert fine.subject == renewed.subject
    assert fine.serial_number != renewed.serial_number


def test_the_authority_of_the_demo_is_marked(deck: Deck) -> None:
    assert Authority(deck.authority.der).is_demo
    assert not Authority(Deck(demo=False).authority.der).is_pretended


# --- what the card itself guards --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("00b08a0000", "6d00"),
        ("00a4040c0ad3921000310001010401", "6a82"),
        ("00a4040c06d392f0002601", "9000"),
        ("00a4040c0ad392f0002601000000", "6700"),
        ("b0", "6700"),
        ("90b0000000", "6e00"),
        ("00240100083132333434333231", "6d00"),
    ],
)
def test_before_anything_is_selected(card: VirtualCard, command: str, answer: str) -> None:
    assert card.transmit(bytes.fromhex(command)).hex() == answer


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("00b0000000", "6986"),
        ("00b0970000", "6981"),
        ("00b0980000", "6981"),
        ("00b0810000", "6982"),
        ("00b0890000", "6a82"),
        ("00b0880000", "8f8f009000"),
        ("00a4020c020009", "6a82"),
        ("00a4000c023f00", "6a82"),
        ("00a40000", "9000"),
        ("00a4090c02000a", "6a86"),
        ("00200080", "6a86"),
        ("00200098", "63c3"),
        ("802a0097050102030405" + "00", "6982"),
        ("00240100083132333434333231", "6d00"),
        ("00b07fff00", "6986"),
        ("0084000008", "6d00"),
    ],
)
def test_with_the_application_selected(card: VirtualCard, command: str, answer: str) -> None:
    card.power_up()
    assert card.transmit(SELECT) == b"\x90\x00"
    assert card.transmit(bytes.fromhex(command)).hex() == answer


def test_commands_are_kept_without_their_data(card: VirtualCard) -> None:
    card.power_up()
    card.transmit(SELECT)
    card.transmit(b"\x00\x20\x00\x98\x049876")
    assert card.verifies == 1
    assert "9876" not in repr(vars(card)["commands"])
    assert "9876" not in repr(card)
    assert repr(card.certificate) not in repr(card)


def vouches_for(authority: Deck, holder: Deck) -> bool:
    """Whether the one's authority has issued the other's card, for the key of its own."""
    issued, key = x509.load_der_x509_certificate(holder.card("fine").certificate or b""), authority.card("fine").key
    try:
        issued.verify_directly_issued_by(authority.authority.certificate)
    except (ValueError, InvalidSignature):
        return False
    return key is not None and issued.public_key() == key.public_key()


def test_decks_that_are_begun_at_once_are_one_deck(tmp_path: Path) -> None:
    together = threading.Barrier(3)

    def begin() -> Deck:
        together.wait(LIMIT)
        deck = Deck(tmp_path)
        deck.card("fine")
        return deck

    with ThreadPoolExecutor(3) as pool:
        decks = [one.result(30) for one in [pool.submit(begin) for _ in range(3)]]
    decks.append(Deck(tmp_path))
    assert all(vouches_for(one, other) for one in decks for other in decks)


@pytest.mark.parametrize("name", ["authority.cer", "authority.key.pem", "fine.key.pem"])
@pytest.mark.parametrize("spoiled", [b"", b"of another authority"])
def test_a_deck_that_is_spoiled_is_made_whole(tmp_path: Path, name: str, spoiled: bytes) -> None:
    folder = tmp_path / "deck"
    Deck(folder).card("fine")
    if spoiled and name != "fine.key.pem":
        Deck(tmp_path / "other")
        spoiled = (tmp_path / "other" / name).read_bytes()
    (folder / name).write_bytes(spoiled)
    assert vouches_for(Deck(folder), Deck(folder))
