"""Scenarios of `shared_computer`: what an administrator is told before a move has changed anything, and accounts while it is under way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from kiosk.config import Home
from kiosk.config.acting_account import account_named, acting_for
from kiosk.config.machine_place import has_machine_home, machine_folder, machine_keys_folder, retired_folder
from kiosk.ledger.running_lock import RunningLock
from tests.support.commands.accounts import (
    GROUP,
    HANAKO,
    TARO,
    Told,
    apart,
    begin_own,
    called,
    decide,
    finding,
    link,
    modes,
    mount,
    opens,
    own_home,
    setting_up,
)
from tests.support.wait import LIMIT

_TARO = 54302


def _moved_there() -> Home:
    """The computer's counter, with links of hanako's."""
    own = begin_own(HANAKO)
    assert called(None, "setup", "--machine", "--group", GROUP, "--from", str(own.folder))[0] == 0
    return Home(machine_folder())


def _names(*folders: Path) -> list[str]:
    return sorted(path.name for folder in folders for path in folder.iterdir())


def disks() -> Told:
    """Given back onto a stick without permissions (exFAT), a disk that is full, one that has room for the copy alone, and to another's."""
    ours = _moved_there()
    before = modes(ours.folder, machine_keys_folder())
    places = {name: Path(f"/home/{TARO}/{name}") for name in ("stick", "full", "narrow")}
    for place in places.values():
        place.mkdir()
    image = Path("/home/stick.img")
    with image.open("wb") as file:
        file.truncate(8 << 20)
    subprocess.run(["mkfs.exfat", str(image)], check=True, timeout=LIMIT, capture_output=True)
    device = subprocess.run(
        ["losetup", "--find", "--show", str(image)], check=True, timeout=LIMIT, capture_output=True, text=True
    ).stdout.strip()
    told: Told = {}
    try:
        subprocess.run(["mount.exfat-fuse", "-o", f"rw,uid={_TARO}", device, str(places["stick"])], check=True, timeout=LIMIT)
        size = sum(path.stat().st_size for path in ours.folder.rglob("*") if path.is_file())
        for name, room in (("full", 16 << 10), ("narrow", size + (64 << 10))):
            mount("-t", "tmpfs", "-o", f"mode=700,uid={_TARO},size={room}", "tmpfs", str(places[name]))
        for name, place in places.items():
            way = ("setup", "--account", TARO, "--to", str(place / "below" / "counter"))
            told[name] = [called(None, *way, "--dry-run"), called(None, *way)]
            told[f"{name}-left"] = _names(place)
        told["tops"] = [called(None, "setup", "--account", TARO, "--to", str(place)) for place in (places["narrow"], Path("/"))]
        told["another"] = called(None, "setup", "--account", TARO, "--to", f"/home/{HANAKO}/counter")
        subprocess.run(["umount", str(places["stick"])], check=True, timeout=LIMIT)
    finally:
        subprocess.run(["losetup", "--detach", device], check=True, timeout=LIMIT)
    told["same"] = before.items() <= modes(ours.folder, machine_keys_folder()).items()
    told["links"] = opens(TARO, ours)
    return told


def killed_at_rename(to: Path, work: Callable[[], Told]) -> None:
    def killed() -> Told:
        def look(event: str, arguments: tuple[object, ...]) -> None:
            if event == "os.rename" and str(arguments[1]) == str(to):
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(look)
        return work()

    assert apart(None, killed) == {}


def under_way() -> Told:
    """Moves that are killed where the computer's counter cannot be seen; every account calls commands meanwhile."""
    own, ours = begin_own(HANAKO), Home(machine_folder())
    before = _names(Path("/home", TARO))
    told: Told = {}
    there = ("--machine", "--group", GROUP, "--from", str(own.folder))
    for name, at, way in (("there", ours.folder, there), ("back", own.folder, ("--account", HANAKO))):
        killed_at_rename(at, setting_up(*way))
        said = [called(who, *command) for who in (TARO, HANAKO, None) for command in (("links", "count"), ("doctor",))]
        named = called(TARO, "--home", f"/home/{TARO}/other", "links", "count")
        told[name] = {"said": said, "named": named, "dry": called(None, "setup", "--dry-run"), "finished": called(None, "setup")[0]}
    told["window"] = _window_while_moving(own)
    told["taro"] = before == _names(Path("/home", TARO))
    told["links"] = opens(HANAKO, own)
    return told


def _window_while_moving(own: Home) -> tuple[int, str]:
    there = ("--machine", "--group", GROUP, "--from", str(own.folder))
    killed_at_rename(machine_folder(), setting_up(*there))
    said = called(TARO, "run")
    assert called(None, "setup")[0] == 0
    assert called(None, "setup", "--account", HANAKO)[0] == 0
    return said


def wrong_sources() -> Told:
    """A home that is mistyped, empty, or has lost its store."""
    lost = begin_own(HANAKO)
    lost.store.unlink()
    refused = [called(None, "setup", "--machine", "--group", GROUP, "--from", str(lost.folder), *dry) for dry in (("--dry-run",), ())]
    told: Told = {"lost": refused, "left": _names(Path("/var/lib")), "keys": finding(HANAKO, "keys")["outcome"]}
    mounted = begin_own(TARO)
    mount("-t", "tmpfs", "-o", f"mode=700,uid={_TARO}", "tmpfs", str(mounted.crl))
    told["mounted"] = called(None, "setup", "--machine", "--group", GROUP, "--from", str(mounted.folder))
    subprocess.run(["umount", str(mounted.crl)], check=True, timeout=LIMIT)
    ours = Home(machine_folder())
    called(None, "setup", "--machine", "--group", GROUP)
    decide(ours)
    apart(TARO, lambda: link(9))
    empty = Path("/home", TARO, "empty")
    empty.mkdir()
    told["mistyped"] = [called(None, "setup", "--machine", "--from", str(place)) for place in (empty, empty.with_name("typpo"))]
    told["links"] = opens(TARO, ours)
    return told


def refused_in_time() -> Told:
    """Before a move, and of it, a dry run and the command see alike that the program runs, or the disk is full; then nothing is left."""
    own = begin_own(HANAKO)
    there = ("setup", "--machine", "--group", GROUP, "--from", str(own.folder))
    told: Told = {}
    with acting_for(account_named(HANAKO)):
        lock = RunningLock(own.lock)
    told["running"] = [called(None, *there, *dry) for dry in (("--dry-run",), ())]
    lock.release()
    mount("-o", "remount,size=32k", "/var/lib")
    told["full"] = [called(None, *there, *dry) for dry in (("--dry-run",), ())]
    told["new"] = called(None, "setup", "--machine", "--group", GROUP) if _filled() else None
    told["left"] = _names(Path("/var/lib"))
    mount("-o", "remount,size=64m", "/var/lib")
    own.config.write_text(own.config.read_text("utf-8") + '\n[nonsense]\nx = "y"\n', "utf-8")
    told["config"] = called(None, *there)
    told["there"] = has_machine_home()
    return told


def _filled() -> bool:
    try:
        with Path("/var/lib/ballast").open("wb") as file:
            while file.write(bytes(1 << 10)):
                file.flush()
    except OSError:
        return True
    return False


def at_once() -> Told:
    """The start-up script runs while an administrator moves a counter."""
    own = begin_own(HANAKO)
    called(None, "setup", "--machine", "--group", GROUP)
    script: list[tuple[int, str]] = []
    seen: list[str] = []

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event == "os.rename" and not script and str(arguments[1]).startswith(str(machine_folder())):
            script.append((0, ""))
            script[0] = called(None, "setup", "--machine")
            seen.extend([f"{machine_folder().stat().st_mode & 0o7777:o}", *_names(Path("/var/lib"))])

    def move() -> Told:
        sys.addaudithook(look)
        return {**setting_up("--machine", "--from", str(own.folder))(), "script": script[0], "seen": seen}

    return {**apart(None, move), "links": opens(TARO, Home(machine_folder())), "left": _names(Path("/var/lib"))}


def keys_at_the_top() -> Told:
    """The account's config puts the keys into the home itself; moved there, and back."""
    own = own_home(HANAKO)

    def begin() -> Told:
        own.prepare()
        decide(own)
        config = own.config.read_text("utf-8").replace('# place = "auto"', 'place = "file"\nfolder = "."')
        own.config.write_text(config, "utf-8")
        return link(1, 2, 3, home=own)

    assert apart(HANAKO, begin)["links"] == [1, 2, 3]
    another = own.folder / f"{'0' * 16}.json"
    another.write_text("of another")
    refused = called(None, "setup", "--machine", "--group", GROUP, "--from", str(own.folder))
    another.unlink()
    told: Told = {"refused": refused, "kept": sorted(path.suffix for path in own.folder.iterdir() if path.suffix in (".json", ".anchor"))}
    there = ("--machine", "--group", GROUP, "--from", str(own.folder))
    killed_at_rename(retired_folder(own.folder), setting_up(*there))
    _killed_when_gone(own.folder)
    told["moved"] = called(None, "setup")[0]
    told["clear"] = sorted(path.suffix for path in machine_folder().rglob("*") if path.suffix in (".json", ".anchor"))
    told["left"] = _names(own.folder.parent)
    told["back"] = called(None, "setup", "--account", HANAKO)[0]
    told["links"] = opens(HANAKO, own)
    return told


def paths() -> Told:
    """Settings that name folders as only the account, or only the old home, has them."""
    own = begin_own(HANAKO)
    text = own.config.read_text("utf-8")
    there = ("setup", "--machine", "--group", GROUP, "--from", str(own.folder))
    own.config.write_text(
        text.replace('# crl_folder = ""', 'crl_folder = "~/crl"').replace('# pdf_folder = ""', 'pdf_folder = "../slips"'), "utf-8"
    )
    told: Told = {"there": [called(None, *there, *dry) for dry in (("--dry-run",), ())], "made": has_machine_home()}
    own.config.write_text(text.replace('# crl_folder = ""', 'crl_folder = "lists"'), "utf-8")
    told["moved"] = called(None, *there)[0]
    ours = Home(machine_folder())
    keys = f'place = "file"\nfolder = "{ours.folder}/keys"'
    ours.config.write_text(text.replace('# place = "auto"', keys), "utf-8")
    told["back"] = called(None, "setup", "--account", HANAKO)
    told["links"] = opens(HANAKO, ours)
    return told


def _killed_when_gone(home: Path) -> None:
    """Once the home has the name under which it is removed, and before anything of it is."""

    def killed() -> Told:
        def look(event: str, arguments: tuple[object, ...]) -> None:
            if event == "shutil.rmtree" and not home.exists():
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(look)
        return setting_up()()

    assert apart(None, killed) == {}


def in_use() -> Told:
    """The group changes, and files have second names, while a member has the counter open."""
    other = f"{GROUP}-2"
    with Path("/etc/group").open("a", encoding="utf-8") as groups:
        groups.write(f"{other}:x:54310:{TARO}\n")
    called(None, "setup", "--machine", "--group", GROUP)
    ours = Home(machine_folder())
    decide(ours)
    apart(HANAKO, lambda: link(1))
    aside = Path("/var/lib/aside")
    aside.mkdir(mode=0o777)
    secret = aside / "secret"
    secret.write_text("of root")
    secret.chmod(0o600)
    os.link(ours.store, aside / "kept.db")
    os.link(secret, ours.data / "secret")
    (key,) = machine_keys_folder().glob("*.machine")
    draft = key.with_name(f".{key.name}.12345678")
    os.link(key, draft)  # of a process that was killed as it published the key
    told: Told = {}
    with acting_for(account_named(HANAKO)):
        lock = RunningLock(ours.lock)
    told["group"] = [called(None, "setup", "--machine", "--group", other, *dry) for dry in (("--dry-run",), ())]
    told["files"] = called(None, "setup", "--machine")
    told["still"] = (ours.store.stat().st_nlink, ours.store.stat().st_gid)
    lock.release()
    told["replaced"] = called(None, "setup", "--machine", "--group", other)
    told["store"] = (ours.store.stat().st_nlink, ours.store.stat().st_gid, f"{ours.store.stat().st_mode & 0o7777:o}")
    told["secret"] = (secret.stat().st_nlink, secret.stat().st_gid, f"{secret.stat().st_mode & 0o7777:o}")
    told["keys"] = (draft.exists(), key.stat().st_nlink)
    (ours.data / "secret").unlink()
    told["again"] = called(None, "setup", "--machine")
    told["links"] = apart(TARO, lambda: link(2))["links"]
    return told


SCENARIOS: dict[str, Callable[[], Told]] = {
    "disks": disks,
    "under-way": under_way,
    "wrong-sources": wrong_sources,
    "refused-in-time": refused_in_time,
    "keys-at-the-top": keys_at_the_top,
    "in-use": in_use,
    "setups-at-once": at_once,
    "paths": paths,
}
