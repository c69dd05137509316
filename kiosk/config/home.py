"""Where files lie: those that came with the program, and those of this counter."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.config.settings import CardSettings, IlsSettings, SlipSettings
from kiosk.domain.errors import Code, Unavailable


def resource(name: str) -> Path:
    """A file of `resources/`: frozen (beside the program), installed (kiosk/resources) or in a checkout (../resources).

    Raises FileNotFoundError when it is in none of them.
    """
    package = Path(__file__).resolve().parent.parent
    frozen = getattr(sys, "_MEIPASS", None)
    places = [Path(frozen) / "kiosk" / "resources"] if frozen else [package / "resources", package.parent / "resources"]
    for place in places:
        if (place / name).exists():
            return place / name
    raise FileNotFoundError(f"resources/{name}")


@dataclass(frozen=True, slots=True)
class Home:
    """The one folder that holds all a counter has: `kiosk --home DIR`."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def data(self) -> Path:
        """The encrypted store and its backups. The keys lie elsewhere (`keys.place`)."""
        return self.folder / "data"

    @property
    def store(self) -> Path:
        return self.data / "kiosk.db"

    @property
    def lock(self) -> Path:
        """Held by the one counter, or the one restore, that runs on this home."""
        return self.folder / "running.lock"

    @property
    def trust(self) -> Path:
        return self.folder / "trust"

    @property
    def crl(self) -> Path:
        return self.folder / "crl"

    def crl_folder(self, card: CardSettings) -> Path:
        """Where the revocation lists lie: the configured folder, seen from the home, or `crl`."""
        return self.folder / card.crl_folder if card.crl_folder else self.crl

    @property
    def held_lists(self) -> Path:
        """What was read of the revocation lists: made by the program, when it has read one."""
        return self.folder / "crl-held"

    def slip_folder(self, slip: SlipSettings) -> Path:
        """Where slips printed as PDF come to lie: the configured folder, seen from the home, or `slips`."""
        return self.folder / (slip.pdf_folder or "slips")

    def ils_settings(self, ils: IlsSettings) -> IlsSettings:
        """With the file of the authority as it is seen from the home."""
        return replace(ils, ca_file=str(self.folder / ils.ca_file)) if ils.ca_file else ils

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def prepare(self) -> None:
        """Make the folders, readable by their owner alone, and the documented config where there is none yet.

        Raises Unavailable: store-foreign, store-read-only, store-full, store-unavailable.
        """
        try:
            for folder in (self.folder, self.data, self.trust, self.crl, self.logs):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.config.exists():
                self.config.write_bytes(resource("config.toml").read_bytes())
        except OSError as error:
            raise Unavailable(_trouble(error)) from error


def _trouble(error: OSError) -> Code:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Code.STORE_FULL
    if error.errno in (errno.EPERM, errno.EACCES):
        return Code.STORE_FOREIGN
    return Code.STORE_READ_ONLY if error.errno == errno.EROFS else Code.STORE_UNAVAILABLE


def default_home() -> Home:
    """KIOSK_HOME, or the platform's place for what belongs to one user of one computer.

    On Windows that is %LOCALAPPDATA% and not %ProgramData%: every user of the computer may read the latter, while store and key
    (Credential Manager) belong to the kiosk's own user; and not the roaming profile, which would copy the store to a server.
    Elsewhere it is the XDG data folder.
    """
    if chosen := os.environ.get("KIOSK_HOME"):
        return Home(Path(chosen).expanduser().absolute())
    if sys.platform == "win32":
        place = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        place = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return Home(place / "library-card-kiosk")
