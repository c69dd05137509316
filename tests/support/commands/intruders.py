"""Scenarios of `shared_computer`: what members of the group, and accounts outside it, lay where root works."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from kiosk.config import Home
from kiosk.config.machine_place import machine_folder, machine_keys_folder
from kiosk.store.copied_home import remove_tree
from kiosk.store.key_file import key_name
from tests.support.commands.accounts import GROUP, HANAKO, SOTO, TARO, Told, apart, begin_own, called, decide, link, opens, setting_up

_SECRET = Path("/var/lib/secret")
_NONE = Path("/var/lib/none")
_STORE_FILES = ("data/kiosk.db-keeper", "data/kiosk.db-wal", "data/kiosk.db-shm")
_LOGS = ("logs/commands.log", "logs/kiosk.log")


def _keep_secret() -> None:
    _SECRET.write_text("of root")
    _SECRET.chmod(0o600)


def _is_harmed() -> list[str]:
    """What has become of root's file, and of one that was not there."""
    about = _SECRET.stat()
    harm = [] if (about.st_gid, about.st_mode & 0o777, _SECRET.read_text()) == (0, 0o600, "of root") else [f"{about.st_mode:o}"]
    return harm + ([str(_NONE)] if _NONE.exists() else [])


def _lay(folder: Path, names: tuple[str, ...], to: Path) -> None:
    """Let a member lay links of these names, in place of what has them."""

    def lay() -> Told:
        for name in names:
            place = folder / name
            place.parent.mkdir(exist_ok=True)
            place.unlink(missing_ok=True)
            place.symlink_to(to)
        return {}

    apart(HANAKO, lay)


def _made_through(folder: Path) -> list[str]:
    """What an administrator's commands make in a folder of root's, to which a member lets a folder of the counter lead."""
    roots, aside = Path("/var/lib/roots"), folder.with_name("aside")
    roots.mkdir(exist_ok=True)

    def swap() -> Told:
        folder.mkdir(exist_ok=True)
        folder.rename(aside)
        folder.symlink_to(roots)
        return {}

    def swap_back() -> Told:
        folder.unlink()
        aside.rename(folder)
        return {}

    apart(HANAKO, swap)
    for command in (("links", "count"), ("doctor",), ("recovery", "sheet")):
        called(None, *command)
    apart(HANAKO, swap_back)
    return [path.name for path in roots.iterdir()]


def _drafts() -> tuple[str, ...]:
    """Drafts as they would be named by the processes that come next."""
    name = key_name(machine_folder() / "data")
    return tuple(f".{name}{ending}.{os.getpid() + ahead}" for ahead in range(1, 200) for ending in (".anchor", ".machine"))


def links_in_a_counter() -> Told:
    """An administrator calls commands at a counter in which a member has laid links."""
    called(None, "setup", "--machine", "--group", GROUP)
    home = Home(machine_folder())
    decide(home)
    apart(TARO, lambda: link(1))
    harmed: list[str] = []
    ran: list[int] = []
    for names in (("running.lock",), *((name,) for name in (*_STORE_FILES, *_LOGS))):
        for to in (_SECRET, _NONE):
            _keep_secret()
            _lay(home.folder, names, to)
            ran += [called(None, *command)[0] for command in (("links", "count"), ("doctor",))]
            harmed += [f"{names} to {to}: {harm}" for harm in _is_harmed()]
            _NONE.unlink(missing_ok=True)
            (home.folder / names[0]).unlink(missing_ok=True)
    harmed += [f"{name}: {path}" for name in ("logs", "data", "crl-held", "trust") for path in _made_through(home.folder / name)]
    _keep_secret()
    _lay(machine_keys_folder(), _drafts(), _SECRET)
    ran.append(called(None, "links", "count")[0])
    apart(TARO, lambda: link(2))
    return {"harmed": harmed + _is_harmed(), "links": apart(TARO, link)["links"]}


def links_before_a_move() -> Told:
    """A member lays links in a place that was made before a counter is moved there, and clears them away when it is refused."""
    own = begin_own(HANAKO)
    called(None, "setup", "--machine", "--group", GROUP)
    _keep_secret()
    there = ("setup", "--machine", "--from", str(own.folder))
    refused, harmed = [], []
    for folder, name in ((machine_keys_folder(), _drafts()[0]), (machine_folder(), "running.lock"), (machine_folder(), "trust/link")):
        _lay(folder, (name,), _SECRET)
        refused.append(called(None, *there)[0])
        harmed += _is_harmed()
        apart(HANAKO, _clearing(folder / name))
    moved = called(None, *there)[0]
    return {"refused": refused, "moved": moved, "harmed": harmed, "links": opens(TARO, Home(machine_folder()))}


def _clearing(place: Path) -> Callable[[], Told]:
    def clear() -> Told:
        remove_tree(place)
        return {}

    return clear


def members_during_a_move() -> Told:
    """Members try all the time to come in while a counter is moved into a place that was made before, some from inside its folders."""
    own = begin_own(HANAKO)
    called(None, "setup", "--machine", "--group", GROUP)
    _keep_secret()
    inside = [os.open(folder, os.O_RDONLY) for folder in (machine_folder() / "data", machine_folder(), machine_keys_folder())]
    came_in: list[str] = []
    watched = False

    def look(event: str, arguments: tuple[object, ...]) -> None:
        # As root has just made, and is about to open, a file of the computer's counter.
        nonlocal watched
        if event == "os.rename" and str(arguments[1]) == str(machine_folder() / "data" / "kiosk.db"):
            watched = True
            came_in.extend(str(number) for number, folder in enumerate(inside) if _may_lay(folder))

    def move() -> Told:
        sys.addaudithook(look)
        return {**setting_up("--machine", "--from", str(own.folder))(), "came in": came_in, "watched": watched}

    return {**apart(None, move), "harmed": _is_harmed(), "links": opens(TARO, Home(machine_folder()))}


def _may_lay(folder: int) -> bool:
    """Whether a member that has a folder open can lay a link there."""

    def lay() -> Told:
        try:
            os.symlink(_SECRET, "kiosk.db-keeper", dir_fd=folder)
        except OSError:
            return {}
        return {"laid": True}

    return bool(apart(TARO, lay))


def folders_of_others() -> Told:
    """Somebody else has made the folders in which the counter is put together and put away, where everybody may make some."""
    own = begin_own(HANAKO)
    Path("/var/lib").chmod(0o1777)
    there = ("setup", "--machine", "--group", GROUP, "--from", str(own.folder))

    def lay(name: str, file: str) -> Callable[[], Told]:
        def make() -> Told:
            place = Path("/var/lib", name, file)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("forged")
            return {}

        return make

    apart(SOTO, lay(".library-card-kiosk.new", "trust/forged.cer"))
    refused = called(None, *there)
    still_theirs = Path("/var/lib/.library-card-kiosk.new/trust/forged.cer").exists()
    apart(SOTO, _clearing(Path("/var/lib/.library-card-kiosk.new")))
    killed = apart(None, killed_once_named(setting_up(*there[1:])))
    apart(SOTO, lay(".library-card-kiosk.new", "data/kiosk.db"))
    apart(SOTO, lay(".library-card-kiosk.new", "trust/forged.cer"))
    finished = called(None, "setup")[0]
    return {
        "refused": refused,
        "theirs": still_theirs,
        "killed": killed,
        "finished": finished,
        "forged": (machine_folder() / "trust" / "forged.cer").exists(),
        "links": opens(TARO, Home(machine_folder())),
    }


def killed_once_named(work: Callable[[], Told]) -> Callable[[], Told]:
    """Killed at the first operation after the copy has taken its name."""

    def killed() -> Told:
        is_named = False

        def look(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal is_named
            if is_named:
                os.kill(os.getpid(), signal.SIGKILL)
            is_named = event == "os.rename" and str(arguments[1]) == str(machine_folder())

        sys.addaudithook(look)
        return work()

    return killed


SCENARIOS: dict[str, Callable[[], Told]] = {
    "links-in-a-counter": links_in_a_counter,
    "links-before-a-move": links_before_a_move,
    "members-during-a-move": members_during_a_move,
    "folders-of-others": folders_of_others,
}
