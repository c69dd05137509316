"""Run by test_opening.py as root of its own namespace: mounts a 1 MB tmpfs and reports how the store behaves there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.ledger.recovery_sheet import sheet
from kiosk.store.anchor import AnchorFile
from kiosk.store.key_file import FileKeyStore
from kiosk.store.key_location import key_place
from kiosk.store.keys import KeyRecord, Keys
from kiosk.store.recovery import make_backup, restore
from kiosk.store.repository import Repository
from tests.support.wait import LIMIT

KEYS = Keys(b"d" * 32, b"s" * 32)


def mount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=True, timeout=LIMIT)


def open_store(path: Path) -> Repository:
    """Open the store with its anchor on the same disk."""
    return Repository(path, KEYS, "窓口1", lambda: datetime.now(UTC), anchor=AnchorFile(path.parent.parent / "kiosk.anchor", KEYS))


def save(store: Repository, number: int) -> None:
    token = LinkToken(number.to_bytes(32, "big"))
    store.save_link(UUID(int=number), token, LibraryCardNumber(f"{number:010}"), revocation=Revocation.GOOD)


def code_of(work: Callable[[], object]) -> str:
    try:
        work()
    except Unavailable as trouble:
        return str(trouble.code)
    return "True"


def say(**what: object) -> None:
    for key, value in what.items():
        sys.stdout.write(f"{key}:{value}\n")


def is_whole(store: Repository, saved: int) -> bool:
    numbers = [link.number for link in store.list_links(masked=False)]
    return numbers == [f"{number:010}" for number in range(saved)]


def full(disk: Path) -> None:
    mount(disk, "size=1m")
    path = disk / "data" / "kiosk.db"
    store = open_store(path)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(400_000))
    saved = 0
    while (code := code_of(lambda: save(store, saved))) == "True":  # noqa: B023 - called at once
        saved += 1
    say(refused=code, intact=is_whole(store, saved), pairs=store.position().cursor == saved == len(list(store.audit_rows())))
    say(audit=store.verify_audit())
    store.close()
    with ballast.open("ab") as file:
        fill(file.fileno())
    say(reopened=code_of(lambda: open_store(path).close()))
    ballast.unlink()
    store = open_store(path)
    whole = is_whole(store, saved)
    save(store, saved)
    say(again=whole and is_whole(store, saved + 1) and store.verify_audit() is None, saved=saved)
    say(doubt=store.doubt, troubles=len(store.troubles()), examined=store.examine())
    store.close()
    store = open_store(path)
    say(later=store.doubt)
    store.close()


def fill(handle: int) -> None:
    for size in (4096, 1):
        try:
            while True:
                os.write(handle, bytes(size))
        except OSError:
            continue


def full_at_first(disk: Path) -> None:
    mount(disk, "size=64k")
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        fill(file.fileno())
    os.truncate(ballast, ballast.stat().st_size - 16384)
    path = disk / "data" / "kiosk.db"
    say(first=code_of(lambda: open_store(path)), left="".join(sorted(file.name for file in path.parent.iterdir())))
    subprocess.run(["mount", "-o", "remount,size=1m", str(disk)], check=True, timeout=LIMIT)
    say(then=code_of(lambda: open_store(path).close()))


def read_only(disk: Path) -> None:
    mount(disk, "size=4m")
    path = disk / "data" / "kiosk.db"
    store = open_store(path)
    save(store, 0)
    store.close()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True, timeout=LIMIT)
    say(open=code_of(lambda: open_store(path).find(LinkToken(bytes(32)))), save=code_of(lambda: save(open_store(path), 1)))
    say(first=code_of(lambda: open_store(disk / "other" / "kiosk.db")))
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True, timeout=LIMIT)
    store = open_store(path)
    say(back=is_whole(store, 1))
    store.close()


def foreign(disk: Path) -> None:
    """The files belong to another user than the one who opens them (only root could give a file away)."""
    path, key_file = disk / "data" / "kiosk.db", disk / "keys.json"
    open_store(path).close()
    FileKeyStore(key_file).save(KeyRecord(KEYS))
    before = path.read_bytes()
    real = os.geteuid
    os.geteuid = lambda: real() + 1000
    say(open=code_of(lambda: open_store(path)), keys=code_of(FileKeyStore(key_file).load))
    os.geteuid = real
    say(untouched=path.read_bytes() == before and not list(path.parent.glob("*-*")))


def restored(folder: Path) -> None:
    """Restore on another computer, whose disk is too small for it."""
    store = open_store(folder / "first" / "data" / "kiosk.db")
    save(store, 0)
    backup = make_backup(folder / "first" / "data" / "kiosk.db", KEYS, folder / "stick", datetime.now(UTC))
    store.close()
    disk = folder / "disk"
    disk.mkdir()
    mount(disk, "size=24k")
    place, paper = key_place(disk / "data" / "kiosk.db", "file", folder / "keys"), sheet(KEYS.site, datetime.now(UTC).date())

    def bring_back() -> None:
        restore(place, paper, backup, "窓口1", datetime.now(UTC))

    try:
        bring_back()
    except Unavailable as trouble:
        say(code=trouble.code, named=str(trouble.params["place"]).startswith(str(disk)))
    say(start=code_of(place.open_keys), begun=place.database.exists())
    subprocess.run(["mount", "-o", "remount,size=1m", str(disk)], check=True, timeout=LIMIT)
    bring_back()
    store = open_store(place.database)
    say(again=is_whole(store, 1), doubt=store.doubt.code if store.doubt else None)
    store.close()


def overruled(folder: Path) -> None:
    """Somebody accepts an older copy while no anchor can be written."""
    disk = folder / "keys"
    disk.mkdir()
    mount(disk, "size=1m")
    path, anchor = folder / "data" / "kiosk.db", AnchorFile(disk / "kiosk.anchor", KEYS)

    def again() -> Repository:
        return Repository(path, KEYS, "窓口1", lambda: datetime.now(UTC), anchor=anchor)

    with again() as store:
        save(store, 0)
    older = path.read_bytes()
    with again() as store:
        save(store, 1)
        save(store, 2)
    path.write_bytes(older)
    with again() as store:
        say(found=store.doubt.code if store.doubt else None)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True, timeout=LIMIT)
        store.accept_doubt(Code.STORE_BEHIND)
        save(store, 3)
        save(store, 4)
        say(doubt=store.doubt, examined=store.examine(), troubles=",".join(store.troubles()))
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True, timeout=LIMIT)
        save(store, 5)
    with again() as store:
        say(later=store.doubt, is_examined=store.examine())


if __name__ == "__main__":
    {
        "overruled": overruled,
        "restored": restored,
        "full": full,
        "full-at-first": full_at_first,
        "read-only": read_only,
        "foreign": foreign,
    }[sys.argv[1]](Path(sys.argv[2]))
