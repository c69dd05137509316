"""Just enough DER (ITU-T X.690) to find where an object ends and to split it into its elements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Element:
    """One TLV object: `whole` includes the header, `value` does not."""

    tag: int
    whole: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Beginning:
    """A TLV object that may be truncated."""

    tag: int
    total: int
    """Length of the whole object, according to its header."""
    length: int
    """Length of the value, according to the header."""
    value: bytes
    """The bytes of the value that are present."""


def beginning(start: bytes) -> Beginning:
    """Parse the header of the object at the start of `start`. Raises ValueError as `total_length` does."""
    header, length = _header(start, 0)
    return Beginning(start[0], header + length, length, start[header : header + length])


def total_length(start: bytes) -> int:
    """Length of the object that begins with `start`, including its header.

    Raises ValueError for a header that is truncated, of indefinite length, or not in its shortest form (X.690 §10.1).
    """
    return beginning(start).total


def elements(content: bytes) -> Iterator[Element]:
    """Yield the consecutive objects in `content`. Raises ValueError lazily, on reaching a truncated one."""
    at = 0
    while at < len(content):
        header, length = _header(content, at)
        end = at + header + length
        if end > len(content):
            raise ValueError("the object is cut off")
        yield Element(content[at], content[at:end], content[at + header : end])
        at = end


def _header(content: bytes, at: int) -> tuple[int, int]:
    """Lengths of the header at `at` and of the value that follows it."""
    if at + 2 > len(content):
        raise ValueError("the header is cut off")
    if content[at] & 0x1F == 0x1F:
        raise ValueError("tags of several bytes do not occur in certificates")
    first = content[at + 1]
    if first < 0x80:
        return 2, first
    octets = first & 0x7F
    if not 1 <= octets <= 4:
        raise ValueError("the length is indefinite or absurd")
    digits = content[at + 2 : at + 2 + octets]
    if len(digits) < octets:
        raise ValueError("the header is cut off")
    length = int.from_bytes(digits, "big")
    if digits[0] == 0 or length < 0x80:
        raise ValueError("the length is not in its shortest form")
    return 2 + octets, length
