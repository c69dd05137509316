"""What a reply says of whether its request was carried out."""

from __future__ import annotations

import pytest

from kiosk.library.sip2 import decode

DATE = "20261123    185033"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (f"121NNY{DATE}AB1|", "1"),
        (f"300NUN{DATE}AB1|", "0"),
        (f"16Y {DATE}AB1|", "Y"),
        (f"201{DATE}AB1|", "1"),
        (f"38N{DATE}AA1|", "N"),
        (f"36Y{DATE}AA1|", "Y"),
        ("941", "1"),
        # Those that only tell something, a kind of its own, and no request.
        (f"18040201{DATE}AB1|", ""),
        (f"98YYYYNN100005{DATE}2.00AOX|", ""),
        ("77something", ""),
        ("96", ""),
    ],
)
def test_the_part_that_says_so_has_another_name_in_each_reply(line: str, verdict: str) -> None:
    assert decode(line.encode("ascii") + b"\r", encoding="ascii").verdict == verdict
