"""Keyset pagination over long tables: little memory, and no transaction that lasts as long as the reader takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

PAGE = 500
"""Rows per page."""
Row = TypeVar("Row")
Place = TypeVar("Place")


def paged(read: Callable[[Place], list[Row]], first: Place, place_of: Callable[[Row], Place]) -> Iterator[Row]:
    """Yield all rows in order of their places. `read` returns the rows after a place, none at the end.

    Each page is one snapshot. Rows added or removed meanwhile may or may not appear, but no row appears twice.
    """
    rows = read(first)
    while rows:
        yield from rows
        rows = read(place_of(rows[-1]))
