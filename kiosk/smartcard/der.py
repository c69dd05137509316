"""Just enough DER (ITU-T X.690) to find where an object ends and which bytes are its parts."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Element:
    """One tag-length-value: `whole` with its header, `value` without."""

    tag: int
    whole: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Beginning:
    """An object of which the end may be missing."""

    tag: int
    total: int
    """Length of the whole object as its header says it."""
    length: int
    """Of its value."""
    value: bytes
    """As much of it as is there."""


def beginning(start: bytes) -> Beginning:
    """The object that begins with `start`. Raises ValueError as `total_length` does."""
    header, length = _header(start, 0)
    return Beginning(start[0], header + length, length, start[header : header + length])


def total_length(start: bytes) -> int:
    """Length of the object that begins with `start`, its header included.

    Raises ValueError when the header is cut off, of the indefinite form, or not in the shortest form (X.690 §10.1).
    """
    return beginning(start).total


def elements(content: bytes) -> Iterator[Element]:
    """The objects that lie one after the other in `content`. Raises ValueError at the first that is cut off, not before."""
    at = 0
    while at < len(content):
        header, length = _header(content, at)
        end = at + header + length
        if end > len(content):
            raise ValueError("the object is cut off")
        yield Element(content[at], content[at:end], content[at + header : end])
        at = end


def _header(content: bytes, at: int) -> tuple[int, int]:
    """Length of the header at `at`, and of the value behind it."""
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
