"""Opens the server's database by its URL: SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from peewee import Database


class RegistryDatabase:
    """A migrated database. One connection for each thread that uses it; `close` closes that of the calling thread."""

    database: Database
    place: str
    """The URL without its password, for messages."""

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """One snapshot for several reads. Raises Unavailable, never the driver's exceptions."""
        raise NotImplementedError
        yield

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """One transaction. Raises Unavailable, never the driver's exceptions; RuntimeError for a violated constraint."""
        raise NotImplementedError
        yield

    def close(self) -> None:
        raise NotImplementedError


def open_database(url: str, *, create: bool = True) -> RegistryDatabase:
    """Open `sqlite:///PATH` (absolute or relative) or `postgresql://USER:PASSWORD@HOST:PORT/NAME`, and bring it to this program's schema.

    `create` makes a SQLite file that is missing. Raises Unavailable: store-newer (`version`, `known`), store-missing, store-damaged (not a
    database of ours), store-foreign, store-read-only, store-full, store-unavailable (no connection; `reason`); ValueError for another URL.
    """
    raise NotImplementedError
