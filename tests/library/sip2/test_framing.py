from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.library.sip2 import Framer, Malformed
from tests.library.recorded import REPLIES

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


@pytest.mark.parametrize("size", [1, 4096, 10_000_000])
def test_noise_without_an_end_is_not_collected(size: int) -> None:
    framer = Framer(longest=10_000)
    for _ in range(10_000 // size):
        assert framer.feed(b"x" * size) == []
    for _ in range(2):
        with pytest.raises(Malformed):
            framer.feed(b"x" * size)
