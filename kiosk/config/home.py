"""Where files lie: those that came with the program, and those of this counter."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.config.files import FileTrouble, file_trouble, is_foreign, unusable
from kiosk.config.purpose import MARK, Purpose, begin_for, purpose_of
from kiosk.config.settings import CardSettings, IlsSettings, KeySettings, SlipSettings
from kiosk.config.writing import write_new
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


_LONGEST = 400
"""Bytes of a home's path. SQLite opens no file whose path has more than 512 on POSIX (MAX_PATHNAME), the names of backups included."""


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

    def keys_folder(self, keys: KeySettings) -> Path | None:
        """Where the key file lies: the configured folder, seen from the home; None: the platform's place."""
        return self.folder / keys.folder if keys.folder else None

    def ils_settings(self, ils: IlsSettings) -> IlsSettings:
        """With the file of the authority as it is seen from the home."""
        return replace(ils, ca_file=str(self.folder / ils.ca_file)) if ils.ca_file else ils

    @property
    def virtual_cards(self) -> Path:
        """Keys of the cards that `practice` and `virtual-card` share, and of their authority, which no other counter trusts."""
        return self.folder / "virtual-cards" / "demo"

    @property
    def cards_for_trust(self) -> Path:
        """The same of an authority that a counter can be made to trust for a test."""
        return self.folder / "virtual-cards" / "for-trust"

    def is_for_practice(self) -> bool:
        """False also where that cannot be told, which `prepare` says better."""
        try:
            return purpose_of(self.folder) is Purpose.PRACTICE
        except OSError:
            return False

    def refuse_practice(self) -> None:
        """Raises Unavailable: home-unusable, where people practise."""
        if self.is_for_practice():
            raise Unavailable(Code.HOME_UNUSABLE, place=str(self.folder), reason="for-practice")

    def for_practice(self) -> Home:
        """The home beside this one where people practise. Raises Unavailable: home-unusable, where nothing lies beside it."""
        folder = self.folder if self.folder.name not in ("", "..") else Path(os.path.realpath(self.folder))
        if not folder.name:
            raise Unavailable(Code.HOME_UNUSABLE, place=str(folder), reason="beside-root")
        return Home(folder.with_name(f"{folder.name}-practice"))

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def has_store(self) -> bool:
        """Whether a store was ever made here. Raises Unavailable where that cannot be looked at: store-unavailable, store-foreign."""
        try:
            return self.store.exists()
        except OSError as error:
            trouble = file_trouble(error, self.store)
            code = Code.STORE_FOREIGN if trouble is FileTrouble.FOREIGN else Code.STORE_UNAVAILABLE
            raise Unavailable(code, place=str(self.store), reason=trouble.value) from error

    def is_begun(self) -> bool:
        """Whether anything of a counter lies here; also where that cannot be told, which `prepare` says better."""
        try:
            return self._is_too_long() or self.has_begun()
        except OSError:
            return True

    def has_begun(self) -> bool:
        """Whether anything of a counter lies here. What was cut off at its empty folders has not begun. Raises OSError."""
        try:
            names = set(os.listdir(self.folder))
        except FileNotFoundError:
            if self.folder.is_symlink():
                raise
            return False
        if names & {self.config.name, self.lock.name, MARK}:
            return True
        return any(os.listdir(place) for place in (self.data, self.trust) if place.name in names)

    def _is_too_long(self) -> bool:
        return len(os.fsencode(self.folder)) > _LONGEST

    def prepare(self, *, for_practice: bool = False) -> bool:
        """Make the folders, readable by their owner alone, and the config with the defaults as comments where there is none yet.
        Returns whether the config was made.

        `for_practice`, which `begin_practice` alone asks for, marks the home as such before all else, and leaves nothing to be decided.

        The log's folder is the log's own: a counter works without it. Raises Unavailable: config-unreadable; home-unusable, also where the
        home was begun for something else; store-foreign (the data are another user's, whom even root would lock out), store-read-only,
        store-full.
        """
        place = self.folder
        if self._is_too_long():
            raise Unavailable(Code.HOME_UNUSABLE, place=str(place), reason=FileTrouble.TOO_LONG.value)
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            if for_practice or not os.path.lexists(self.config):
                said = begin_for(Purpose.PRACTICE if for_practice else Purpose.COUNTER, self.folder)
                self._check_purpose(said, for_practice=for_practice)
            for place in (self.data, self.trust, self.crl):
                place.mkdir(mode=0o700, exist_ok=True)
            if is_foreign(self.data):
                raise Unavailable(Code.STORE_FOREIGN, place=str(self.data))
            place = self.folder / MARK
            self._check_purpose(purpose_of(self.folder), for_practice=for_practice)
            place = self.config
            return not place.exists() and self._write_config(_practice_config() if for_practice else default_config())
        except OSError as error:
            trouble = unusable(error, place)
            if place == self.config and trouble.code is Code.HOME_UNUSABLE:
                raise Unavailable(Code.CONFIG_UNREADABLE, **trouble.params) from error
            raise trouble from error

    def _check_purpose(self, said: Purpose | None, *, for_practice: bool) -> None:
        if for_practice is not (said is Purpose.PRACTICE):
            reason = "not-for-practice" if for_practice else "for-practice"
            raise Unavailable(Code.HOME_UNUSABLE, place=str(self.folder), reason=reason)

    def _write_config(self, text: str) -> bool:
        """Whether it was not there. Raises OSError."""
        try:
            write_new(self.config, text.encode())
        except FileExistsError:
            if not self.config.exists():
                raise
            return False
        return True


def default_config() -> str:
    """Every setting, explained, each default as a comment: what is not written down follows the program."""
    return re.sub(r"^(?=[a-z_]+ = )", "# ", resource("config.toml").read_text("utf-8"), flags=re.MULTILINE)


def _practice_config() -> str:
    return default_config().replace('# revocation = "none"', 'revocation = "none"', 1)


def default_home() -> Home:
    """KIOSK_HOME, or the platform's place for what belongs to one user of one computer.

    On Windows that is %LOCALAPPDATA% and not %ProgramData%: every user of the computer may read the latter, while store and key
    (Credential Manager) belong to the kiosk's own user; and not the roaming profile, which would copy the store to a server.
    Elsewhere it is the XDG data folder. Raises Unavailable: home-unusable.
    """
    if chosen := os.environ.get("KIOSK_HOME"):
        return home_at(chosen)
    if sys.platform == "win32":
        place = base_folder("LOCALAPPDATA", "~/AppData/Local")
    else:
        place = base_folder("XDG_DATA_HOME", "~/.local/share")
    return home_at(f"{place}/library-card-kiosk")


def base_folder(variable: str, otherwise: str) -> str:
    """What the environment says, or else the platform's custom, with `~`. A relative path is ignored, as the XDG specification has it: it
    would be another place wherever the program is started.
    """
    place = os.environ.get(variable, "")
    return place if Path(place).is_absolute() else otherwise


def home_at(place: str) -> Home:
    """The home at a path as people write it, with `~`. Raises Unavailable: home-unusable (no such user, no folder to begin from)."""
    try:
        return Home(Path(place).expanduser().absolute())
    except RuntimeError as error:  # a user without a home
        raise Unavailable(Code.HOME_UNUSABLE, place=place, reason=FileTrouble.MISSING.value) from error
    except OSError as error:  # the working folder was deleted
        raise Unavailable(Code.HOME_UNUSABLE, place=place, reason=file_trouble(error, Path("/")).value) from error
