"""Scenarios of `shared_computer`: moves that are refused, or asked for while another one is under way."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from kiosk.commands.setup_places import planned
from kiosk.config import Home
from kiosk.config.machine_place import machine_folder, retired_folder
from kiosk.config.move_journal import PlannedMove, plan
from tests.support.commands.accounts import (
    GROUP,
    HANAKO,
    TARO,
    Told,
    apart,
    begin_own,
    called,
    decide,
    link,
    mount,
    opens,
    own_home,
    setting_up,
)
from tests.support.commands.proven_moves import killed_at_rename


def refused_for_good() -> Told:
    """A home without a store cannot take the place of a counter in use; nor is anything planned then."""
    called(None, "setup", "--machine", "--group", GROUP)
    machines, own = Home(machine_folder()), own_home(HANAKO)
    decide(machines)
    apart(TARO, lambda: link(9))

    def begin() -> Told:
        own.prepare()
        decide(own)
        return {}

    apart(HANAKO, begin)
    refused = called(None, "setup", "--machine", "--from", str(own.folder))
    return {"refused": refused, "again": called(None, "setup", "--machine")[0], "links": apart(TARO, lambda: link(10))["links"]}


def cut_off() -> Told:
    """Giving back is cut off; then an administrator asks for something else."""
    own = begin_own(HANAKO)
    there = ("--machine", "--group", GROUP, "--from", str(own.folder))
    assert called(None, "setup", *there)[0] == 0
    plan(planned(PlannedMove(str(own.folder), to_account=True, account=HANAKO)))
    other = own.folder.with_name("other")
    others = [called(None, "setup", *way) for way in (("--account", TARO), ("--account", HANAKO, "--to", str(other)), there)]
    told: Told = {"others": others}
    told["back"] = called(None, "setup", "--account", HANAKO)[0]
    plan(planned(PlannedMove(str(own.folder), group=54300)))
    others += [called(None, "setup", "--machine", "--group", HANAKO, "--from", str(own.folder))]
    told["there"] = called(None, "setup", *there)[0]
    told["links"] = apart(TARO, link)["links"]
    return told


def linked() -> Told:
    """Data of the account that lie elsewhere, behind a link, and a target that is a link."""
    own = begin_own(HANAKO)
    there = ("setup", "--machine", "--group", GROUP, "--from", str(own.folder))
    elsewhere = own.folder.parent / "elsewhere"

    def lead(place: Path) -> Callable[[], Told]:
        def rename_and_link() -> Told:
            place.rename(elsewhere)
            place.symlink_to(elsewhere)
            return {}

        return rename_and_link

    def lead_back(place: Path) -> Callable[[], Told]:
        def unlink_and_rename() -> Told:
            place.unlink()
            elsewhere.rename(place)
            return {}

        return unlink_and_rename

    refused = []
    for place in (own.data, own.store):
        apart(HANAKO, lead(place))
        called(HANAKO, "recovery", "moved")
        refused.append([str(place), *called(None, *there)])
        apart(HANAKO, lead_back(place))
        called(HANAKO, "recovery", "moved")
    told: Told = {"refused": refused, "whole": opens(HANAKO, own), "moved": called(None, *there)[0]}
    target = own_home(TARO).folder.parents[2] / "counter"
    target.symlink_to(target.with_name("nowhere"))
    refused.append([str(target), *called(None, "setup", "--account", TARO, "--to", str(target))])
    told["links"] = opens(TARO, Home(machine_folder()))
    return told


def roots_folders() -> Told:
    """Root has made a folder in the account's home, as `sudo` does; and the folder in which the home lies is root's."""
    own = begin_own(HANAKO)
    there = ("setup", "--machine", "--group", GROUP, "--from")
    of_root = own.folder / "slips" / "old"
    of_root.mkdir(parents=True)
    (of_root / "slip").write_text("by root")
    told: Told = {"place": str(of_root.parent), "refused": [called(None, *there, str(own.folder), *dry) for dry in (("--dry-run",), ())]}
    told["whole"] = opens(HANAKO, own)
    shutil.rmtree(of_root.parent)
    place = Path("/home/srv/counter")
    place.parent.mkdir()
    own.folder.rename(place)
    assert called(HANAKO, "--home", str(place), "recovery", "moved")[0] == 0
    told["moved"] = called(None, *there, str(place))
    told["left"] = [path.name for path in place.parent.rglob("*")]
    told["links"] = opens(HANAKO, Home(machine_folder()))
    told["again"] = called(None, *there, str(place))
    return told


def groups_that_change() -> Told:
    """The group of a prepared place is deleted before a move that is refused, and a member leaves it while a move is cut off."""
    own, groups = begin_own(HANAKO), Path("/etc/group")
    there = ("setup", "--machine", "--group", GROUP, "--from", str(own.folder))
    before = groups.read_text("utf-8")
    groups.write_text(f"{before}kiosk-before:x:54399:{TARO}\n", "utf-8")
    assert called(None, "setup", "--machine", "--group", "kiosk-before")[0] == 0
    groups.write_text(before, "utf-8")
    mount("-o", "remount,size=64k", "/var/lib")
    told: Told = {"full": called(None, *there), "own": opens(HANAKO, own)}
    mount("-o", "remount,size=64m", "/var/lib")
    told["moved"] = called(None, *there)[0]
    killed_at_rename(own.folder, setting_up("--account", HANAKO))
    groups.write_text(before.replace(f":{HANAKO},", ":"), "utf-8")
    told["left"] = called(None, "setup")
    groups.write_text(before, "utf-8")
    told["back"] = called(None, "setup")[0]
    told["links"] = opens(HANAKO, own)
    return told


def name_of_the_removal() -> Told:
    """What the computer's home is called before it is removed is somebody else's: on Windows every account may make it."""
    own = begin_own(HANAKO)
    assert called(None, "setup", "--machine", "--group", GROUP, "--from", str(own.folder))[0] == 0
    retired_folder().mkdir()
    os.chown(retired_folder(), 54302, 54302)
    told: Told = {"refused": [called(None, "setup", "--account", HANAKO, *dry) for dry in (("--dry-run",), ())]}
    return {**told, "name": str(retired_folder()), "links": opens(HANAKO, Home(machine_folder()))}


SCENARIOS: dict[str, Callable[[], Told]] = {
    "refused-for-good": refused_for_good,
    "cut-off": cut_off,
    "linked": linked,
    "roots-folders": roots_folders,
    "groups-that-change": groups_that_change,
    "name-of-the-removal": name_of_the_removal,
}
