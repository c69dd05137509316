"""A database whose transactions wait before they commit, as on a busy disk, or fail there, as in a power failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from peewee import Database

from kiosk.domain.errors import Unavailable
from kiosk.registry.database import RegistryDatabase


class SlowToCommit(RegistryDatabase):
    def __init__(self, inner: RegistryDatabase, before_commit: Callable[[], None]) -> None:
        """`before_commit` returns when the commit may go on, or raises."""
        self._inner, self._before_commit = inner, before_commit
        self.database, self.place = inner.database, inner.place

    @property
    def is_postgresql(self) -> bool:
        return self._inner.is_postgresql

    @contextmanager
    def writing(self) -> Iterator[Database]:
        with self._inner.writing() as database:
            yield database
            self._before_commit()

    @contextmanager
    def writing_pipelined(self) -> Iterator[Database]:
        with self._inner.writing_pipelined() as database:
            yield database
            self._before_commit()

    def _unavailable(self, error: BaseException) -> Unavailable | None:
        return self._inner._unavailable(error)

    def _snapshot(self) -> AbstractContextManager[Any]:
        return self._inner.reading()

    def _transaction(self) -> AbstractContextManager[Any]:
        return self._inner.writing()

    def tidy(self) -> None:
        self._inner.tidy()

    def close(self) -> None:
        self._inner.close()
