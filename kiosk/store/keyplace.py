"""Decides where the keys of a counter lie, and the anchor beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.dataclass import dataclass
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.store.anchor import ENDING, AnchorFile
from kiosk.store.cipher import same_store
from kiosk.store.credentials import system_credentials
from kiosk.store.files import leftovers
from kiosk.store.keyfile import FileKeyStore, key_name, keys_folder
from kiosk.store.keys import KeyRecord, Keys, KeyStore, UnderWay, folder_of, is_copy, open_keys
from kiosk.store.trouble import translated

_FILE = ".json"


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Keys and anchor of one database.

    The keys may lie in the platform's credential store. The anchor is a file in the keys' folder all the same: it is written after each
    act, is no secret, and is sealed with a key that comes from the keys.
    """

    database: Path
    store: KeyStore
    name: str
    place: str
    folder: Path

    def open_keys(self) -> Keys:
        """See `keys.open_keys`."""
        with translated(self.database):
            return open_keys(self.store, self.database, self._record_elsewhere)

    def check_first_start(self) -> None:
        """Where there is no database: whether there never was one. Raises Unavailable: store-missing, store-key-missing."""
        with translated(self.database):
            if not self.database.exists() and (self.store.load() is not None or leftovers(self.database)):
                self.open_keys()

    def anchor(self, keys: Keys) -> AnchorFile:
        return AnchorFile(self._anchor_path(self.name), keys)

    @property
    def anchor_path(self) -> Path:
        return self._anchor_path(self.name)

    def known_store(self) -> str:
        """The identity of the store that was last seen to be in order with these keys; empty where none was, or nobody knows."""
        record = self.store.load()
        return "" if record is None else record.store or ""

    def remember(self, identity: str) -> None:
        """Keep beside the keys which store they open, and where. Raises Unavailable."""
        record = self.store.load()
        seen = folder_of(self.database)
        if record is not None and (record.store, record.folder) != (identity, seen):
            self.store.save(replace(record, store=identity, folder=seen))

    def under_way(self) -> UnderWay | None:
        """What was begun with the store or its keys and may not be written down in it yet."""
        record = self.store.load()
        return None if record is None else record.under_way

    def is_written_down(self) -> None:
        """Forget what was under way. Raises Unavailable."""
        record = self.store.load()
        if record is not None and record.under_way:
            self.store.save(replace(record, under_way=None, before=""))

    def take_over(self) -> str:
        """Accept that the data folder has moved here: keys and anchor get the name that goes with it. Returns where it was.

        Cut off anywhere, it goes on when it is asked for again. Raises Refused: nothing-moved; Unavailable: store-copy (`first`), when
        the store lies where it was, too.
        """
        here = folder_of(self.database)
        with translated(self.database):
            if not self.database.exists():
                raise Unavailable(Code.STORE_MISSING, file=str(self.database))
            own, left = self.store.load(), self._elsewhere()
            if own is not None and own.folder in ("", here):
                return self._finish(own, left)
            # A key file may have been renamed by hand.
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
                # From now on a copy that comes to lie in the old place does not open.
                store.save(record)
            if (kept := AnchorFile(old_anchor, record.keys).load()) is not None:
                self.anchor(record.keys).save(kept)
            self.store.save(record)
            return self._finish(record, (name, store, record) if name != self.name else None, old_anchor)

    def _finish(self, own: KeyRecord, left: tuple[str, KeyStore, KeyRecord] | None, old_anchor: Path | None = None) -> str:
        """The last steps of a move, when the keys are in their new place: what is left in the old one."""
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
                anchor.unlink(missing_ok=True)
        if left is not None and is_left:
            left[1].forget()
        return own.before or (left[2].before if left is not None else "") or "?"

    def _record_elsewhere(self) -> KeyRecord | None:
        found = self._elsewhere()
        return None if found is None else found[2]

    def _elsewhere(self) -> tuple[str, KeyStore, KeyRecord] | None:
        """The keys, kept under another folder's name, with which this database was made."""
        if not self.database.exists():
            return None
        names = {path.stem for ending in (_FILE, ENDING) for path in self.folder.glob(f"*{ending}")}
        for name in sorted(names - {self.name}):
            try:
                store = _key_store(name, self.place, self.folder)
                record = store.load()
                if record is not None and same_store(self.database, record.keys.database):
                    return name, store, record
            except (KioskError, OSError):  # another counter's trouble
                continue
        return None

    def _anchor_path(self, name: str) -> Path:
        return self.folder / f"{name}{ENDING}"


def key_place(database: Path, place: str = "auto", folder: Path | None = None) -> KeyPlace:
    """Where keys and anchor of `database` lie: `auto`, `system` or `file` (`keys.place`), files in `folder` (`keys.folder`).

    Raises Unavailable: store-key-missing when `system` is asked for and is not there.
    """
    name, folder = key_name(database.parent), folder or keys_folder()
    return KeyPlace(database, _key_store(name, place, folder), name, place, folder)


def _key_store(name: str, place: str, folder: Path) -> KeyStore:
    """`auto` takes the platform's credential store when it opens without a prompt, unless there is a key file already: a machine that
    started without one keeps its file.
    """
    file = FileKeyStore(folder / f"{name}{_FILE}")
    if place == "file" or (place == "auto" and file.exists()):
        return file
    system = system_credentials(name)
    if system is None and place == "system":
        raise Unavailable(Code.STORE_KEY_MISSING, place="system")
    return system or file
