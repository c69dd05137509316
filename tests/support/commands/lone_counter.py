"""A counter that runs alone, whose links and trail a server is to take in, and what is in its backups."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.config import Home, read_settings
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation, UnlinkReason
from kiosk.domain.token import link_token
from kiosk.equipment import open_repository
from kiosk.ledger.recovery_sheet import sheet
from tests.support.commands.call import Call


class LoneCounter:
    def __init__(self, kiosk: Call, home: Home, folder: Path) -> None:
        self._kiosk, self._home, self._folder = kiosk, home, folder
        repository, keys = open_repository(home, read_settings(home.config))
        repository.close()
        self.site_key = keys.site
        self.sheet = folder / "counter-sheet.txt"
        self.sheet.write_text(sheet(keys.site, datetime.now(UTC).date()), "utf-8")

    def link(self, *cards: int, to: int | None = None) -> None:
        """Each card with its own number, or with that of another card."""
        repository, _ = open_repository(self._home, read_settings(self._home.config))
        with repository:
            for card in cards:
                repository.save_link(uuid.uuid4(), self.token(card), number(to or card), revocation=Revocation.NOT_CHECKED)

    def unlink(self, card: int) -> None:
        repository, _ = open_repository(self._home, read_settings(self._home.config))
        with repository:
            repository.close_link(uuid.uuid4(), number(card), UnlinkReason.WISH)

    def token(self, card: int) -> LinkToken:
        return link_token(self.site_key, bytes(32), card)

    def backup(self) -> Path:
        folder = self._folder / f"stick-{uuid.uuid4().hex[:6]}"
        said = self._kiosk("recovery", "backup", str(folder))
        assert said.code == 0, said.err
        (made,) = folder.glob("*.db")
        return made


def number(card: int) -> LibraryCardNumber:
    return LibraryCardNumber(f"{2_100_000_000 + card}")


@pytest.fixture
def lone(kiosk: Call, home: Home, tmp_path: Path) -> LoneCounter:
    return LoneCounter(kiosk, home, tmp_path)


@pytest.fixture
def founded(registry: Call, place: RegistryHome, lone: LoneCounter) -> RegistryHome:
    """A server on the lone counter's site key, with nothing in it."""
    registry("init", "--sheet", str(lone.sheet))
    return place
