"""Scenarios of `shared_computer`: homes and plans that lead an administrator who moves a counter to what is not the account's."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from kiosk.config import Home
from kiosk.config.machine_place import machine_folder, machine_keys_folder, move_file
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
    opens,
    own_home,
    setting_up,
)
from tests.support.commands.intruders import killed_once_named

_MEMBERS = 54300


def _there(own: Home) -> tuple[str, ...]:
    return ("setup", "--machine", "--group", GROUP, "--from", str(own.folder))


def home_by_link() -> Told:
    """The account's home is a link to another disk: moved as it stands, its data would stay there."""
    own = own_home(HANAKO)
    disk = own.folder.parents[2] / "disk"

    def lay() -> Told:
        disk.mkdir(mode=0o700)
        own.folder.parent.mkdir(parents=True)
        own.folder.symlink_to(disk)
        return {}

    apart(HANAKO, lay)
    begin_own(HANAKO)
    refused = called(None, *_there(own))
    return {"refused": refused, "there": machine_folder().exists(), "links": opens(HANAKO, own)}


def home_in_a_shared_folder() -> Told:
    """A home of root's in which a group may write, as a member could move one out of the computer's place; and one below such a folder."""
    begun = begin_own(HANAKO)
    open_to_group, below = Path("/var/lib/shared"), Path("/var/lib/shared-above/counter")
    told: Told = {}
    for place in (open_to_group, below):
        place.mkdir(parents=True)
        for name in ("config.toml", "counter.json"):
            if (begun.folder / name).exists():
                (place / name).write_bytes((begun.folder / name).read_bytes())
    for shared in (open_to_group, below.parent):
        os.chown(shared, 0, _MEMBERS)
        shared.chmod(0o2770)
    for name, place in (("itself", open_to_group), ("below", below)):
        Home(place).data.mkdir(exist_ok=True)
        (place / "data" / "kiosk.db").write_bytes(b"")
        told[name] = called(None, *_there(Home(place)))
    return told


def config_by_link() -> Told:
    """The account keeps its config elsewhere, as people do who share such files between computers."""
    own = begin_own(HANAKO)
    elsewhere = own.folder.parents[2] / "kiosk.toml"
    own.config.rename(elsewhere)
    own.config.symlink_to(elsewhere)
    refused = called(None, *_there(own))
    left = opens(HANAKO, own)
    own.config.unlink()
    elsewhere.rename(own.config)
    return {"refused": refused, "left": left, "moved": called(None, *_there(own))[0], "links": opens(TARO, Home(machine_folder()))}


def keys_in_the_home() -> Told:
    """The account's config puts the keys beside the data."""
    own = own_home(HANAKO)

    def begin() -> Told:
        own.prepare()
        config = own.config.read_text("utf-8").replace('# revocation = "none"', 'revocation = "none"')
        own.config.write_text(config.replace('place = "auto"', 'place = "file"\nfolder = "keys"'), "utf-8")
        return link(1, 2, 3, home=own)

    begun = apart(HANAKO, begin)["links"]
    moved = called(None, *_there(own))
    keys = [str(path) for path in (machine_folder() / "keys", own.folder) if path.exists()]
    return {"begun": begun, "moved": moved, "keys": keys, "links": opens(TARO, Home(machine_folder()))}


def plan_of_a_member() -> Told:
    """A member has moved a file out of the computer's place, of which every file is root's on Windows, to where plans of moves are read."""
    called(None, "setup", "--machine", "--group", GROUP)
    precious = Path("/var/lib/precious")
    precious.mkdir()
    plan = {"folder": str(precious), "keys_place": "file", "keys_folder": str(machine_keys_folder()), "group": _MEMBERS}
    move_file().write_text(json.dumps(plan), "utf-8")
    os.chown(move_file(), 0, _MEMBERS)
    move_file().chmod(0o660)
    refused = called(None, "setup", "--machine")
    return {"refused": refused, "precious": precious.exists()}


def target_that_has_gone() -> Told:
    """A move is killed, and its target taken away before it is finished, as a disk is."""
    own = begin_own(HANAKO)
    there = _there(own)
    killed = apart(None, killed_once_named(setting_up(*there[1:])))
    aside = Path("/var/lib/aside")
    machine_folder().rename(aside)
    refused = [called(None, *command) for command in (("setup",), there)]
    kept = own.store.exists()
    aside.rename(machine_folder())
    return {
        "killed": killed,
        "refused": refused,
        "kept": kept,
        "code": called(None, "setup")[0],
        "links": opens(TARO, Home(machine_folder())),
    }


def another_name_of_the_store() -> Told:
    """A member who leaves the group has given the store a second name in a folder of its own."""
    called(None, "setup", "--machine", "--group", GROUP)
    home = Home(machine_folder())
    decide(home)
    apart(TARO, lambda: link(1))
    before = finding(TARO, "files")["outcome"]
    outside = Path("/var/lib/outside")
    outside.mkdir()
    os.link(home.store, outside / "kept.db")
    told: Told = {"before": before, "found": [finding(name, "files") for name in (TARO, None)]}
    copy = home.store.with_name("copy")
    copy.write_bytes(home.store.read_bytes())
    os.chown(copy, 0, _MEMBERS)
    copy.chmod(0o660)
    copy.rename(home.store)
    return {**told, "after": finding(TARO, "files")["outcome"], "links": apart(TARO, lambda: link(2))["links"]}


def unused_place_with_a_link() -> Told:
    """A member has laid a link in place of the config of a place that nobody has used."""
    called(None, "setup", "--machine", "--group", GROUP)
    config = Home(machine_folder()).config

    def lay() -> Told:
        config.unlink(missing_ok=True)
        config.symlink_to("/dev/zero")
        return {}

    apart(HANAKO, lay)
    taken = called(None, "setup", "--account", HANAKO)
    return {"taken": taken[0], "left": sorted(path.name for path in Path("/var/lib").iterdir())}


SCENARIOS: dict[str, Callable[[], Told]] = {
    "home-by-link": home_by_link,
    "home-in-a-shared-folder": home_in_a_shared_folder,
    "config-by-link": config_by_link,
    "keys-in-the-home": keys_in_the_home,
    "plan-of-a-member": plan_of_a_member,
    "target-that-has-gone": target_that_has_gone,
    "another-name-of-the-store": another_name_of_the_store,
    "unused-place-with-a-link": unused_place_with_a_link,
}
