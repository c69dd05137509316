"""Run by test_setup_takeover.py as root, in a mount namespace of its own: a computer to which `kiosk setup --machine` hands a config and an
enrolment file. The files lie in the folder given, where the test has laid them. Prints what was found as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from kiosk.config import Home, read_settings
from kiosk.config.machine_place import machine_folder, machine_keys_folder
from kiosk.domain.enrolment_file import EnrolmentFile
from kiosk.equipment import open_repository
from tests.support.commands.accounts import GROUP, HANAKO, TARO, Told, apart, called, decide, furnish, modes

MACHINE = ("setup", "--machine", "--group", GROUP)
HERE = Path(sys.argv[2])
CONFIG, OTHER, FILE = HERE / "kiosk.toml", HERE / "other.toml", HERE / "kiosk.enrolment"
BOTH = ("--config", str(CONFIG), "--enrolment", str(FILE))


def everything() -> dict[str, str]:
    """Each file of the counter, with what is in it as far as it does not change by being looked at."""
    found = modes(machine_folder(), machine_keys_folder()) if machine_folder().exists() else {}
    return {path: mode for path, mode in found.items() if not path.endswith(("-shm", "-wal", "-keeper"))}


def membership() -> Told:
    def ask() -> Told:
        home = Home(machine_folder())
        with open_repository(home, read_settings(home.config))[0] as store:
            known = store.membership()
        return {} if known is None else {"registry": known.registry, "counter": known.counter}

    return apart(TARO, ask)


def taken_over() -> Told:
    told: Told = {"dry": called(None, *MACHINE, *BOTH, "--dry-run"), "nothing": [path.name for path in Path("/var/lib").iterdir()]}
    told["made"] = called(None, *MACHINE, *BOTH)
    told["config"] = Home(machine_folder()).config.read_bytes() == CONFIG.read_bytes()
    told["enrolled"] = membership()
    told["modes"] = sorted({*everything().values()})
    before = everything()
    told["again"] = called(None, *MACHINE, *BOTH)
    told["plain"] = called(None, "setup", "--machine")
    told["same"] = before == everything()
    told["copies"] = [path.name for path in machine_keys_folder().iterdir() if "enrolment" in path.name]
    told["original"] = FILE.exists()
    told["other"] = called(None, *MACHINE, "--config", str(OTHER))
    told["kept"] = Home(machine_folder()).config.with_name("config.toml.before").read_bytes() == CONFIG.read_bytes()
    # Of nobody in the group: it is left as it is.
    (stranger := machine_folder().with_name("stranger")).write_text("theirs", "utf-8")
    os.link(stranger, named := machine_folder() / "named")
    told["linked"] = called(None, *MACHINE, "--config", str(CONFIG))
    told["taken"] = Home(machine_folder()).config.read_bytes() == CONFIG.read_bytes()
    named.unlink()
    told["another"] = called(None, *MACHINE, "--enrolment", str(HERE / "another.enrolment"))
    told["still"] = membership()
    return told


def refused() -> Told:
    """Before anything is changed."""
    cases = sorted(HERE.glob("wrong-*"))
    told: Told = {}
    for path in cases:
        what = ("--config", str(path)) if path.suffix == ".toml" else ("--config", str(CONFIG), "--enrolment", str(path))
        told[path.stem] = called(None, *MACHINE, *what)
    told["missing"] = called(None, *MACHINE, "--config", str(HERE / "nowhere.toml"))
    told["named"] = called(None, *MACHINE, "--config", str(CONFIG), "--enrolment", str(HERE / "named.enrolment"), "--dry-run")
    told["undecided"] = called(None, *MACHINE, "--enrolment", str(FILE))
    told["account"] = called(HANAKO, *MACHINE, "--config", str(CONFIG))
    told["left"] = [path.name for path in Path("/var/lib").iterdir()]
    return told


def later() -> Told:
    """The server is away at first; `other.enrolment` is for the same one at an address where it answers."""
    told: Told = {"away": called(None, *MACHINE, *BOTH), "config": Home(machine_folder()).config.read_bytes() == CONFIG.read_bytes()}
    copy = machine_keys_folder() / "enrolment.toml"
    told["copy"] = modes(copy)[str(copy)]
    told["comment"] = [line.removeprefix("# ") for line in copy.read_text("utf-8").splitlines() if line.startswith("#")]
    told["twice"] = called(None, "setup", "--machine")[0]
    there = (HERE / "other.enrolment").read_text("utf-8")
    apart(HANAKO, lambda: {"written": copy.write_text(there, "utf-8")})
    told["back"] = called(None, "setup", "--machine")
    told["left"] = copy.exists()
    told["enrolled"] = membership()
    return told


def used() -> Told:
    """The code has enrolled another counter, or serves no more."""
    told: Told = {"used": called(None, *MACHINE, *BOTH)}
    told["left"] = (machine_keys_folder() / "enrolment.toml").exists()
    told["then"] = called(None, "setup", "--machine")[0]
    return told


def doubted() -> Told:
    """It is enrolled, and handed an old file of another server while its place needs mending; then its server shuts it out."""
    called(None, *MACHINE, *BOTH)
    data = Home(machine_folder()).data
    data.chmod(0o700)
    os.chown(data, 0, 0)
    told: Told = {"expired": called(None, *MACHINE, "--enrolment", str(HERE / "old.enrolment")), "mended": modes(data)[str(data)]}
    name = EnrolmentFile.parse(FILE.read_text("utf-8")).name
    told["revoked"] = called(None, "registry", "revoke", name, "--yes", "--home", str(HERE.parent / "server"))
    told["then"] = called(None, *MACHINE, *BOTH)
    return told


def pending() -> Told:
    """Nobody has used the place yet, and its server is away."""
    told: Told = {"away": called(None, *MACHINE, *BOTH), "copy": [path.name for path in machine_keys_folder().iterdir()]}
    told["back"] = called(None, "setup", "--account", HANAKO)
    told["left"] = [path.name for path in Path("/var/lib").iterdir() if "unused" not in path.name]
    return told


def strays() -> Told:
    """A draft of a process that was killed, and a folder that a member has laid where the copy would be, closed to all others."""
    keys = machine_keys_folder()

    def lay() -> Told:
        (keys / "enrolment.toml" / "in").mkdir(parents=True)
        (keys / "enrolment.toml").chmod(0o700)
        (keys / ".enrolment.toml.0a1b2c3d").write_text("code", "utf-8")
        return {}

    called(None, *MACHINE)
    decide(Home(machine_folder()))
    told: Told = {"unused": called(None, "setup", "--account", HANAKO)}
    unused = machine_folder().with_name(f"{machine_folder().name}-unused-1")
    told["modes"] = sorted({mode.split()[-1] for mode in modes(unused).values()})
    called(None, *MACHINE)
    apart(TARO, lay)
    told["setup"], told["then"] = called(None, *MACHINE), [path.name for path in keys.iterdir()]
    apart(TARO, lay)
    (keys / "0123456789abcdef.machine.bak").write_text("other keys", "utf-8")
    told["erased"], told["left"] = called(None, "erase", "--yes"), [path.name for path in keys.iterdir()]
    return told


SCENARIOS: dict[str, Callable[[], Told]] = {
    "taken-over": taken_over,
    "refused": refused,
    "later": later,
    "used": used,
    "doubted": doubted,
    "pending": pending,
    "strays": strays,
}


if __name__ == "__main__":
    furnish(HERE)
    sys.stdout.write(json.dumps(SCENARIOS[sys.argv[1]](), ensure_ascii=False))
