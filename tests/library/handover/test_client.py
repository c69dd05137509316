"""Window titles in the legacy encoding of old programs."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

if sys.platform != "win32":
    from kiosk.library.handover.x11.client import compound_text

pytestmark = pytest.mark.linux("X11")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        # As xterm 379 writes it.
        (b"\x1b$(B?^=q4[%7%9%F%`", "図書館システム"),
        (b"\x1b$(B?^=q4[\x1b(B - Library", "図書館 - Library"),
        # In the right half, as libX11 does in some locales.
        (b"\x1b$)B\xbf\xde\xbd\xf1\xb4\xdb 1", "図書館 1"),
        (b"\x1b)I\xc4\xbc\xae", "ﾄｼｮ"),
        (b"\x1b$(D0!", "丂"),
        (b"Biblioth\xe8que", "Bibliothèque"),
        ("\x1b%G𠮷野\x1b%@ ok".encode(), "𠮷野 ok"),
        (b"", ""),
    ],
)
def test_titles_are_read(data: bytes, text: str) -> None:
    assert compound_text(data) == text


@given(st.text(alphabet=st.characters(codec="iso2022_jp", exclude_characters="\x1b")))
def test_japanese_comes_back(text: str) -> None:
    data = text.encode("iso2022_jp").replace(b"\x1b$B", b"\x1b$(B")
    assert compound_text(data) == text


@given(st.binary())
def test_anything_is_some_title(data: bytes) -> None:
    assert isinstance(compound_text(data), str)
    assert isinstance(compound_text(b"\x1b$(B" + data), str)
