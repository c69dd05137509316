"""A compact sorted set of serial numbers: a million in a few megabytes, packed at a fixed width."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import field

from kiosk.domain.dataclass import dataclass

WIDEST = 64
"""Maximum width in bytes. RFC 5280 allows 20; anything beyond this limit cannot be a serial number."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Packed serial numbers. A membership test takes microseconds, whatever the size."""

    width: int
    """Bytes per number."""
    packed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not 1 <= self.width <= WIDEST or len(self.packed) % self.width:
            raise ValueError("no whole numbers")

    def __len__(self) -> int:
        return len(self.packed) // self.width

    def __getitem__(self, index: int) -> bytes:
        return self.packed[index * self.width : (index + 1) * self.width]

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int) or number < 0 or number.bit_length() > self.width * 8:
            return False
        wanted = number.to_bytes(self.width, "big")
        at = bisect_left(self, wanted)
        return at < len(self) and self[at] == wanted


def pack(numbers: Iterable[int]) -> Numbers:
    """Pack the positive numbers; others are dropped, since no accepted certificate has one. Raises ValueError for a number that is too
    wide.
    """
    found = sorted({number for number in numbers if number > 0})
    width = max(1, (found[-1].bit_length() + 7) // 8) if found else 1
    packed = bytearray()
    for number in found:
        packed += number.to_bytes(width, "big")
    return Numbers(width, bytes(packed))
