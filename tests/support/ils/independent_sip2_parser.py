"""A parser of SIP2 replies independent of our codec: the text is split at offsets counted by hand, then at every "|"."""

from __future__ import annotations

import re

WIDTHS = {
    "10": (1, 1, 1, 1, 18),
    "12": (1, 1, 1, 1, 18),
    "16": (1, 1, 18),
    "18": (2, 2, 2, 18),
    "24": (14, 3, 18),
    "30": (1, 1, 1, 1, 18),
    "36": (1, 18),
    "64": (14, 3, 18, 4, 4, 4, 4, 4, 4),
    "66": (1, 4, 4, 18),
    "94": (1,),
    "96": (),
    "98": (1, 1, 1, 1, 1, 1, 3, 3, 18, 4),
}


def parts(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The fixed parts and the fields of a reply without its terminator; sequence number and checksum are left out."""
    text = re.sub(r"(AY[0-9])?(AZ[0-9A-F]{4})?$", "", text)
    kind, at = text[:2], 2
    fixed = []
    for width in WIDTHS[kind]:
        fixed.append(text[at : at + width])
        at += width
    pieces = [piece for piece in text[at:].split("|") if piece]
    return fixed, [(piece[:2], piece[2:].replace("&#124;", "|")) for piece in pieces]
