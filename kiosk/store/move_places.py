"""The two sides of a move: a home with its keys, and as whom it is read, written and removed."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kiosk.config.acting_account import Account, acting_for
from kiosk.config.file_replacement import delete
from kiosk.config.home import Home
from kiosk.config.machine_place import retired_folder, staged_folder
from kiosk.domain.errors import Code, Unavailable
from kiosk.store.anchor import Anchor
from kiosk.store.copied_home import remove_tree
from kiosk.store.key_location import KeyPlace
from kiosk.store.keys import KeyRecord, Keys, folder_of


@dataclass(frozen=True, slots=True)
class Place:
    """A home with its keys, on one side of a move."""

    home: Home
    keys: KeyPlace
    account: Account | None
    """As whom it is read and written; None: as this process."""
    owner: Account | None
    """As whom its folder is named and removed."""
    make_staged: Callable[[Path], None]
    """Makes the folder in which it is put together."""
    finish_staged: Callable[[Path], None] = lambda folder: None
    """Gives that folder to the one account that is to use it."""
    keep: Callable[[], None] = lambda: None
    """Keeps everybody else out while something is put here."""
    is_ours: Callable[[Path], bool] = lambda folder: True
    """Whether a folder beside the home is ours: others may make one there that has the name. Raises OSError."""
    close: Callable[[Path], None] = lambda folder: None
    """Keeps everybody else out of such a folder, or the home, before it is removed. Raises OSError."""

    @property
    def staged(self) -> Path:
        return staged_folder(self.home.folder)

    @property
    def retired(self) -> Path:
        return retired_folder(self.home.folder)

    @property
    def keys_folder(self) -> Path:
        return self.keys.anchor_path.parent

    def load(self) -> KeyRecord | None:
        with acting_for(self.account):
            return self.keys.store.load()

    def has_store(self) -> bool:
        with acting_for(self.account):
            return self.home.has_store()

    def is_begun(self) -> bool:
        with acting_for(self.account):
            return self.home.is_begun()

    def holds(self, record: KeyRecord | None) -> bool:
        """Whether the keys are those of the store here: marked so by a move, they open no other."""
        return record is not None and record.folder == folder_of(self.home.store)

    def anchored(self, keys: Keys) -> Anchor | None:
        """The anchor here, if it is of these keys."""
        with acting_for(self.account), suppress(Unavailable):
            return self.keys.anchor(keys).load()
        return None

    def forget_copied_keys(self, keys: Keys) -> None:
        """Remove what a move has saved of these here, or was about to; other keys stay. Raises Unavailable; OSError."""
        there = self.load()
        if there is None and self.anchored(keys) is None:
            self._delete_drafts()
        elif there is None or there.keys == keys:
            self.forget_keys()

    def forget_keys(self) -> None:
        """Remove the keys, last, with all that belongs to them. Raises Unavailable; OSError."""
        self._delete_drafts()
        with acting_for(self.account):
            delete(self.keys.anchor_path, missing_ok=True)
            self.keys.store.forget()

    def _delete_drafts(self) -> None:
        """Those of a process that was killed hold keys as well."""
        with acting_for(self.account):
            for file in self.keys_folder.glob(f".{self.keys.name}.*"):
                delete(file, missing_ok=True)

    def missing_folders(self) -> list[Path]:
        """The folders that are not there yet for what is put here, from below."""
        with acting_for(self.owner):
            places = (self.staged.parent, self.home.folder, self.keys_folder)
            missing = {folder for place in places for folder in (place, *place.parents) if not os.path.lexists(folder)}
        return sorted(missing, key=lambda folder: len(folder.parts), reverse=True)

    def check_ours(self, folder: Path) -> None:
        """Raises Unavailable: setup-impossible, if somebody else has made it."""
        if not self.is_ours(folder):
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="place-taken", place=str(folder))

    def take_away(self, folder: Path) -> None:
        """Remove a folder beside the home, if there is one. Raises Unavailable as `check_ours` does; OSError."""
        if os.path.lexists(folder):
            self.check_ours(folder)
            self.close(folder)
            remove_tree(folder)


Opened = Callable[[Place], None]
"""Opens the store there, and closes it again."""
