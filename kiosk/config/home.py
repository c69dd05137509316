"""The home of a counter: where it is, and what is in it."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kiosk.config.admission import check_admitted, make_one_folder
from kiosk.config.atomic_write import write_new
from kiosk.config.file_access import FileTrouble, file_trouble, is_foreign, unusable
from kiosk.config.home_marker import MARK, Purpose, begin_for, purpose_of
from kiosk.config.machine_place import has_machine_home, is_machine_home, machine_folder
from kiosk.config.roots_places import check_as_root
from kiosk.config.settings import CardSettings, IlsSettings, KeySettings, SlipSettings
from kiosk.config.windows_paths import has_reserved_name, is_on_share
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.resource_files import resource

LONGEST = 400
"""Maximum length of a home's path in bytes. SQLite limits paths to 512 on POSIX (MAX_PATHNAME), including the names of backups."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder with all files of a counter: `kiosk --home DIR`."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def data(self) -> Path:
        """The encrypted store and its backups. The keys are stored elsewhere (`keys.place`)."""
        return self.folder / "data"

    @property
    def store(self) -> Path:
        return self.data / "kiosk.db"

    @property
    def crashes(self) -> Path:
        """What staff are told of crashes (`kiosk.crashes`)."""
        return self.data / "crashes.txt"

    @property
    def lock(self) -> Path:
        """Locked by the counter, or restore, running on this home."""
        return self.folder / "running.lock"

    @property
    def trust(self) -> Path:
        return self.folder / "trust"

    @property
    def crl(self) -> Path:
        return self.folder / "crl"

    def crl_folder(self, card: CardSettings) -> Path:
        """The folder of revocation lists: as configured, relative to the home, or `crl`."""
        return self.folder / card.crl_folder if card.crl_folder else self.crl

    @property
    def held_lists(self) -> Path:
        """The program's cache of parsed revocation lists; created on first use."""
        return self.folder / "crl-held"

    def slip_folder(self, slip: SlipSettings) -> Path:
        """The folder for PDF slips: as configured, relative to the home, or `slips`."""
        return self.folder / (slip.pdf_folder or "slips")

    def keys_folder(self, keys: KeySettings) -> Path | None:
        """The folder of the key file: as configured, relative to the home; None for the platform's default."""
        return self.folder / keys.folder if keys.folder else None

    def ils_settings(self, ils: IlsSettings) -> IlsSettings:
        """Resolve `ca_file` relative to the home."""
        return replace(ils, ca_file=str(self.folder / ils.ca_file)) if ils.ca_file else ils

    @property
    def virtual_cards(self) -> Path:
        """Keys of the cards shared by `practice --reader` and `virtual-card`, and of their authority, which no other counter trusts."""
        return self.folder / "virtual-cards" / "demo"

    @property
    def cards_for_trust(self) -> Path:
        """The same for an authority that a counter can be made to trust for a test."""
        return self.folder / "virtual-cards" / "for-trust"

    def is_for_practice(self) -> bool:
        """Whether this home is for practice; False if unreadable, which `prepare` reports in more detail."""
        try:
            return purpose_of(self.folder) is Purpose.PRACTICE
        except OSError:
            return False

    def refuse_practice(self) -> None:
        """Raise Unavailable: home-unusable, for a practice home."""
        if self.is_for_practice():
            raise Unavailable(Code.HOME_UNUSABLE, place=str(self.folder), reason="for-practice")

    def for_practice(self) -> Home:
        """The practice home beside this one, or the account's own where this is the computer's. Raises Unavailable: home-unusable, if there
        cannot be one.
        """
        if is_machine_home(self.folder):
            return account_home().for_practice()
        folder = self.folder if self.folder.name not in ("", "..") else Path(os.path.realpath(self.folder))
        if not folder.name:
            raise Unavailable(Code.HOME_UNUSABLE, place=str(folder), reason="beside-root")
        return Home(folder.with_name(f"{folder.name}-practice"))

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def has_store(self) -> bool:
        """Whether there is a store. Raises Unavailable if that cannot be determined: store-unavailable, store-foreign."""
        try:
            return self.store.exists()
        except OSError as error:
            trouble = file_trouble(error, self.store)
            code = Code.STORE_FOREIGN if trouble is FileTrouble.FOREIGN else Code.STORE_UNAVAILABLE
            raise Unavailable(code, place=str(self.store), reason=trouble.value) from error

    def has_data(self) -> bool:
        """More than a note of crashes, which a counter writes that has never begun as well. Raises as `has_store`; OSError."""
        return self.has_store() or (self.data.is_dir() and any(path != self.crashes for path in self.data.iterdir()))

    def is_begun(self) -> bool:
        """Whether the home contains anything of a counter; True if unreadable, which `prepare` reports in more detail."""
        try:
            return self._is_too_long() or self.has_begun()
        except OSError:
            return True

    def has_begun(self) -> bool:
        """Whether the home contains anything of a counter; empty folders of an interrupted start do not count. Raises OSError."""
        try:
            names = set(os.listdir(self.folder))
        except FileNotFoundError as error:
            if file_trouble(error, self.folder) is not FileTrouble.MISSING:
                raise
            return False
        if names & {self.config.name, self.lock.name, MARK}:
            return True
        return any(os.listdir(place) for place in (self.data, self.trust) if place.name in names)

    def _is_too_long(self) -> bool:
        return len(os.fsencode(self.folder)) > LONGEST

    def prepare(self, *, for_practice: bool = False, configured: bool = True) -> bool:
        """Create the folders and, if missing, the config, with defaults as comments. Returns whether the config was created.

        `for_practice`, used only by `begin_practice`, first marks the home as such, and writes a config that leaves nothing to decide. Not
        `configured`: the settings are fixed (the demo's), and nobody would read a config. The log creates its own folder: a counter works
        without it. Raises Unavailable: counter-not-admitted; config-unreadable; home-unusable, also if the home has another purpose;
        store-foreign (home or data belong to another user, whom even root would lock out), store-read-only, store-full.
        """
        place = self.folder
        if is_machine_home(place):
            check_admitted(place)
        if self._is_too_long():
            raise Unavailable(Code.HOME_UNUSABLE, place=str(place), reason=FileTrouble.TOO_LONG.value)
        # SQLite's WAL holds on one computer alone: https://www.sqlite.org/wal.html. What worked on a drive until now is left alone.
        if is_on_share(place) and not self.has_store():
            raise Unavailable(Code.HOME_UNUSABLE, place=str(place), reason="on-share")
        try:
            check_as_root(place)
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            if for_practice or not os.path.lexists(self.config):
                said = begin_for(Purpose.PRACTICE if for_practice else Purpose.COUNTER, self.folder)
                self._check_purpose(said, for_practice=for_practice)
            for place in (self.data, self.trust, self.crl):
                make_one_folder(place)
            if is_foreign(self.data):
                raise Unavailable(Code.STORE_FOREIGN, place=str(self.data))
            place = self.folder / MARK
            self._check_purpose(purpose_of(self.folder), for_practice=for_practice)
            place = self.config
            return configured and not place.exists() and self._write_config(_practice_config() if for_practice else default_config())
        except OSError as error:
            trouble = unusable(error, place)
            if place == self.config and trouble.code is Code.HOME_UNUSABLE:
                raise Unavailable(Code.CONFIG_UNREADABLE, **trouble.params) from error
            raise trouble from error

    def _check_purpose(self, said: Purpose | None, *, for_practice: bool) -> None:
        if said is Purpose.REGISTRY:
            raise Unavailable(Code.HOME_UNUSABLE, place=str(self.folder), reason="for-registry")
        if for_practice is not (said is Purpose.PRACTICE):
            reason = "not-for-practice" if for_practice else "for-practice"
            raise Unavailable(Code.HOME_UNUSABLE, place=str(self.folder), reason=reason)

    def _write_config(self, text: str) -> bool:
        """Write the config unless it exists; return whether it was written. Raises OSError."""
        try:
            write_new(self.config, text.encode())
        except FileExistsError:
            if not self.config.exists():
                raise
            return False
        return True


def default_config() -> str:
    """All settings with explanations, defaults commented out, so that unchanged settings follow the program."""
    return re.sub(r"^(?=[a-z_]+ = )", "# ", resource("config.toml").read_text("utf-8"), flags=re.MULTILINE)


def _practice_config() -> str:
    return default_config().replace('# revocation = "none"', 'revocation = "none"', 1)


def default_home() -> Home:
    """KIOSK_HOME; the home of the computer's counter if there is one, whether this account is admitted or not; otherwise the account's own.

    The computer's goes first: an account that had a counter of its own before, or is not admitted, must not go on with a second one unseen.
    `doctor` names the other (`other_home`). Raises Unavailable: home-unusable.
    """
    if chosen := os.environ.get("KIOSK_HOME"):
        return home_at(chosen)
    try:
        return Home(machine_folder()) if has_machine_home() else account_home()
    except OSError as error:
        raise unusable(error, machine_folder()) from error


def other_home(home: Home) -> Home | None:
    """A counter of this account's own that nobody sees any more, since `home` is the computer's."""
    if not is_machine_home(home.folder):
        return None
    with suppress(Unavailable):
        own = account_home()
        return own if own.has_store() else None
    return None


def account_home() -> Home:
    """The platform's folder for per-user, per-machine data.

    On Windows %LOCALAPPDATA%: the roaming profile would copy the store to a server. Elsewhere the XDG data folder. Raises Unavailable:
    home-unusable.
    """
    if sys.platform == "win32":
        place = base_folder("LOCALAPPDATA", "~/AppData/Local")
    else:
        place = base_folder("XDG_DATA_HOME", "~/.local/share")
    return home_at(f"{place}/library-card-kiosk")


def base_folder(variable: str, otherwise: str) -> str:
    """The folder from an environment variable, or the default, with `~`. Relative paths are ignored, as the XDG specification demands: they
    would depend on the working directory.
    """
    place = os.environ.get(variable, "")
    return place if Path(place).is_absolute() else otherwise


def home_at(place: str) -> Home:
    """The home at a path that may contain `~`. Raises Unavailable: home-unusable (no such user, working directory deleted, a name that
    Windows keeps for itself).
    """
    return Home(resolved(place))


def resolved(place: str) -> Path:
    """The folder at a path that may contain `~`. Raises Unavailable as `home_at` does."""
    try:
        folder = Path(place).expanduser().absolute()
    except RuntimeError as error:  # a user without a home folder
        raise Unavailable(Code.HOME_UNUSABLE, place=place, reason=FileTrouble.MISSING.value) from error
    except OSError as error:  # the working directory was deleted
        raise Unavailable(Code.HOME_UNUSABLE, place=place, reason=file_trouble(error, Path("/")).value) from error
    if has_reserved_name(folder):  # a folder may be made all the same, under another name
        raise Unavailable(Code.HOME_UNUSABLE, place=place, reason=FileTrouble.RESERVED.value)
    return folder
