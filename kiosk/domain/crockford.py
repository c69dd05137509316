"""Crockford's base32, for what people copy from paper or screen: without I, L, O and U, in any case and spacing.

Two check characters, a polynomial checksum modulo the prime 1021, find any single wrong character and any two neighbours transposed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011")
_PRIME = 1021


def symbols_of(number: int, count: int) -> list[int]:
    """The lowest 5 × `count` bits, as values of 5 bits, the highest first."""
    return [number >> 5 * place & 31 for place in reversed(range(count))]


def number_of(symbols: Sequence[int]) -> int:
    """What `symbols_of` took apart."""
    number = 0
    for symbol in symbols:
        number = number << 5 | symbol
    return number


def written(symbols: Sequence[int]) -> str:
    return "".join(ALPHABET[symbol] for symbol in symbols)


def typed(text: str) -> list[int]:
    """The values of what was typed: spaces and dashes are ignored, O is 0, I and L are 1. Raises ValueError for any other character."""
    letters = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper().translate(_READ_AS)
    return [ALPHABET.index(letter) for letter in letters]


def checked(symbols: Sequence[int], start: int = 0) -> list[int]:
    """The symbols with their two check symbols. `start` tells apart what must not be exchanged, such as the lines of a sheet."""
    total = start
    for symbol in symbols:
        total = (total * 33 + symbol) % _PRIME
    return [*symbols, total >> 5, total & 31]
