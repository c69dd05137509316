"""Three links as a server's snapshot brings them, and how far it has arrived."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from uuid import UUID

from kiosk.domain.decide import Epochs
from kiosk.domain.feed import PlacedLink
from kiosk.domain.model import LibraryCardNumber
from kiosk.domain.registry_wire import LedgerStatus
from kiosk.domain.wire import Position
from kiosk.store.cipher import open_file
from kiosk.store.keys import Keys
from kiosk.store.repository import Repository
from tests.support.store.enrolled import (
    CARD_A,
    CARD_B,
    CARD_C,
    NAME,
    NUMBER_1,
    NUMBER_2,
    REGISTRY,
    opened,
    shown,
    status,
)

NUMBER_3 = LibraryCardNumber("2104067879")
LINK_A = opened(CARD_A, NUMBER_1, UUID(int=1))
LINK_B = opened(CARD_B, NUMBER_2, UUID(int=2))
LINK_C = opened(CARD_C, NUMBER_3, UUID(int=3))
PLACED_A, PLACED_B, PLACED_C = (PlacedLink(link, place) for place, link in enumerate((LINK_A, LINK_B, LINK_C), 1))


def member(store: Repository) -> Repository:
    """Enrol a store; the server's first epoch runs."""
    store.enrol(REGISTRY, NAME)
    store.begin_epoch(Epochs(1))
    return store


def at(cursor: int, *links: PlacedLink, epoch: int = 1, floor: int = 0) -> LedgerStatus:
    """What the server says at its head."""
    return status(Position(epoch, cursor), links, floor=floor)


def erase(store: Repository) -> None:
    while store.erase_old():
        pass


def numbers(store: Repository) -> list[str]:
    """Of all links shown."""
    return [number for number, _ in shown(store)]


def staged_rows(path: Path, keys: Keys) -> tuple[int, ...]:
    """How many rows the tables of a staging hold."""
    with closing(open_file(path, keys.database)) as connection:
        return tuple(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("staged_link", "staged_link_number"))  # noqa: S608
