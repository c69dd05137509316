"""Keys in a private file, for machines without a credential store that opens without a prompt."""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from pathlib import Path

from kiosk.config import file_trouble
from kiosk.config.atomic_write import sync_folder
from kiosk.config.file_replacement import delete
from kiosk.config.home import base_folder
from kiosk.config.private_files import read_private, save_private
from kiosk.config.windows_paths import plain
from kiosk.domain.errors import Code, Unavailable
from kiosk.store.error_table import translated
from kiosk.store.keys import Description, KeyRecord


def keys_folder() -> Path:
    """The per-user key folder, outside every data folder, so that a copy of a data folder (backup, USB stick) contains no key.

    Raises Unavailable: store-key-unreadable (no-home), if the user has no home folder.
    """
    if sys.platform == "win32":
        place = Path(base_folder("LOCALAPPDATA", "~/AppData/Local")) / "library-card-kiosk-keys"
    else:
        place = keys_folder_in(Path(base_folder("XDG_CONFIG_HOME", "~/.config")))
    try:
        return place.expanduser()
    except RuntimeError as error:
        raise Unavailable(Code.STORE_KEY_UNREADABLE, place=str(place), reason="no-home") from error


def keys_folder_in(configuration: Path) -> Path:
    """The same for an account whose XDG_CONFIG_HOME is given."""
    return configuration / "library-card-kiosk" / "keys"


def key_name(data: Path) -> str:
    """The name of the keys for the data folder `data`: 16 hexadecimal digits of the SHA-256 of its absolute path.

    Each `--home` thus has its own. When a data folder moves, `kiosk recovery moved` renames its keys.
    """
    return hashlib.sha256(str(plain(data).resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]


class FileKeyStore:
    """A file with mode 0600. Protected only by the user's account and disk encryption."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def exists(self) -> bool:
        with translated(self._path):
            return self._path.exists()

    def load(self) -> KeyRecord | None:
        """Load the keys; None if there is no file. Raises Unavailable: store-key-unreadable (`reason`: "damaged", or a `FileTrouble`),
        store-foreign, store-unprotected.
        """
        try:
            return self._decoded(read_private(self._path))
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = file_trouble(error, self._path).value
            raise Unavailable(Code.STORE_KEY_UNREADABLE, place=str(self._path), reason=reason) from error
        except (ValueError, RecursionError) as error:
            raise Unavailable(Code.STORE_KEY_UNREADABLE, place=str(self._path), reason="damaged") from error

    def save(self, record: KeyRecord) -> None:
        """Save atomically. Raises FileExistsError rather than replace other keys; Unavailable."""

        def are_the_same_keys() -> bool:
            present = self.load()
            return present is not None and present.keys == record.keys

        with translated(self._path):
            saved = save_private(self._path, self._encoded(record), replaces=are_the_same_keys)
        if not saved:
            raise FileExistsError(str(self._path))

    def replace(self, record: KeyRecord) -> None:
        """Save atomically, in place of whatever keys are there. Raises Unavailable."""
        with translated(self._path):
            save_private(self._path, self._encoded(record), replaces=lambda: True)

    def forget(self) -> None:
        with translated(self._path):
            delete(self._path, missing_ok=True)
            with suppress(FileNotFoundError):  # it has gone with its folder
                sync_folder(self._path.parent)

    def try_out(self) -> None:
        """Nothing: a file that cannot be written, on a protected disk, is read all the same."""

    def settle(self) -> None:
        """Nothing: files have always been saved as now."""

    def describe(self) -> Description:
        return Description("file", str(self._path))

    def _encoded(self, record: KeyRecord) -> bytes:
        return record.encoded().encode()

    def _decoded(self, content: bytes) -> KeyRecord:
        """Raises ValueError for what are no keys; Unavailable."""
        return KeyRecord.decoded(content.decode())
