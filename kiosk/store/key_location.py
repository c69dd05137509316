"""Where the keys of a counter are stored, with the anchor beside them."""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.config.file_replacement import delete
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.store.anchor import ENDING, AnchorFile
from kiosk.store.cipher import same_store
from kiosk.store.credentials import CredentialStore, system_credentials, unusable
from kiosk.store.database_files import leftovers
from kiosk.store.error_table import translated
from kiosk.store.key_file import FileKeyStore, key_name, keys_folder
from kiosk.store.keys import KeyRecord, Keys, KeyStore, UnderWay, folder_of, is_copy, open_keys, seen_elsewhere
from kiosk.store.machine_key import KIND as MACHINE
from kiosk.store.machine_key import MachineKeyStore

_log = logging.getLogger(__name__)
_FILE = ".json"
_MARK = ".system"
_MACHINES = ".machine"


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """The location of the keys and the anchor of one database.

    The keys may be in the platform's credential store. The anchor is always a file in the key folder: it is written after each act, is not
    secret, and is authenticated with a key derived from the keys.
    """

    database: Path
    store: KeyStore
    name: str
    place: str
    folder: Path
    passed_over: Unavailable | None = None
    """Why the first keys will be saved in a file, on a computer that has a credential store."""

    def open_keys(self) -> Keys:
        """Load or create the keys; see `keys.open_keys`."""
        with translated(self.database):
            keys = open_keys(self.store, self.database, self._record_elsewhere, self._passing_over)
        try:
            self.store.settle()
        except Unavailable as trouble:  # tried again at the next opening
            _log.warning("the keys stay as an earlier version saved them: %s", trouble.params["error"])
        return keys

    def is_avoidable_file(self) -> bool:
        """Whether the keys are in a file that nobody asked for, while the credential store could hold keys now."""
        if self.place != "auto" or not isinstance(self.store, FileKeyStore):
            return False
        system = system_credentials(self.name, self.folder / f"{self.name}{_MARK}")
        return system is not None and _refusal(system) is None

    def check_first_start(self) -> None:
        """If there is no database, make sure that there never was one. Raises Unavailable: store-missing, store-key-missing."""
        with translated(self.database):
            if not self.database.exists() and (self.store.load() is not None or leftovers(self.database)):
                self.open_keys()

    def anchor(self, keys: Keys) -> AnchorFile:
        return AnchorFile(self._anchor_path(self.name), keys)

    @property
    def anchor_path(self) -> Path:
        return self._anchor_path(self.name)

    def known_store(self) -> str:
        """The identity of the store last opened with these keys and found in order; empty if none or unknown."""
        record = self.store.load()
        return "" if record is None else record.store or ""

    def remember(self, identity: str) -> None:
        """Record the identity and folder of the store with the keys.

        Raises Unavailable; store-moved, store-copy (as `open_keys`), if a move has marked the keys since they were loaded.
        """
        record = self.store.load()
        if record is None:
            return
        seen = folder_of(self.database)
        if record.folder not in ("", seen):
            raise seen_elsewhere(record, self.database)
        if (record.store, record.folder) != (identity, seen):
            self.store.save(replace(record, store=identity, folder=seen))

    def under_way(self) -> UnderWay | None:
        """An operation on the store or its keys that may not have been recorded in the audit trail yet."""
        record = self.store.load()
        return None if record is None else record.under_way

    def is_written_down(self) -> None:
        """Clear the pending operation, once it is recorded. Raises Unavailable."""
        record = self.store.load()
        if record is not None and record.under_way:
            self.store.save(replace(record, under_way=None, before=""))

    def take_over(self) -> str:
        """Accept that the data folder has moved here: rename keys and anchor accordingly. Returns the previous folder.

        Can be resumed after an interruption at any point. Raises Refused: nothing-moved; Unavailable: store-copy (`first`), if the store
        also still exists in the previous folder.
        """
        here = folder_of(self.database)
        with translated(self.database):
            if not self.database.exists():
                raise Unavailable(Code.STORE_MISSING, file=str(self.database))
            own, left = self.store.load(), self._elsewhere()
            if own is not None and own.folder in ("", here):
                return self._finish(own, left)
            # The key file may have been renamed by hand.
            name, store, record = (self.name, self.store, own) if own is not None else left or (self.name, self.store, None)
            if record is None:
                raise Unavailable(Code.STORE_KEY_MISSING, place=self.store.describe().place)
            if record.folder and is_copy(record, self.database):
                raise Unavailable(Code.STORE_COPY, first=record.folder)
            record = replace(
                record, folder=here, under_way=record.under_way or UnderWay(AdministrativeAct.MOVED), before=record.before or record.folder
            )
            old_anchor = self._anchor_path(key_name(Path(record.before)) if record.before else name)
            if name != self.name:
                # From here on, a copy placed in the old folder cannot be opened.
                store.save(record)
            if (kept := AnchorFile(old_anchor, record.keys).load()) is not None:
                self.anchor(record.keys).save(kept)
            self.store.save(record)
            return self._finish(record, (name, store, record) if name != self.name else None, old_anchor)

    def _finish(self, own: KeyRecord, left: tuple[str, KeyStore, KeyRecord] | None, old_anchor: Path | None = None) -> str:
        """Finish a move once the keys are in their new place: remove what is left in the old one."""
        is_left = left is not None and left[2].folder == own.folder
        if not is_left and (own.under_way is None or own.under_way.deed is not AdministrativeAct.MOVED):
            raise Refused(Code.NOTHING_MOVED)
        anchors = [old_anchor] if old_anchor else []
        if own.before:
            anchors.append(self._anchor_path(key_name(Path(own.before))))
        if left is not None and is_left:
            anchors.append(self._anchor_path(left[0]))
        for anchor in anchors:
            if anchor != self.anchor_path:
                delete(anchor, missing_ok=True)
        if left is not None and is_left:
            left[1].forget()
        return own.before or (left[2].before if left is not None else "") or "?"

    def of_another_folder(self) -> tuple[str, str] | None:
        """The place of the keys of this database that are recorded for another folder, and that folder, "?" if unknown. None: there are
        none.

        Whether a store rests on them there, nobody can tell from here: its disk may not be connected just now.
        """
        with translated(self.database):
            if (left := self._elsewhere()) is None:
                return None
            _, store, record = left
            return store.describe().place, record.folder or "?"

    def _passing_over(self) -> UnderWay | None:
        if self.passed_over is None:
            return None
        _log.warning("the keys are saved in a file: the credential store refuses them (%s)", self.passed_over.params["error"])
        return UnderWay(AdministrativeAct.KEYS_IN_FILE)

    def _record_elsewhere(self) -> KeyRecord | None:
        found = self._elsewhere()
        return None if found is None else found[2]

    def _elsewhere(self) -> tuple[str, KeyStore, KeyRecord] | None:
        """The keys of this database, found under another folder's name."""
        if not self.database.exists():
            return None
        names = {path.stem for ending in (_FILE, _MACHINES, ENDING) for path in self.folder.glob(f"*{ending}")}
        for name in sorted(names - {self.name}):
            try:
                store, _ = _key_store(self.database, name, self.place, self.folder)
                record = store.load()
                if record is not None and same_store(self.database, record.keys.database):
                    return name, store, record
            except (KioskError, OSError):  # keys of another counter
                continue
        return None

    def _anchor_path(self, name: str) -> Path:
        return self.folder / f"{name}{ENDING}"


def belongs_to_keys(name: str) -> bool:
    """Whether a file of a key folder has to do with the keys of a counter, or is a draft of one that has."""
    return re.match(rf"\.?[0-9a-f]{{16}}({'|'.join(map(re.escape, (_FILE, _MARK, _MACHINES, ENDING)))})(\.|$)", name) is not None


def key_place(database: Path, place: str = "auto", folder: Path | None = None) -> KeyPlace:
    """Locate keys and anchor of `database`: `place` is `auto`, `system`, `file` or `machine` (`keys.place`), `folder` is `keys.folder`.

    Raises Unavailable: credential-store-unusable if it is requested, or holds the keys, but is not available.
    """
    name, folder = key_name(database.parent), folder or keys_folder()
    store, passed_over = _key_store(database, name, place, folder)
    return KeyPlace(database, store, name, place, folder, passed_over)


def _key_store(database: Path, name: str, place: str, folder: Path) -> tuple[KeyStore, Unavailable | None]:
    """Choose the key store, and say why the credential store was passed over.

    `auto` uses the credential store if it opens without a prompt, unless there is already a key file: a machine that started without a
    credential store keeps its file, also when its data folder moves. One that opens but refuses to be written is passed over at the first
    start alone, when it cannot hold keys of ours yet; afterwards new keys would hide them.
    """
    if place == MACHINE:
        return MachineKeyStore(folder / f"{name}{_MACHINES}"), None
    file = FileKeyStore(folder / f"{name}{_FILE}")
    if place == "file" or (place == "auto" and file.exists()):
        return file, None
    mark = folder / f"{name}{_MARK}"
    system = system_credentials(name, mark)
    with translated(database):
        if system is None:
            if place == "system" or mark.exists():
                raise unusable("secret-service", "")
            return file, None
        if place == "system" or any(folder.glob(f"{name}.*")):
            return system, None
        if database.exists() or leftovers(database):
            return (file if _is_opened_by_file(database, folder) else system), None
    trouble = _refusal(system)
    return (system, None) if trouble is None else (file, trouble)


def _refusal(system: CredentialStore) -> Unavailable | None:
    try:
        system.try_out()
    except Unavailable as trouble:
        return trouble
    return None


def _is_opened_by_file(database: Path, folder: Path) -> bool:
    """Whether a key file of another name belongs to the database, which was moved here then."""
    for path in folder.glob(f"*{_FILE}"):
        with suppress(KioskError, OSError):  # keys of another counter
            record = FileKeyStore(path).load()
            if record is not None and same_store(database, record.keys.database):
                return True
    return False
