"""What counters say of themselves is written now and then, together; nothing of it is lost by a database that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.wire import Position
from kiosk.registry.answers import Contact
from kiosk.registry.api.contacts import Contacts
from tests.support.wait import SOON

NEVER = 3600.0


def contact(epoch: int, cursor: int, *, differs: bool = False) -> Contact:
    return Contact(Position(epoch, cursor), differs=differs)


@dataclass
class Database:
    """Takes what is written, unless it is away."""

    written: list[dict[str, Contact]] = field(default_factory=list)
    is_away: bool = False
    tries: int = 0
    told: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def write(self, contacts: Mapping[str, Contact]) -> None:
        async with self.told:
            self.tries += 1
            self.told.notify_all()
            if self.is_away:
                raise Unavailable(Code.STORE_LOCKED, place="")
            self.written.append(dict(contacts))

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(SOON), self.told:
            await self.told.wait_for(condition)


def run(test: Callable[[Database, Contacts], Awaitable[None]], every: float) -> Database:
    async def running() -> Database:
        database = Database()
        contacts = Contacts(database.write, every)
        writing = asyncio.create_task(contacts.keep_writing())
        await test(database, contacts)
        contacts.close()
        async with asyncio.timeout(SOON):
            await writing
        return database

    return asyncio.run(running())


def test_who_names_another_epoch_or_begins_to_differ_is_written_at_once() -> None:
    async def test(database: Database, contacts: Contacts) -> None:
        for number, said in enumerate([contact(1, 1), contact(2, 1), contact(2, 1, differs=True)], 1):
            contacts.note("窓口1", said)
            await database.until(lambda number=number: len(database.written) == number)  # type: ignore[misc]

    assert [written["窓口1"] for written in run(test, NEVER).written] == [contact(1, 1), contact(2, 1), contact(2, 1, differs=True)]


def test_all_else_is_written_together_and_only_the_newest() -> None:
    async def test(database: Database, contacts: Contacts) -> None:
        contacts.note("窓口1", contact(1, 1))
        contacts.note("窓口2", contact(1, 1))
        await database.until(lambda: len(database.written) == 1)
        for cursor in range(2, 50):
            contacts.note("窓口1", contact(1, cursor))
        contacts.note("窓口2", contact(1, 7))

    # Closing writes the last.
    assert run(test, NEVER).written == [
        {"窓口1": contact(1, 1), "窓口2": contact(1, 1)},
        {"窓口1": contact(1, 49), "窓口2": contact(1, 7)},
    ]


def test_what_could_not_be_written_is_written_later_unless_there_is_newer() -> None:
    async def test(database: Database, contacts: Contacts) -> None:
        database.is_away = True
        contacts.note("窓口1", contact(1, 1))
        contacts.note("窓口2", contact(1, 1))
        await database.until(lambda: database.tries == 1)
        contacts.note("窓口1", contact(1, 2))
        database.is_away = False
        await database.until(lambda: bool(database.written))

    assert run(test, 0.01).written == [{"窓口1": contact(1, 2), "窓口2": contact(1, 1)}]
