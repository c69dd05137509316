"""What the server's storage asks of a database, whichever it is."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from threading import Lock, Thread, current_thread
from typing import Any, TypeVar

from peewee import Database

from kiosk.domain.errors import Code, Unavailable
from kiosk.registry.database_errors import ERRORS

# peewee logs every statement with its values (numbers, tokens) at level DEBUG.
logging.getLogger("peewee").disabled = True

T = TypeVar("T")


class RegistryDatabase(ABC):
    """A migrated database. One connection for each thread that uses it."""

    database: Database
    place: str
    """The file, or the URL without its password, for messages."""

    @abstractmethod
    def _unavailable(self, error: BaseException) -> Unavailable | None: ...

    @property
    @abstractmethod
    def is_postgresql(self) -> bool: ...

    def read(self, ask: Callable[[Database], T]) -> T:
        """Call `ask` with the database, once more after a lost connection. Raises Unavailable, never the driver's exceptions."""
        try:
            with self.translated():
                return ask(self.database)
        except Unavailable as error:
            if error.params.get("reason") != "connection":
                raise
        with self.translated():
            return ask(self.database)

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """One snapshot for several reads. Raises Unavailable, never the driver's exceptions."""
        with self.translated(), self._snapshot():
            yield self.database

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """One transaction. Raises Unavailable, never the driver's exceptions; RuntimeError for a value or a row that does not fit."""
        with self.translated(), self._confirmed(), self._transaction():
            yield self.database

    @contextmanager
    def writing_pipelined(self) -> Iterator[Database]:
        """`writing`, with PostgreSQL at work on one statement while the next is put together (pipeline mode): only what is fetched is
        awaited, an error may come later than its statement, and the number of rows of a statement is not known.
        """
        with self.translated(), self._confirmed(), self._pipelined(), self._transaction():
            yield self.database

    def _confirmed(self) -> AbstractContextManager[None]:
        """Raises Unavailable for a commit that the database has told, and may lose all the same."""
        return nullcontext()

    def _pipelined(self) -> AbstractContextManager[None]:
        return nullcontext()

    @abstractmethod
    def _snapshot(self) -> Any: ...

    @abstractmethod
    def _transaction(self) -> Any: ...

    @contextmanager
    def translated(self) -> Iterator[None]:
        """For peewee's queries outside a transaction. A lost connection is dropped, so that the next query connects anew."""
        try:
            yield
        except ERRORS as error:
            unavailable = self._unavailable(error)
            if unavailable is None:
                raise RuntimeError(f"the database was asked wrongly: {type(error).__name__}") from error
            if unavailable.code in (Code.STORE_UNAVAILABLE, Code.DATABASE_UNREACHABLE) or self._leads_elsewhere(unavailable):
                with suppress(*ERRORS):
                    self.database.close()
            raise unavailable from error

    def _leads_elsewhere(self, unavailable: Unavailable) -> bool:
        """Whether another connection may find what this one does not: a primary instead of a standby."""
        return self.is_postgresql and unavailable.code is Code.STORE_READ_ONLY

    @abstractmethod
    def tidy(self) -> None:
        """Give room that erased rows took back to the database, and bring the log into it: it still holds them."""

    @abstractmethod
    def close(self) -> None:
        """Close the connections of this thread and of threads that have ended."""


class Connections:
    """The connections of all threads: those of a thread that has ended would stay open until they are collected."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._opened: list[tuple[Thread, Any]] = []

    def add(self, connection: Any) -> Any:
        with self._guard:
            self._opened.append((current_thread(), connection))
        return connection

    def close(self) -> None:
        with self._guard:
            over = [one for one in self._opened if one[0] is current_thread() or not one[0].is_alive()]
            self._opened = [one for one in self._opened if one not in over]
        for _, connection in over:
            with suppress(*ERRORS):
                connection.close()
