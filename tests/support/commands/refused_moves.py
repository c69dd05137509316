"""Scenarios of `shared_computer`: moves that are refused, or asked for while another one is under way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kiosk.commands.setup_places import planned
from kiosk.config import Home
from kiosk.config.machine_place import machine_folder
from kiosk.config.move_journal import PlannedMove, plan
from tests.support.commands.accounts import GROUP, HANAKO, TARO, Told, apart, begin_own, called, decide, link, opens, own_home


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


SCENARIOS: dict[str, Callable[[], Told]] = {
    "refused-for-good": refused_for_good,
    "cut-off": cut_off,
    "linked": linked,
}
