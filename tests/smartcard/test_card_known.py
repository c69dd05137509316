"""The first block of a certificate narrows down whose card it is, reported while the rest is still unread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.errors import Code, Refused
from kiosk.domain.events import CardFailed, CardKnown, CardRead, CardSlow, Event
from kiosk.domain.model import Insertion, LinkToken, Ticket
from kiosk.domain.token import link_token
from kiosk.smartcard.authority import Authority
from kiosk.smartcard.card_thread import CardThread
from kiosk.smartcard.certificate import Certificate, issuer_and_serial
from kiosk.smartcard.der import elements
from kiosk.smartcard.judge import CardJudge
from kiosk.smartcard.revocation import NoRevocation
from kiosk.smartcard.virtual.authority import Leaf, PrivateKey, VirtualAuthority, authority_name, ecdsa_key, rsa_key
from kiosk.smartcard.virtual.card import Fault, Trouble, VirtualCard
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.cards.card_thread import AskedCardThread
from tests.support.cards.malformed_der import encoded
from tests.support.cards.readers import Ear, InProcess, World

Counters = Callable[..., AskedCardThread]
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LABEL = "JPKIAPICCTOKEN2"
SITE_KEY = bytes(range(32))
BLOCK = 256
LEAF = Leaf(0x0705D990, "997794E9AGCIEG13221003A", NOW - timedelta(days=400), NOW + timedelta(days=1400))
HERE = Insertion(1, InProcess.names[0])


def judge_for(*authorities: VirtualAuthority) -> CardJudge:
    return CardJudge([Authority(one.der) for one in authorities], NoRevocation(), SITE_KEY, lambda: NOW)


@pytest.fixture(scope="module")
def roots() -> dict[str, VirtualAuthority]:
    return {"rsa": VirtualAuthority.create(demo=False), "ecdsa": VirtualAuthority.create(key=ecdsa_key(), demo=False)}


@pytest.fixture(scope="module")
def keys() -> dict[str, PrivateKey]:
    return {"rsa": rsa_key(), "ecdsa": ecdsa_key()}


@pytest.fixture(scope="module")
def strict(roots: dict[str, VirtualAuthority]) -> CardJudge:
    return judge_for(*roots.values())


@pytest.fixture(scope="module")
def leaves(roots: dict[str, VirtualAuthority], keys: dict[str, PrivateKey]) -> dict[str, bytes]:
    return {kind: root.issue(keys[kind], LEAF) for kind, root in roots.items()}


def tokens_of(certificate: Certificate, *pinned: VirtualAuthority) -> tuple[LinkToken, ...]:
    return tuple(link_token(SITE_KEY, Authority(one.der).key_digest, certificate.serial) for one in pinned)


# --- what a block tells -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
@pytest.mark.parametrize("first", [0x01, 0x7F, 0x80], ids="{:02x}".format)
def test_the_first_block_is_enough_whatever_the_serial(
    roots: dict[str, VirtualAuthority], keys: dict[str, PrivateKey], strict: CardJudge, kind: str, first: int
) -> None:
    """Numbers of one to twenty bytes; from 80 on DER puts a zero before them, and it counts."""
    for length in range(1, 20 if first == 0x80 else 21):
        serial = int.from_bytes(bytes((first,)) + bytes(range(length - 1)), "big")
        der = roots[kind].issue(keys[kind], replace(LEAF, serial=serial))
        assert strict.candidates(der[:BLOCK]) == strict.candidates(der) == tokens_of(Certificate(der), *roots.values())
        assert strict.judge(der, LABEL).reading.token in strict.candidates(der)


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
@pytest.mark.parametrize("serial", [1, LEAF.serial, (1 << 159) - 1])
def test_every_truncation_tells_the_same_or_nothing(
    roots: dict[str, VirtualAuthority], keys: dict[str, PrivateKey], strict: CardJudge, kind: str, serial: int
) -> None:
    der = roots[kind].issue(keys[kind], replace(LEAF, serial=serial))
    tokens = tokens_of(Certificate(der), *roots.values())
    told = [strict.candidates(der[:length]) for length in range(len(der) + 1)]
    assert set(told) == {(), tokens}
    least = told.index(tokens)
    assert least < 200
    assert told[least:] == [tokens] * (len(der) + 1 - least)


def with_serial(der: bytes, value: bytes) -> bytes:
    """The certificate with another serial number in the form given, right or wrong; its signature does not matter here."""
    tbs, *signature = elements(next(elements(der)).value)
    version, _serial, *rest = elements(tbs.value)
    inner = version.whole + encoded(0x02, value) + b"".join(field.whole for field in rest)
    return encoded(0x30, encoded(0x30, inner) + b"".join(part.whole for part in signature))


@pytest.mark.parametrize(
    "value",
    ["", "00", "80", "ff", "f705d990", "0005d990", "007f", "00000080", "ff80", "00" + "80" * 20, "7f" * 21],
    ids=lambda value: value[:10] or "empty",
)
def test_odd_serials_tell_nothing(leaves: dict[str, bytes], strict: CardJudge, value: str) -> None:
    odd = with_serial(leaves["rsa"], bytes.fromhex(value))
    assert issuer_and_serial(odd) is None
    assert strict.candidates(odd[:BLOCK]) == ()


@given(st.binary(max_size=24))
def test_a_serial_in_any_form_is_that_of_the_whole_or_nothing(leaves: dict[str, bytes], value: bytes) -> None:
    der = with_serial(leaves["ecdsa"], value)
    told = issuer_and_serial(der[:BLOCK])
    if told is not None:
        whole = Certificate(der)
        assert told == (whole.issuer, whole.serial)


@given(st.binary(max_size=600))
def test_arbitrary_bytes_tell_nothing(strict: CardJudge, block: bytes) -> None:
    assert strict.candidates(block) == ()


@settings(max_examples=600)
@given(st.data())
def test_altered_bytes_tell_what_the_whole_says_or_nothing(
    roots: dict[str, VirtualAuthority], leaves: dict[str, bytes], strict: CardJudge, data: st.DataObject
) -> None:
    der = bytearray(leaves[data.draw(st.sampled_from(["rsa", "ecdsa"]))])
    for at in data.draw(st.lists(st.integers(0, 200), min_size=1, max_size=3)):
        der[at] = data.draw(st.integers(0, 255))
    early = strict.candidates(bytes(der[:BLOCK]))
    with suppress(Refused):
        assert early in ((), tokens_of(Certificate(bytes(der)), *roots.values()))


@pytest.mark.parametrize(
    "change",
    [
        lambda der: b"\x31" + der[1:],
        lambda der: der[:4] + b"\x31" + der[5:],
        lambda der: der[:6] + b"\xff\xff" + der[8:],
        lambda der: der.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020101"), 1),
        lambda der: der.replace(bytes.fromhex("a003020102"), bytes.fromhex("a103020102"), 1),
        lambda der: der.replace(bytes.fromhex("02040705d990"), bytes.fromhex("04040705d990"), 1),
        lambda der: der.replace(bytes.fromhex("300d0609"), bytes.fromhex("310d0609"), 1),
        lambda der: der.replace(b"\x30\x81", b"\x31\x81", 1),
    ],
    ids=["no sequence", "no inner one", "longer than what holds it", "version 2", "no version", "no integer", "no algorithm", "no name"],
)
def test_what_is_otherwise_than_in_a_certificate_tells_nothing(leaves: dict[str, bytes], change: Callable[[bytes], bytes]) -> None:
    der = leaves["rsa"]
    assert issuer_and_serial(der) is not None
    assert change(der) != der
    assert issuer_and_serial(change(der)) is None


@pytest.mark.parametrize("organization", ["Somebody", "JPKI-TEST", "JPKi"])
def test_another_issuer_tells_nothing(keys: dict[str, PrivateKey], strict: CardJudge, organization: str) -> None:
    stranger = VirtualAuthority.create(name=authority_name(organization), key=keys["rsa"], demo=False)
    der = stranger.issue(keys["rsa"], LEAF)
    assert issuer_and_serial(der) == (stranger.certificate.subject.public_bytes(), LEAF.serial)
    assert strict.candidates(der) == ()


def test_without_authorities_nothing_is_told(leaves: dict[str, bytes]) -> None:
    assert judge_for().candidates(leaves["rsa"]) == ()


def test_an_authority_that_is_refused_tells_nothing(leaves: dict[str, bytes]) -> None:
    assert judge_for(VirtualAuthority.create(demo=True)).candidates(leaves["rsa"]) == ()


# --- when it is said ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("extended", "commands"), [(True, 4), (False, 8)], ids=["extended", "short"])
def test_it_is_said_after_the_first_block_and_costs_no_command(tray: Deck, judge: CardJudge, extended: bool, commands: int) -> None:
    card, desk, ear = tray.fresh("fine"), InProcess(), Ear()
    desk.world.extended = extended
    sent: list[int] = []

    def hear(event: Event) -> None:
        sent.append(len(card.commands))
        ear(event)

    thread = CardThread(desk.readers, judge, hear)
    thread.start()
    desk.lay(card)
    thread.read(Ticket(7), HERE)
    read = ear.until(CardRead)
    assert thread.stop()
    assert ear.all == [CardKnown(Ticket(7), HERE, (read.reading.token,)), read]
    assert sent == [3, commands]


def test_it_is_said_though_the_card_says_nothing_more(world: World, tray: Deck, counters: Counters) -> None:
    card, counter, insertion = tray.fresh("fine"), counters(world, slow_after=0.2), Insertion(1, world.names[0])
    world.lay(card)
    card.fault(3, Fault(trouble=Trouble.SILENT))
    counter.thread.read(Ticket(7), insertion)
    known = counter.ear.next()
    assert isinstance(known, CardKnown)
    assert (known.ticket, known.insertion) == (Ticket(7), insertion)
    assert counter.ear.next() == CardSlow(insertion)
    world.lift()
    failed = counter.ear.next()
    assert isinstance(failed, CardFailed)
    assert (failed.ticket, failed.code in (Code.CARD_REMOVED, Code.CARD_INTERRUPTED)) == (Ticket(7), True)
    world.lay(card)
    counter.thread.read(Ticket(8), replace(insertion, number=2))
    assert (counter.ear.until(CardRead).reading.token,) == known.tokens


def told(counters: Counters, card: VirtualCard) -> list[Event]:
    """All that is said of one card."""
    desk = InProcess()
    counter = counters(desk)
    desk.lay(card)
    counter.thread.read(Ticket(7), HERE)
    while not isinstance(counter.ear.next(), CardRead | CardFailed):
        pass
    return counter.ear.all


@pytest.mark.parametrize("name", ["expired", "about-to-expire", "next-generation", "copy", "unknown-authority"])
def test_a_certificate_by_a_known_name_is_told_before_it_is_judged(tray: Deck, counters: Counters, judge: CardJudge, name: str) -> None:
    """Also what is refused in the end: somebody else's signature under the same name."""
    card = tray.fresh(name)
    known, judged = told(counters, card)
    whole = Certificate(card.certificate or b"")
    assert known == CardKnown(Ticket(7), HERE, tokens_of(whole, tray.authority))
    assert isinstance(judged, CardFailed) == (name in ("expired", "unknown-authority"))


@pytest.mark.parametrize("name", ["not-my-number-card", "phone", "no-certificate"])
def test_nothing_is_told_of_what_is_no_my_number_card(tray: Deck, counters: Counters, name: str) -> None:
    assert [type(event) for event in told(counters, tray.fresh(name))] == [CardFailed]


def test_the_label_comes_first(tray: Deck, counters: Counters) -> None:
    """A phone whose certificate could be read."""
    card = tray.fresh("fine")
    card.label = b"JPKIAPIOSTOKEN"
    assert told(counters, card) == [CardFailed(Ticket(7), HERE, Code.PHONE_NOT_ACCEPTED)]
    assert len(card.commands) == 2
    tray.fresh("fine")


def test_nothing_is_told_of_a_foreign_certificate(tray: Deck, counters: Counters, keys: dict[str, PrivateKey]) -> None:
    stranger = VirtualAuthority.create(name=authority_name("Somebody"), key=keys["rsa"], demo=False)
    card = VirtualCard("foreign", stranger.issue(keys["rsa"], tray.leaf("fine")), keys["rsa"])
    assert told(counters, card) == [CardFailed(Ticket(7), HERE, Code.ISSUER_UNKNOWN)]


def test_a_small_first_block_is_no_trouble(tray: Deck, counters: Counters) -> None:
    card = tray.fresh("fine")
    card.fault(2, Fault((card.certificate or b"")[:100] + b"\x90\x00", processed=True))
    assert [type(event) for event in told(counters, card)] == [CardRead]


def test_what_is_read_is_judged_as_a_whole(tray: Deck, counters: Counters) -> None:
    """The beginning of one card and the rest of another: told, and refused."""
    card, other = tray.fresh("fine"), tray.fresh("child")
    card.fault(2, Fault((other.certificate or b"")[:BLOCK] + b"\x90\x00", processed=True))
    known, judged = told(counters, card)
    assert isinstance(known, CardKnown)
    assert known.tokens == tokens_of(Certificate(other.certificate or b""), tray.authority)
    assert judged == CardFailed(Ticket(7), HERE, Code.ISSUER_UNKNOWN)


# --- what it may not do -------------------------------------------------------------------------------------------------------


def test_a_judge_that_breaks_early_does_not_break_the_reading(tray: Deck, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", told.append)

    class Hasty(CardJudge):
        def candidates(self, first_block: bytes) -> tuple[LinkToken, ...]:
            raise RuntimeError(first_block.hex())

    card, desk, ear = tray.fresh("fine"), InProcess(), Ear()
    thread = CardThread(desk.readers, Hasty([Authority(tray.authority.der)], NoRevocation(), SITE_KEY, lambda: datetime.now(UTC)), ear)
    thread.start()
    desk.lay(card)
    thread.read(Ticket(7), HERE)
    assert isinstance(ear.next(), CardRead)
    assert thread.stop()
    assert [caught.exc_type for caught in told] == [RuntimeError]


def test_neither_number_nor_token_is_written_down_or_printed(tray: Deck, counters: Counters, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    known, _read = told(counters, tray.fresh("fine"))
    assert isinstance(known, CardKnown)
    written = caplog.text.lower() + repr(known).lower()
    assert not [trace for trace in ("705d990", str(tray.leaf("fine").serial), known.tokens[0].digest.hex()[:16]) if trace in written]
