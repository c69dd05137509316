"""Run by test_setup_mistakes.py as root, in a mount namespace of its own: what an administrator gets wrong with `kiosk setup`, and is told.
Prints what was found as JSON. Nothing outside the folder given is changed.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from kiosk.checks.whose import check_whose
from kiosk.config import Home
from kiosk.config.acting_account import account_named
from kiosk.config.machine_place import has_machine_home, machine_folder
from tests.support.commands.accounts import (
    GROUP,
    HANAKO,
    SOTO,
    TARO,
    Told,
    apart,
    begin_own,
    called,
    decide,
    finding,
    furnish,
    killed_at,
    link,
    modes,
    opens,
    own_home,
    setting_up,
)


def empty_group() -> Told:
    """A start-up script with a variable that is not set."""
    told: Told = {"new": called(None, "setup", "--machine", "--group", "")}
    told["dry"] = called(None, "setup", "--dry-run")
    told["left"] = [path.name for path in Path("/var/lib").iterdir()]
    return told


def wide_group() -> Told:
    """Groups of the system and of everybody, as every distribution has them."""
    told: Told = {"refused": {name: called(None, "setup", "--machine", "--group", name) for name in ("root", "nogroup", "adm")}}
    told["left"] = [path.name for path in Path("/var/lib").iterdir()]
    return told


def unused() -> Told:
    """A place that was made by mistake, as it was made, and with settings in it."""
    told: Told = {}
    for decided in (False, True):
        called(None, "setup", "--machine", "--group", GROUP)
        called(HANAKO, "doctor")
        if decided:
            decide(Home(machine_folder()))
        told[f"dry-{decided}"] = called(None, "setup", "--account", HANAKO, "--dry-run")
        told[f"still-{decided}"] = has_machine_home()
        told[f"removed-{decided}"] = called(None, "setup", "--account", HANAKO)
        told[f"left-{decided}"] = sorted(path.name for path in Path("/var/lib").iterdir())
    told["config"] = 'revocation = "none"' in Path("/var/lib/library-card-kiosk-unused-1/config.toml").read_text("utf-8")
    told["home"] = finding(HANAKO, "home")["outcome"]
    return told


def prepared_config() -> Told:
    """Settings that were prepared in the computer's counter, twice, and one of the account's from before."""
    own, ours = begin_own(HANAKO), Home(machine_folder())
    own.config.with_name("config.toml.before").write_text("of the account", "utf-8")
    told: Told = {}
    for prepared in ("first", "second"):
        called(None, "setup", "--machine", "--group", GROUP)
        decide(ours)
        ours.config.write_text(ours.config.read_text("utf-8") + f"# {prepared}\n", "utf-8")
        told[f"dry-{prepared}"] = called(None, "setup", "--machine", "--from", str(own.folder), "--dry-run")
        told[prepared] = called(None, "setup", "--machine", "--from", str(own.folder))
        told[f"kept-{prepared}"] = {path.name: path.read_text("utf-8").splitlines()[-1] for path in ours.folder.glob("config.toml.before*")}
        called(None, "setup", "--account", HANAKO)
    told["links"] = opens(HANAKO, own)
    return told


def dry_runs() -> Told:
    """A move that the real command refuses."""
    own, ours = begin_own(HANAKO), Home(machine_folder())
    called(None, "setup", "--machine", "--group", GROUP)
    decide(ours)
    apart(TARO, lambda: link(9))
    papers = own.folder.parents[2] / "papers"
    papers.mkdir()
    (papers / "letter").write_text("of hanako")
    ways = {
        "occupied": ("--machine", "--from", str(own.folder)),
        "not-empty": ("--account", HANAKO, "--to", str(papers)),
        "inside": ("--account", HANAKO, "--to", str(ours.folder / "inside")),
    }
    before = modes(Path("/var/lib"), papers, own.folder)
    told: Told = {name: called(None, "setup", *way, "--dry-run") for name, way in ways.items()}
    told["same"] = before == modes(Path("/var/lib"), papers, own.folder)
    bare = own_home(TARO)
    apart(TARO, lambda: {"begun": bare.prepare()})
    decide(bare)
    told["nothing-there"] = called(None, "setup", "--machine", "--from", str(bare.folder), "--dry-run")
    return told


def not_now() -> Told:
    """Given back to an account outside the group, to none, and while the window is open."""
    from kiosk.config.acting_account import acting_for
    from kiosk.ledger.running_lock import RunningLock

    called(None, "setup", "--machine", "--group", GROUP)
    home = Home(machine_folder())
    decide(home)
    apart(TARO, lambda: link(9))
    before = modes(Path("/var/lib"), Path("/home"))
    told: Told = {"outside": called(None, "setup", "--account", SOTO)}
    told["unknown"] = called(None, "setup", "--account", "kiosk-hanoko")
    with acting_for(account_named(HANAKO)):
        lock = RunningLock(home.lock)
    told["running"] = called(None, "setup", "--account", TARO)
    lock.release()
    told["same"] = before.keys() - modes(Path("/var/lib"), Path("/home")).keys() == set()
    told["links"] = opens(HANAKO, home)
    return told


def other_groups() -> Told:
    """The counter is made for one group, then for another one, which is deleted."""
    other = f"{GROUP}-2"
    with Path("/etc/group").open("a", encoding="utf-8") as groups:
        groups.write(f"{other}:x:54310:{TARO}\n")
    told: Told = {"made": called(None, "setup", "--machine", "--group", GROUP)}
    told["dry"] = called(None, "setup", "--machine", "--group", other, "--dry-run")
    told["still"] = finding(HANAKO, "home")["facts"]
    told["changed"] = called(None, "setup", "--machine", "--group", other)
    told["unchanged"] = called(None, "setup", "--machine")
    Path("/etc/group").write_text(Path("/etc/group").read_text("utf-8").replace(f"{other}:x:54310:{TARO}\n", ""), "utf-8")
    told["gone"] = called(None, "setup", "--machine")
    told["doctor"] = called(None, "doctor")

    def signed_in_before() -> Told:
        account = account_named(TARO)
        assert account is not None
        os.setgroups([54310])
        os.setgid(account.group)
        os.setuid(account.number)
        return {"outcome": check_whose(Home(machine_folder())).outcome}

    told["member"] = apart(None, signed_in_before)["outcome"]
    told["staff"] = called(TARO, "links", "count")
    told["again"] = called(None, "setup", "--machine", "--group", GROUP)
    told["then"] = finding(HANAKO, "home")["outcome"]
    return told


def empty_groups() -> Told:
    """The counter is made for a group that nobody is in yet."""
    other = f"{GROUP}-2"
    before = Path("/etc/group").read_text("utf-8")
    Path("/etc/group").write_text(f"{before}{other}:x:54310:\n", "utf-8")
    ways = {"dry": ("setup", "--machine", "--group", other, "--dry-run"), "made": ("setup", "--machine", "--group", other)}
    told: Told = {name: called(None, *way) for name, way in ways.items()}
    told["doctor"] = called(None, "doctor")
    told["count"] = called(None, "links", "count")
    told["logs"] = Home(machine_folder()).logs.exists()
    Path("/etc/group").write_text(f"{before}{other}:x:54310:{TARO}\n", "utf-8")
    told["then"] = finding(None, "home")["outcome"]
    return told


def two_counters() -> Told:
    """Both have links; the account's is to be the computer's."""
    own, ours = begin_own(HANAKO), Home(machine_folder())
    called(None, "setup", "--machine", "--group", GROUP)
    decide(ours)
    apart(TARO, lambda: link(9))
    there = ("--machine", "--group", GROUP, "--from", str(own.folder))
    told: Told = {"refused": called(None, "setup", *there)[0]}
    aside = own.folder.with_name("aside")
    told["counts"] = [called(HANAKO, *at, "links", "count")[1] for at in ((), ("--home", str(own.folder)))]
    told["aside"] = called(None, "setup", "--account", HANAKO, "--to", str(aside))[0]
    told["moved"] = called(None, "setup", *there)[0]
    told["links"] = [opens(TARO, ours), opens(HANAKO, Home(aside))]
    return told


def cut_off() -> Told:
    """A move that is killed again and again: what an account is told meanwhile that cannot open its counter."""
    for module in ("command_line", "commands.setup_places", "config.machine_setup", "store.repository", "store.enrolment", "store.erasing"):
        import_module(f"kiosk.{module}")  # once, not in each fork
    own = begin_own(HANAKO)
    ways = {"there": ("--machine", "--group", GROUP, "--from", str(own.folder)), "back": ("--account", HANAKO)}
    told: Told = {}
    for name, way in ways.items():
        refused: list[tuple[str, str]] = []
        for point in range(10, 400, 11):
            if killed_at(point, setting_up(*way)):
                break
            code, said = called(HANAKO, "links", "count")
            if code != 0:
                refused.append((said, called(HANAKO, "doctor", "--json")[1]))
        told[name] = refused
        told[f"{name}-links"] = called(HANAKO, "links", "count")
    return told


SCENARIOS: dict[str, Callable[[], Told]] = {
    "empty-group": empty_group,
    "wide-group": wide_group,
    "unused": unused,
    "not-now": not_now,
    "other-groups": other_groups,
    "empty-groups": empty_groups,
    "two-counters": two_counters,
    "cut-off": cut_off,
    "dry-runs": dry_runs,
    "prepared-config": prepared_config,
}


if __name__ == "__main__":
    furnish(Path(sys.argv[2]))
    found = SCENARIOS[sys.argv[1]]()
    sys.stdout.write(json.dumps(found, ensure_ascii=False))
