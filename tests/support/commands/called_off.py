"""Scenarios of `shared_computer`: moves that somebody breaks off, or calls off, because what they had moved is lost for instance."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from kiosk.config import Home
from kiosk.config.machine_place import machine_folder, machine_keys_folder, retired_folder
from kiosk.config.move_journal import planned_move
from tests.support.commands.accounts import GROUP, HANAKO, TARO, Told, apart, begin_own, called, killed_at, modes, mount, opens, setting_up
from tests.support.commands.intruders import killed_once_named
from tests.support.wait import LIMIT

_TARO = 54302
_CALLING_OFF = ("setup", "--call-off", "--yes")


def _there(own: Home) -> tuple[str, ...]:
    return ("--machine", "--group", GROUP, "--from", str(own.folder))


def _cut_off(own: Home) -> None:
    """Killed when the computer has the copy, and the account its home still."""
    assert apart(None, killed_once_named(setting_up(*_there(own)))) == {}


def _left() -> list[str]:
    return sorted(path.name for path in Path("/var/lib").iterdir())


def interrupted() -> Told:
    """Somebody presses Ctrl-C: before anything is decided, and after."""
    own = begin_own(HANAKO)
    there = ("setup", *_there(own))
    told: Told = {}
    for name, at in (("before", "kiosk.db"), ("after", machine_folder().name)):

        def press(event: str, arguments: tuple[object, ...], at: str = at) -> None:
            if event in ("os.rename", "os.utime") and Path(str(arguments[event == "os.rename"])).name == at:
                raise KeyboardInterrupt

        told[name] = called(None, *there, watched=press)
    return {**told, "finished": called(None, "setup")[0], "links": opens(TARO, Home(machine_folder()))}


def lost_there() -> Told:
    """What was moved to the computer is lost."""
    own = begin_own(HANAKO)
    told: Told = {"none": called(None, *_CALLING_OFF)}
    _cut_off(own)
    told["there"] = called(None, *_CALLING_OFF)
    shutil.rmtree(machine_folder())
    told["unasked"] = called(None, "setup", "--call-off")
    told["dry"] = called(None, *_CALLING_OFF, "--dry-run")
    told["others"] = called(HANAKO, *_CALLING_OFF)
    told["still"] = planned_move() is not None and opens(HANAKO, own) is None
    told["done"] = called(None, *_CALLING_OFF)
    told["links"], told["left"] = opens(HANAKO, own), _left()
    told["doctor"] = called(HANAKO, "links", "count")[0]
    told["again"] = called(None, "setup", *_there(own))[0]
    told["moved"] = opens(TARO, Home(machine_folder()))
    return told


def lost_with_the_computer() -> Told:
    """The disk that is lost held the plan as well."""
    own = begin_own(HANAKO)
    _cut_off(own)
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/var/lib")
    return {"moved": called(HANAKO, "recovery", "moved")[0], "links": opens(HANAKO, own), "count": called(HANAKO, "links", "count")[0]}


def lost_back() -> Told:
    """Given back onto a disk that has gone since."""
    own = begin_own(HANAKO)
    assert called(None, "setup", *_there(own))[0] == 0
    ours, disk = Home(machine_folder()), Path("/home", TARO, "disk")
    before = modes(ours.folder, machine_keys_folder())
    disk.mkdir()
    mount("-t", "tmpfs", "-o", f"mode=700,uid={_TARO}", "tmpfs", str(disk))
    target = disk / "below" / "counter"
    _killed(
        lambda event, arguments: event == "os.rename" and str(arguments[1]) == str(retired_folder()), "--account", TARO, "--to", str(target)
    )
    subprocess.run(["umount", str(disk)], check=True, timeout=LIMIT)
    told: Told = {"refused": called(None, "setup")[0], "done": called(None, *_CALLING_OFF)}
    told["links"] = opens(TARO, ours)
    told["modes"] = before.items() <= modes(ours.folder, machine_keys_folder()).items()
    told["keys"] = [path.name for path in Path("/home", TARO, ".config").rglob("*.json")]
    told["left"] = _left()
    return told


def removed_before() -> Told:
    """The removal of the old home has begun: nothing of it has gone yet; its store has."""
    own = begin_own(HANAKO)
    _killed(lambda event, _: event == "shutil.rmtree" and not own.folder.exists(), *_there(own))
    shutil.rmtree(machine_folder())
    told: Told = {"done": called(None, *_CALLING_OFF), "links": opens(HANAKO, own)}
    _killed(lambda event, _: event == "shutil.rmtree" and not own.folder.exists(), *_there(own))
    shutil.rmtree(machine_folder())
    shutil.rmtree(retired_folder(own.folder))
    told["lost"] = called(None, *_CALLING_OFF)
    told["planned"] = planned_move() is not None
    return told


def unreached_keys() -> Told:
    """Where the keys cannot be reached, nobody knows how far the move has gone."""
    own = begin_own(HANAKO)
    _cut_off(own)
    keys = own.folder.parents[2] / ".config"
    keys.rename(keys.with_name("elsewhere"))
    told: Told = {"refused": [called(None, *command) for command in (("setup",), _CALLING_OFF)], "planned": planned_move() is not None}
    keys.with_name("elsewhere").rename(keys)
    return {**told, "finished": called(None, "setup")[0], "links": opens(HANAKO, Home(machine_folder()))}


def killed_while_calling_off() -> Told:
    """At each operation, and once more; and a move that is called off wherever it was cut off before the old keys were marked."""
    own, faults = begin_own(HANAKO), list[str]()
    call_off = setting_up(*_CALLING_OFF[1:])
    for point in range(1, 200, 2):
        _cut_off(own)
        shutil.rmtree(machine_folder())
        found = killed_at(point, call_off)
        again = found or apart(None, call_off)
        if (opens(HANAKO, own), planned_move(), _left()) != ([1, 2, 3], None, []):
            faults.append(f"{point}: {again}, {opens(HANAKO, own)}, {_left()}")
        if found:
            break
    for early in range(1, 200, 20):
        assert killed_at(early, setting_up(*_there(own))) == {}
        if opens(HANAKO, own) is None:  # marked: from here on the copy counts
            break
        called_off = apart(None, call_off)
        if (opens(HANAKO, own), planned_move(), _left()) != ([1, 2, 3], None, []):
            faults.append(f"early {early}: {called_off}, {_left()}")
    return {"killed": point, "early": early, "faults": faults}


def _killed(at: Callable[[str, tuple[object, ...]], bool], *way: str) -> None:
    def killed() -> Told:
        def look(event: str, arguments: tuple[object, ...]) -> None:
            if at(event, arguments):
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(look)
        return setting_up(*way)()

    assert apart(None, killed) == {}


SCENARIOS: dict[str, Callable[[], Told]] = {
    "interrupted": interrupted,
    "lost-there": lost_there,
    "lost-with-the-computer": lost_with_the_computer,
    "lost-back": lost_back,
    "removed-before": removed_before,
    "unreached-keys": unreached_keys,
    "killed-while-calling-off": killed_while_calling_off,
}
