"""The home of the library's server: one folder with all of its files."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from kiosk.config.atomic_write import write_new
from kiosk.config.file_access import FileTrouble, file_trouble, is_foreign, unusable
from kiosk.config.home import LONGEST, base_folder, resolved
from kiosk.config.home_marker import MARK, Purpose, begin_for, purpose_of
from kiosk.config.registry_settings import BackupSettings, RegistryKeySettings
from kiosk.config.roots_places import check_as_root
from kiosk.config.windows_paths import is_on_share
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.resource_files import resource


@dataclass(frozen=True, slots=True)
class RegistryHome:
    """The folder with all files of the server: `kiosk --home DIR serve`. Paths in registry.toml are relative to it."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "registry.toml"

    @property
    def data(self) -> Path:
        """The ledger, if it is kept in SQLite."""
        return self.folder / "data"

    @property
    def database(self) -> Path:
        return self.data / "registry.db"

    @property
    def trust(self) -> Path:
        """The authorities whose serial numbers a list may hold that is taken in: the server itself reads no cards."""
        return self.folder / "trust"

    @property
    def lock(self) -> Path:
        """Locked by the server, or the restore, running on this home."""
        return self.folder / "running.lock"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def keys(self, settings: RegistryKeySettings) -> Path:
        """The site key, the authority and its certificates, and what outlives a restore: as configured, or `keys`."""
        return self.folder / (settings.folder or "keys")

    def backups(self, settings: BackupSettings) -> Path:
        return self.folder / (settings.folder or "backups")

    def is_begun(self) -> bool:
        """Whether the home contains anything of a server; True if unreadable, which `prepare` reports in more detail."""
        try:
            return bool({self.config.name, MARK} & set(os.listdir(self.folder)))
        except OSError as error:
            return file_trouble(error, self.folder) is not FileTrouble.MISSING

    def prepare(self) -> bool:
        """Create the folders (mode 0700) and, if missing, registry.toml, with defaults as comments. Returns whether it was created.

        Raises Unavailable: home-unusable, also if the home is a counter's or for practice; store-foreign, store-read-only, store-full.
        """
        place = self.folder
        if len(os.fsencode(place)) > LONGEST:
            raise Unavailable(Code.HOME_UNUSABLE, place=str(place), reason=FileTrouble.TOO_LONG.value)
        # As `Home.prepare`. What is begun there may keep its ledger in PostgreSQL.
        if is_on_share(place) and not self.config.exists():
            raise Unavailable(Code.HOME_UNUSABLE, place=str(place), reason="on-share")
        try:
            check_as_root(place)
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Counters of earlier versions have no marker.
            is_a_counters = purpose_of(place) is None and (place / "config.toml").exists()
            if is_a_counters or begin_for(Purpose.REGISTRY, place) is not Purpose.REGISTRY:
                raise Unavailable(Code.HOME_UNUSABLE, place=str(place), reason="not-for-registry")
            place = self.data
            place.mkdir(mode=0o700, exist_ok=True)
            if is_foreign(place):
                raise Unavailable(Code.STORE_FOREIGN, place=str(place))
            place = self.config
            return not place.exists() and self._write_config()
        except OSError as error:
            raise unusable(error, place) from error

    def _write_config(self) -> bool:
        try:
            write_new(self.config, default_registry_config().encode())
        except FileExistsError:
            return False
        return True


def default_registry_config() -> str:
    """All settings with explanations, defaults commented out, so that unchanged settings follow the program."""
    return re.sub(r"^(?=[a-z_]+ = )", "# ", resource("registry/registry.toml").read_text("utf-8"), flags=re.MULTILINE)


def default_registry_home() -> RegistryHome:
    """KIOSK_REGISTRY_HOME, or a folder of its own beside a counter's default: one machine may be both.

    Raises Unavailable: home-unusable.
    """
    if chosen := os.environ.get("KIOSK_REGISTRY_HOME"):
        return registry_home_at(chosen)
    if sys.platform == "win32":
        place = base_folder("LOCALAPPDATA", "~/AppData/Local")
    else:
        place = base_folder("XDG_DATA_HOME", "~/.local/share")
    return registry_home_at(f"{place}/library-card-registry")


def registry_home_at(place: str) -> RegistryHome:
    """The home at a path that may contain `~`. Raises Unavailable: home-unusable (no such user, working directory deleted)."""
    return RegistryHome(resolved(place))
