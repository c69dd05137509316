"""Reads a long table page by page: little memory, and no transaction that lasts as long as whoever reads takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

PAGE = 500
"""Rows read at a time."""
Row = TypeVar("Row")
Place = TypeVar("Place")


def paged(read: Callable[[Place], list[Row]], first: Place, place_of: Callable[[Row], Place]) -> Iterator[Row]:
    """All rows in the order of their places. `read` gives the next ones behind a place, none at the end.

    Each page is of one moment; what comes or goes in between may be among the rows or not, but none is there twice.
    """
    rows = read(first)
    while rows:
        yield from rows
        rows = read(place_of(rows[-1]))
