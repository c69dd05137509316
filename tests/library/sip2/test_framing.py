"""Where a SIP2 message ends in a stream, however the network has cut it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.library.sip2 import Framer, Malformed
from tests.support.ils.recordings import REPLIES

CONTENTS = [reply.strip(b"\r\n") for reply, _ in REPLIES]
STREAMS = st.lists(st.sampled_from([b"\r", b"\n", b"\0", b"|", b"AZ", b"12", b"941", b"96", "竹".encode("cp932"), b"x"])).map(b"".join)


def pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(stream) + 1) for cut in cuts})
    return [stream[start:end] for start, end in zip([0, *places], [*places, len(stream)], strict=True)]


@given(
    st.lists(st.tuples(st.sampled_from(CONTENTS), st.sampled_from([b"\r", b"\r\n", b"\n", b"\r\r\n", b"\r\0", b"\r\n\0\n"])), max_size=5),
    st.lists(st.integers(0, 10_000), max_size=20),
)
def test_any_cutting_gives_the_messages_that_were_sent(sent: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    framer = Framer()
    came = [line for piece in pieces(b"".join(content + end for content, end in sent), cuts) for line in framer.feed(piece)]
    assert came == [content for content, _ in sent]
    assert not framer.pending


@given(STREAMS, st.lists(st.integers(0, 1000), max_size=10))
def test_any_cutting_of_anything_gives_the_same_lines(stream: bytes, cuts: list[int]) -> None:
    whole, cut = Framer(), Framer()
    assert [line for piece in pieces(stream, cuts) for line in cut.feed(piece)] == whole.feed(stream)
    assert cut.pending == whole.pending


@pytest.mark.parametrize("content", CONTENTS[:10])
def test_a_message_cut_at_every_byte_comes_whole(content: bytes) -> None:
    for at in range(len(content) + 2):
        framer = Framer()
        stream = content + b"\r\n"
        assert framer.feed(stream[:at]) + framer.feed(stream[at:]) == [content]
        assert not framer.pending


def test_a_message_without_its_end_is_waited_for() -> None:
    framer = Framer()
    assert framer.feed(b"941AY0AZ") == []
    assert framer.pending
    assert framer.feed(b"FDFD\r\n98Y") == [b"941AY0AZFDFD"]
    assert framer.pending


def test_a_note_with_line_feeds_stays_in_its_message() -> None:
    framer = Framer()
    assert framer.feed(b"36Y20261123    185001AFone\ntwo\n\nthree|AY0AZ1234\r") == [b"36Y20261123    185001AFone\ntwo\n\nthree|AY0AZ1234"]


NOTE = b"64              00020261123    185032000000000000000000000002AOKENRITSU|AAD0123456789|AEHanako|BLY|AF"


def framed(stream: bytes, *, sealed: bool = False) -> list[bytes]:
    """The lines of a stream, which are the same wherever it is cut."""
    whole = Framer()
    whole.sealed = sealed
    lines = whole.feed(stream)
    for at in range(len(stream)):
        cut = Framer()
        cut.sealed = sealed
        assert cut.feed(stream[:at]) + cut.feed(stream[at:]) == lines
    return lines


@pytest.mark.parametrize("break_", [b"\r", b"\r\n", b"\n", b"\n\r", b"\r\r", b"\r\n\r\n"])
def test_a_note_with_breaks_of_any_kind_stays_in_its_message(break_: bytes) -> None:
    first, second = NOTE + b"one" + break_ + b"two" + break_ + b"|AY0AZ1234", b"941AY1AZFDFC"
    assert framed(first + b"\r" + second + b"\r\n") == [first, second]


def test_a_note_that_ends_with_a_bar_is_no_end_where_every_line_has_a_sum() -> None:
    line = NOTE + b"one|\rAFtwo|\r\nAGthree|AY0AZ1234"
    assert framed(line + b"\r", sealed=True) == [line]
    assert framed(b"96\r" + line + b"\r96AZFEF6\r", sealed=True) == [b"96", line, b"96AZFEF6"]


def test_a_message_without_an_end_of_its_own_is_over_where_the_next_begins() -> None:
    second = b"18030201" + b"20261123    185033AB11|AJ\xe6\x9c\xac|"
    assert framed(NOTE + b"one\rtwo\r" + second + b"\r") == [NOTE + b"one\rtwo", second]


def test_a_message_without_an_end_of_its_own_is_given_when_nothing_more_comes() -> None:
    framer, over = Framer(), list[bool]()
    for piece in (b"one", b"\rtwo", b"\r", b"\n"):
        assert framer.feed(piece if over else NOTE + piece) == []
        over.append(framer.may_be_over)
    assert over == [False, False, True, True]
    assert framer.flush() == [NOTE + b"one\rtwo"]
    assert framer.feed(b"941\r") == [b"941"]
    assert not framer.pending


@pytest.mark.parametrize("noise", [b"None", b"login: ", b"12", b"64  cut", b"99", b"AFtext|AY1", b"7"])
def test_what_is_no_message_ends_at_its_first_cr(noise: bytes) -> None:
    assert framed(noise + b"\r941\r") == [noise, b"941"]


@pytest.mark.parametrize("size", [1, 4096, 10_000_000])
def test_noise_without_an_end_is_not_collected(size: int) -> None:
    framer = Framer(longest=10_000)
    for _ in range(10_000 // size):
        assert framer.feed(b"x" * size) == []
    for _ in range(2):
        with pytest.raises(Malformed):
            framer.feed(b"x" * size)
