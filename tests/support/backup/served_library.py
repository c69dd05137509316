"""A library whose server was begun on the command line: what its counters do there, and what an administrator finds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from kiosk.config.registry_home import RegistryHome
from kiosk.ledger.recovery_sheet import sheet
from tests.support.backup.server_machine import ServerMachine
from tests.support.commands.server import opened


class Library:
    """Its home, and an empty one on another machine; its recovery sheet in a file."""

    def __init__(self, folder: Path, home: RegistryHome) -> None:
        self.home, self.empty = home, RegistryHome(folder / "new machine")
        server = opened(home)
        self.key = server.site_key.key
        server.close()
        self.sheet = folder / "sheet.txt"
        self.sheet.write_text(sheet(self.key, datetime.now(UTC).date()), "utf-8")

    def machine(self) -> ServerMachine:
        server = opened(self.home)
        url = server.settings.database.url or f"sqlite:///{self.home.database}"
        server.close()
        return ServerMachine(self.home.folder, url, self.key, server.site_key.library)

    def link(self, *cards: int) -> None:
        machine = self.machine()
        machine.link(*cards)
        machine.close()

    def position(self) -> tuple[int, int]:
        """Of the cursor, and how many earlier epochs there were."""
        server = opened(self.home)
        head = server.ledger.head()
        assert not server.ledger.verify().findings
        server.close()
        return head.position.cursor, len(head.epochs.cuts)

    def backups(self) -> list[Path]:
        folder = self.home.folder / "backups"
        return sorted(folder.glob("*.backup")) if folder.exists() else []
