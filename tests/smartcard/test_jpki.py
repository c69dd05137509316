"""The session against virtual cards, and against cards that answer anything at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.smartcard.certificate import Certificate
from kiosk.smartcard.jpki import JpkiSession
from kiosk.smartcard.reader import CardConnection
from kiosk.smartcard.virtual.card import Fault, Trouble, VirtualCard
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support.cards.wire import Wire


@pytest.fixture(scope="module")
def deck() -> Deck:
    return Deck()


@pytest.fixture
def card(deck: Deck) -> VirtualCard:
    return deck.fresh("fine")


@pytest.fixture
def report(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints a figure among pytest's own lines."""
    writer = request.config.get_terminal_writer()

    def write(line: str) -> None:
        with capsys.disabled():
            writer.line(f"\n{line}")

    return write


def tap(connection: CardConnection) -> bytes:
    session = JpkiSession(connection)
    assert session.token_label() == "JPKIAPICCTOKEN2"
    return session.read_certificate()


def refusal(action: Callable[[], object]) -> KioskError:
    with pytest.raises(KioskError) as trouble:
        action()
    return trouble.value


@pytest.mark.parametrize(("extended", "most"), [(False, 9), (True, 4)])
def test_commands_for_a_tap(report: Callable[[str], None], card: VirtualCard, extended: bool, most: int) -> None:
    assert len(card.certificate or b"") == 1429
    assert tap(Wire(card, extended)) == card.certificate
    report(f"1,429-byte certificate, {'extended' if extended else 'short'}: {len(card.commands)} APDUs of {most} allowed")
    assert len(card.commands) <= most


@pytest.mark.parametrize("size", [1, 255, 256, 257, 511, 512, 513, 1429])
@pytest.mark.parametrize("filler", [b"", b"\xff" * 300, b"\x00"])
@pytest.mark.parametrize("extended", [False, True])
def test_a_file_of_any_length_is_cut_at_its_der_length(size: int, filler: bytes, extended: bool) -> None:
    head = b"\x30\x82" + (size - 4).to_bytes(2, "big") if size >= 260 else b"\x30\x81" + bytes((size - 3,)) if size > 130 else b"\x30"
    content = head + bytes(i % 251 for i in range(max(0, size - len(head)))) if size > 1 else b"\x30\x00"
    wire = Wire(VirtualCard("any", content + filler), extended)
    assert JpkiSession(wire).read_certificate() == content


@pytest.mark.parametrize(
    "way",
    [
        {"short_references": False},
        {"splits": 200},
        {"splits": 256},
        {"exact_length": True},
        {"end_warning": True},
        {"first_fails": True},
        {"extended": False},
        {"extended": False, "short_references": False, "exact_length": True, "first_fails": True},
    ],
)
def test_cards_differ_in_their_ways(card: VirtualCard, way: dict[str, int]) -> None:
    for name, value in way.items():
        setattr(card, name, value)
    wire = Wire(card)
    session = JpkiSession(wire)
    assert session.token_label() == "JPKIAPICCTOKEN2"
    certificate = Certificate(session.read_certificate())
    assert session.tries_left() == 3
    session.verify(bytearray(b"1234"))
    certificate.verify_signature(b"challenge", session.sign(certificate.prepare(b"challenge")))
    assert card.verifies == 1


@pytest.mark.parametrize("sw", [0x6700, 0x6B00, 0x6D00, 0x6F00, 0x6985, 0x6A86, 0x9000, 0x6282])
def test_a_refused_long_read_falls_back_to_short_ones(card: VirtualCard, sw: int) -> None:
    card.fault(3, Fault(answer=sw.to_bytes(2, "big")))
    assert tap(Wire(card)) == card.certificate
    assert [recorded.extended for recorded in card.commands].count(True) == 1


def test_the_first_block_is_shown_as_soon_as_it_is_there(card: VirtualCard) -> None:
    wire = Wire(card)
    seen: list[tuple[bytes, int]] = []
    JpkiSession(wire).read_certificate(lambda block: seen.append((block, len(wire.sent))))
    assert seen == [((card.certificate or b"")[:256], 2)]


@pytest.mark.parametrize("status", [0x6A82, 0x6B00, 0x6982])
def test_no_certificate_by_status(card: VirtualCard, status: int) -> None:
    card.certificate_status = status
    assert refusal(lambda: tap(Wire(card))).code is Code.NO_CERTIFICATE


@pytest.mark.parametrize("content", [None, b"", b"\xff" * 2000, b"\x00" * 2000, b"\xff", b"\x00"])
def test_no_certificate_by_content(card: VirtualCard, content: bytes | None) -> None:
    card.certificate = content
    assert refusal(lambda: tap(Wire(card))).code is Code.NO_CERTIFICATE


@pytest.mark.parametrize(
    "content",
    [b"\x30", b"\x30\x82", b"\x31\x03abc", b"\x30\x80" + bytes(300), b"\x30\x82\x05\x91" + bytes(300), b"\x30\x83\x01\x00\x00" + bytes(9)],
)
def test_what_is_cut_off_or_no_der_is_unreadable(card: VirtualCard, content: bytes) -> None:
    card.certificate = content
    assert refusal(lambda: tap(Wire(card))).code is Code.CERTIFICATE_UNREADABLE


@pytest.mark.parametrize(
    ("label", "code"),
    [
        (b"JPKIAPGPSETOKEN", Code.PHONE_NOT_ACCEPTED),
        (b"JPKIAPIOSTOKEN", Code.PHONE_NOT_ACCEPTED),
        (b"JPKIAPICCTOKEN", Code.NOT_MY_NUMBER_CARD),
        (b"JPKIAPICCTOKEN3", Code.NOT_MY_NUMBER_CARD),
        (b"", Code.NOT_MY_NUMBER_CARD),
        (b"\xff\xfe", Code.NOT_MY_NUMBER_CARD),
    ],
)
def test_other_labels(card: VirtualCard, label: bytes, code: Code) -> None:
    card.label = label
    assert refusal(lambda: tap(Wire(card))).code is code


def test_the_label_may_be_padded_with_nul(card: VirtualCard) -> None:
    card.label = b"JPKIAPICCTOKEN2".ljust(32, b"\0")
    assert tap(Wire(card)) == card.certificate


@pytest.mark.parametrize("sw", [0x6A82, 0x6A81, 0x6D00, 0x6E00, 0x6A86, 0x6700, 0x6999])
def test_other_cards(card: VirtualCard, sw: int) -> None:
    card.fault(0, Fault(answer=sw.to_bytes(2, "big")))
    assert refusal(lambda: JpkiSession(Wire(card))).code is Code.NOT_MY_NUMBER_CARD


def test_a_second_6f00_is_not_tried_again(card: VirtualCard) -> None:
    for index in range(3):
        card.fault(index, Fault(answer=b"\x6f\x00"))
    error = refusal(lambda: JpkiSession(Wire(card)))
    assert (error.code, error.params) == (Code.CARD_ANSWER_UNEXPECTED, {"sw": "6F00"})
    assert len(card.commands) == 2


@pytest.mark.parametrize("blocked", [0x63C0, 0x6983, 0x6984])
def test_every_way_of_being_locked(deck: Deck, blocked: int) -> None:
    card = deck.fresh("locked")
    card.blocked = blocked
    session = JpkiSession(Wire(card))
    assert session.tries_left() == 0
    assert refusal(lambda: session.verify(bytearray(b"1234"))).code is Code.PIN_LOCKED


def test_a_wrong_pin_says_what_is_left(card: VirtualCard) -> None:
    session = JpkiSession(Wire(card))
    for left in (2, 1):
        error = refusal(lambda: session.verify(bytearray(b"9999")))
        assert (type(error), error.code, error.params) == (Refused, Code.PIN_WRONG, {"tries_left": left})
        assert session.tries_left() == left
    assert refusal(lambda: session.verify(bytearray(b"9999"))).code is Code.PIN_LOCKED
    assert card.verifies == 3


def test_a_wrong_pin_without_a_counter_is_followed_by_the_question(card: VirtualCard) -> None:
    session = JpkiSession(Wire(card))
    session.tries_left()
    card.fault(0, Fault(answer=b"\x63\x00", processed=True))
    assert refusal(lambda: session.verify(bytearray(b"9999"))).params == {"tries_left": 2}


def test_asking_after_a_verified_pin_is_not_taken_for_all_tries(card: VirtualCard) -> None:
    card.fault(1, Fault(answer=b"\x90\x00"))
    error = refusal(JpkiSession(Wire(card)).tries_left)
    assert (error.code, error.params) == (Code.CARD_ANSWER_UNEXPECTED, {"sw": "9000"})


@pytest.mark.parametrize("digits", ["123", "12345", "12a4", "１２３４", ""])
def test_only_four_digits_reach_the_card(card: VirtualCard, digits: str) -> None:
    session = JpkiSession(Wire(card))
    held = bytearray(digits.encode())
    with pytest.raises(ValueError, match="four digits"):
        session.verify(held)
    assert card.verifies == 0
    assert not any(held)


@pytest.mark.parametrize("pin", [b"1234", b"9999"])
def test_the_digits_are_wiped(card: VirtualCard, pin: bytes) -> None:
    held = bytearray(pin)
    with suppress(Refused):
        JpkiSession(Wire(card)).verify(held)
    assert card.verifies == 1
    assert held == bytes(4)


ODD = [
    0x6281,
    0x6400,
    0x6581,
    0x6700,
    0x6881,
    0x6981,
    0x6982,
    0x6985,
    0x6986,
    0x6A80,
    0x6A82,
    0x6A86,
    0x6A88,
    0x6B00,
    0x6C04,
    0x6D00,
    0x6E00,
    0x6F00,
    0x9001,
]
FAULTS = [Fault(answer=sw.to_bytes(2, "big"), processed=processed) for sw in ODD for processed in (False, True)] + [
    Fault(trouble=trouble, processed=processed) for trouble in Trouble for processed in (False, True)
]


def register(wire: Wire) -> None:
    """A whole registration as the card thread does it."""
    session = JpkiSession(wire)
    session.token_label()
    certificate = Certificate(session.read_certificate())
    session.tries_left()
    session.verify(bytearray(b"1234"))
    certificate.verify_signature(b"challenge", session.sign(certificate.prepare(b"challenge")))


def test_any_fault_at_any_command_of_a_registration(report: Callable[[str], None], deck: Deck) -> None:
    """Whatever goes wrong: one VERIFY at most, only named trouble, and never with the digits in its traceback."""
    card = deck.fresh("fine")
    register(Wire(card))
    commands = len(card.commands)
    cases = 0
    for fault in FAULTS:
        for index in range(commands):
            card.commands.clear()
            card.tries = 3
            card.fault(index, fault)
            with suppress(KioskError):
                register(Wire(card))
            assert card.verifies <= 1
            assert card.tries == 3
            cases += 1
    report(f"{cases} faults in a registration of {commands} commands")
    assert cases == commands * len(FAULTS)


def test_a_lost_verify_is_not_sent_again_and_the_next_session_knows_the_tries(card: VirtualCard) -> None:
    wire = Wire(card)
    session = JpkiSession(wire)
    session.tries_left()
    card.fault(0, Fault(trouble=Trouble.LIFTED, processed=True))
    error = refusal(lambda: session.verify(bytearray(b"9999")))
    assert error.code is Code.CARD_INTERRUPTED
    assert card.verifies == 1
    assert JpkiSession(Wire(card)).tries_left() == 2


def test_no_traceback_holds_the_digits(card: VirtualCard) -> None:
    session = JpkiSession(Wire(card))
    session.tries_left()
    card.fault(0, Fault(trouble=Trouble.LIFTED))
    error = refusal(lambda: session.verify(bytearray(b"8642")))
    assert error.__context__ is None
    step = error.__traceback__
    while step is not None:
        assert "8642" not in repr(step.tb_frame.f_locals.values())
        step = step.tb_next


class RandomCard:
    """Answers with what it is given, then with nothing."""

    def __init__(self, answers: list[bytes], extended: bool) -> None:
        self.answers, self.extended = answers, extended
        self.verifies = 0

    def transmit(self, command: bytes) -> bytes:
        self.verifies += command[1] == 0x20 and len(command) > 5
        return self.answers.pop(0) if self.answers else b""

    def close(self) -> None:
        """Nothing to close."""


STATUSES = st.sampled_from([0x9000, 0x6282, 0x6100, 0x6110, 0x6C10, 0x63C1, 0x6300, 0x6A82, 0x6B00, 0x6984]).map(
    lambda sw: sw.to_bytes(2, "big")
)
BODIES = st.sampled_from([b"", b"JPKIAPICCTOKEN2".ljust(32), b"\x30\x82\x02\x00" + bytes(252), b"\x30\x03\x02\x01\x01"]) | st.binary(
    max_size=300
)
ANSWERS = st.tuples(BODIES, STATUSES | st.binary(max_size=2)).map(lambda parts: parts[0] + parts[1])


@settings(max_examples=300, deadline=None)
@given(st.lists(ANSWERS, max_size=20), st.booleans())
@example([b"\x90\x00", b"JPKIAPICCTOKEN2\x90\x00", b"\x30\x82\x05\x91\x90\x00"] + [b"\x01\x90\x00"] * 600, False)
def test_any_answers_end_in_named_trouble(answers: list[bytes], extended: bool) -> None:
    card = RandomCard(list(answers), extended)
    with pytest.raises((Refused, Unavailable)):
        register(card)  # type: ignore[arg-type]
    assert card.verifies <= 1
