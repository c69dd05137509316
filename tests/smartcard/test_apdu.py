"""APDUs in the formats of ISO 7816-4 §5.1, and the follow-up commands of one exchange."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.errors import Code, Unavailable
from kiosk.smartcard.apdu import VERIFY, build, exchange, parse


class ScriptedCard:
    """Gives prepared answers, one a command, and keeps the commands."""

    def __init__(self, *answers: str) -> None:
        self.answers = [bytes.fromhex(answer) for answer in answers]
        self.commands: list[str] = []

    def transmit(self, command: bytes) -> bytes:
        self.commands.append(command.hex())
        return self.answers.pop(0)


@pytest.mark.parametrize(
    ("data", "le", "expected"),
    [
        (b"", None, "00b00102"),
        (b"", 1, "00b0010201"),
        (b"", 256, "00b0010200"),
        (b"", 257, "00b00102000101"),
        (b"", 65536, "00b00102000000"),
        (b"\xaa\xbb", None, "00b0010202aabb"),
        (b"\xaa\xbb", 256, "00b0010202aabb00"),
        (b"\xaa\xbb", 1173, "00b00102000002aabb0495"),
        (bytes(256), None, "00b00102000100" + "00" * 256),
        (bytes(256), 256, "00b00102000100" + "00" * 256 + "0100"),
    ],
)
def test_every_form_of_a_command(data: bytes, le: int | None, expected: str) -> None:
    assert build(0x00, 0xB0, 0x01, 0x02, data, le).hex() == expected


@given(st.tuples(*[st.integers(0, 255)] * 4), st.binary(max_size=400), st.none() | st.integers(1, 65536))
def test_what_is_built_is_parsed_back(header: tuple[int, int, int, int], data: bytes, le: int | None) -> None:
    parsed = parse(build(*header, data, le))
    assert (parsed.cla, parsed.ins, parsed.p1, parsed.p2, parsed.data, parsed.le) == (*header, data, le)
    assert parsed.extended is (len(data) > 255 or (le or 0) > 256)


@given(st.binary(max_size=300))
def test_parsing_any_bytes_gives_a_command_or_a_value_error(content: bytes) -> None:
    try:
        parsed = parse(content)
    except ValueError:
        return
    assert bytes((parsed.cla, parsed.ins, parsed.p1, parsed.p2)) == content[:4]
    assert parsed.data in content


@pytest.mark.parametrize(("data", "le"), [(bytes(65536), None), (b"", 0), (b"", 65537)])
def test_lengths_without_a_form_are_refused(data: bytes, le: int | None) -> None:
    with pytest.raises(ValueError, match="length"):
        build(0, 0, 0, 0, data, le)


def test_the_rest_is_fetched_after_61xx() -> None:
    card = ScriptedCard("6102", "aabb6101", "cc9000")
    assert exchange(card, build(0, 0xB0, 0, 0, le=256)).data == b"\xaa\xbb\xcc"
    assert card.commands[1:] == ["00c0000002", "00c0000001"]


def test_the_right_length_is_used_after_6cxx() -> None:
    card = ScriptedCard("6c03", "aabbcc9000")
    assert exchange(card, build(0, 0xB0, 0, 0, le=256)).data == b"\xaa\xbb\xcc"
    assert card.commands == ["00b0000000", "00b0000003"]


def test_the_right_length_is_used_once_only() -> None:
    card = ScriptedCard("6c03", "6c04")
    assert exchange(card, build(0, 0xB0, 0, 0, le=256)).sw == 0x6C04


@pytest.mark.parametrize("ins", [VERIFY, 0x24, 0x2C])
@pytest.mark.parametrize("le", [None, 256])
def test_what_may_spend_a_try_is_never_sent_again(ins: int, le: int | None) -> None:
    card = ScriptedCard("6c04")
    assert exchange(card, build(0, ins, 0, 0x98, b"1234", le)).sw == 0x6C04
    assert len(card.commands) == 1


@pytest.mark.parametrize("answer", ["", "90"])
def test_an_answer_without_a_status_ends_the_connection_and_says_no_more_than_that(answer: str) -> None:
    with pytest.raises(Unavailable) as trouble:
        exchange(ScriptedCard(answer), build(0, 0xB0, 0, 0, le=256))
    assert trouble.value.code is Code.CARD_INTERRUPTED


def test_a_card_that_promises_more_for_ever_is_given_up() -> None:
    with pytest.raises(Unavailable) as trouble:
        exchange(ScriptedCard("6110", "6110"), build(0, 0xB0, 0, 0, le=256))
    assert (trouble.value.code, trouble.value.params) == (Code.CARD_ANSWER_UNEXPECTED, {"sw": "6110"})


def test_neither_commands_nor_answers_print_their_data() -> None:
    assert "1234" not in repr(parse(build(0, VERIFY, 0, 0x98, b"1234")))
    assert "aabb" not in repr(exchange(ScriptedCard("aabb9000"), build(0, 0xB0, 0, 0, le=256)))
