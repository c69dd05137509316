"""Run by test_setup.py as root, in a mount namespace of its own: a computer with two accounts of one group, and one outside it, on which
`kiosk setup` is tried. Prints what was found as JSON. Nothing outside the folder given is changed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from kiosk.config import Home
from kiosk.config.acting_account import account_named, acting_for
from kiosk.config.machine_place import machine_folder, machine_keys_folder
from kiosk.config.move_journal import planned_move
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
    mount,
    opens,
    own_home,
    setting_up,
)
from tests.support.commands.called_off import SCENARIOS as OF_CALLING_OFF
from tests.support.commands.changed_rights import SCENARIOS as OF_CHANGED_RIGHTS
from tests.support.commands.intruders import SCENARIOS as OF_INTRUDERS
from tests.support.commands.lured_homes import SCENARIOS as OF_LURED_HOMES
from tests.support.commands.policies import SCENARIOS as OF_POLICIES
from tests.support.commands.proven_moves import SCENARIOS as OF_PROOFS
from tests.support.commands.refused_moves import SCENARIOS as OF_REFUSALS
from tests.support.commands.roots_commands import SCENARIOS as OF_ROOTS_COMMANDS
from tests.support.wait import LIMIT


def killed_everywhere(*, back: bool, step: int) -> Told:
    """Kill a move at each of its operations in turn, or at every so many, and repeat it."""
    for module in ("command_line", "commands.setup_places", "config.machine_setup", "store.repository", "store.enrolment", "store.erasing"):
        import_module(f"kiosk.{module}")  # once, not in each fork
    own = begin_own(HANAKO)
    machines = Home(machine_folder())
    there = ("--machine", "--group", GROUP, "--from", str(own.folder))
    way = ("--account", HANAKO) if back else there
    if back:
        assert called(None, "setup", *there)[0] == 0
    kept = _keep(own)
    faults: list[str] = []
    killed = 0
    for point in range(1, 2000, step):
        _bring_back(kept)
        found = killed_at(point, setting_up(*way))
        if found:
            assert found == {"code": 0}, found
            break
        killed += 1
        both = [opens(HANAKO, home) for home in (own, machines)]
        if both[0] is not None and both[1] is not None:
            faults.append(f"{point}: two counters can be opened")
        if any(links not in (None, [1, 2, 3]) for links in both):
            faults.append(f"{point}: links are lost: {both}")
        if planned_move() is None and both == [None, None]:
            faults.append(f"{point}: nobody knows of the move")
        # As the start-up script of a group policy does; at the end, nothing is left that could be moved again.
        has_ended = planned_move() is None and both[0] is None
        again = (point % 2 or planned_move() is None) and not (has_ended and not back)
        repeated = apart(None, setting_up(*(way if again else ("--machine", "--group", GROUP))))
        links = opens(HANAKO, own if back else machines)
        if repeated != {"code": 0} or links != [1, 2, 3]:
            faults.append(f"{point}: {repeated}, then {links}")
        left = [str(path) for path in (*Path("/var/lib").iterdir(), *own.folder.parent.iterdir()) if path.name.startswith(".")]
        left += [str(path) for path in ((machines.folder, machine_keys_folder()) if back else (own.folder,)) if path.exists()]
        if left:
            faults.append(f"{point}: left are {left}")
    return {"killed": killed, "faults": faults}


def _keep(own: Home) -> dict[Path, Path]:
    account = own.folder.parents[2]
    kept = {Path("/var/lib"): Path("/home/kept-machine"), account: Path("/home/kept")}
    for place, copy in kept.items():
        subprocess.run(["cp", "-a", str(place), str(copy)], check=True, timeout=LIMIT)
    return kept


def _bring_back(kept: dict[Path, Path]) -> None:
    for place, copy in kept.items():
        for path in place.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        subprocess.run(["cp", "-a", f"{copy}/.", str(place)], check=True, timeout=LIMIT)


def shared() -> Told:
    """One counter for two accounts, whatever umask they have."""
    told: Told = {"refused": called(HANAKO, "setup", "--machine", "--group", GROUP)[0]}
    told["without"] = called(None, "setup", "--machine")[0]
    told["unknown"] = called(None, "setup", "--machine", "--group", "kiosk-nobody")[0]
    told["dry"] = called(None, "setup", "--machine", "--group", GROUP, "--dry-run")
    told["nothing"] = [path.name for path in Path("/var/lib").iterdir()]
    told["made"] = called(None, "setup", "--machine", "--group", GROUP)
    first = modes(machine_folder(), machine_keys_folder())
    told["again"] = called(None, "setup", "--machine")
    told["same"] = first == modes(machine_folder(), machine_keys_folder())
    decide(Home(machine_folder()))
    told["hanako"] = apart(HANAKO, lambda: link(1, 2))
    told["taro"] = apart(TARO, lambda: link(3))
    told["sheet"] = [called(name, "recovery", "sheet", umask=mask)[0] for name, mask in ((HANAKO, 0o077), (TARO, 0o000), (None, 0o027))]
    told["seen"] = apart(HANAKO, link)
    told["outside"] = called(SOTO, "links", "count")
    told["outside-home"] = own_home(SOTO).folder.exists()
    told["modes"] = sorted({*modes(machine_folder(), machine_keys_folder()).values()})
    told["whose"] = finding(TARO, "home")
    told["files"] = finding(TARO, "files")
    return told


def both_homes() -> Told:
    """An account that had a counter of its own before."""
    own = begin_own(HANAKO)
    called(None, "setup", "--machine", "--group", GROUP)
    decide(Home(machine_folder()))
    told: Told = {"unused": finding(HANAKO, "home")["outcome"], "links": apart(HANAKO, link)["links"], "own": str(own.folder)}
    told["whose"] = finding(HANAKO, "home")
    told["named"] = opens(HANAKO, own)
    told["beside"] = finding(HANAKO, "home", "--home", str(own.folder))
    return told


def at_once() -> Told:
    """The counter runs for one account while another one starts it (fast user switching)."""
    from kiosk.ledger.running_lock import RunningLock

    called(None, "setup", "--machine", "--group", GROUP)
    home = Home(machine_folder())
    decide(home)
    account = account_named(HANAKO)
    with acting_for(account):
        lock = RunningLock(home.lock)

    def start() -> Told:
        with RunningLock(home.lock):
            return {}

    told: Told = {"second": apart(TARO, start), "moved": apart(None, setting_up("--account", TARO))}
    lock.release()
    told["afterwards"] = apart(TARO, lambda: {**start(), "started": True})
    return told


def meddled() -> Told:
    """Permissions that somebody has changed, and links that a member has laid: found, and put right without following any."""
    called(None, "setup", "--machine", "--group", GROUP)
    home = Home(machine_folder())
    decide(home)
    apart(HANAKO, lambda: link(1))
    secret = Path("/var/lib/secret")
    secret.write_text("of root")
    secret.chmod(0o600)

    # Lists that somebody fetches lie there as they were made: the folder is closed.
    (home.crl / "list.crl").touch(mode=0o644)

    def meddle() -> Told:
        (home.data / "link").symlink_to(secret)
        home.store.chmod(0o600)
        return {}

    apart(HANAKO, meddle)
    home.folder.chmod(0o755)
    told: Told = {"found": finding(HANAKO, "files"), "group": os.stat(home.crl / "list.crl").st_gid}
    told["again"] = called(None, "setup", "--machine")[0]
    told["secret"] = f"{secret.stat().st_gid} {secret.stat().st_mode & 0o777:04o}"
    told["then"] = finding(TARO, "files")
    told["links"] = apart(TARO, link)
    return told


def refused_moves() -> Told:
    """What cannot be moved stays where it is."""
    own = begin_own(HANAKO)
    before = modes(own.folder)
    there = ("--machine", "--group", GROUP, "--from", str(own.folder))
    told: Told = {}
    mount("-o", "remount,ro", "/var/lib")
    told["read-only"] = called(None, "setup", *there)
    mount("-o", "remount,rw,size=64k", "/var/lib")
    told["full"] = called(None, "setup", *there)
    told["left"] = [path.name for path in Path("/var/lib").iterdir() if not (path.is_dir() and not any(path.iterdir()))]
    mount("-o", "remount,size=64m", "/var/lib")
    config, keys = own.config.read_text("utf-8"), own.folder.parents[2] / ".config"
    keys.rename(keys.with_name("elsewhere"))
    told["keys"] = called(None, "setup", *there)
    keys.with_name("elsewhere").rename(keys)
    told["whole"] = (opens(HANAKO, own), before.items() <= modes(own.folder).items(), config == own.config.read_text("utf-8"))
    called(None, "setup", "--machine", "--group", GROUP)
    decide(Home(machine_folder()))
    apart(TARO, lambda: link(9))
    told["occupied"] = called(None, "setup", *there)
    told["both"] = (opens(HANAKO, own), opens(TARO, Home(machine_folder())))
    return told


def there_and_back() -> Told:
    """A move into a place that was made before, and back into a folder that is named."""
    own = begin_own(HANAKO)
    called(None, "setup", "--machine", "--group", GROUP)
    ours = Home(machine_folder())
    (ours.trust / "before.cer").write_bytes(b"laid there before")
    called(None, "setup", "--machine", "--from", str(own.folder), "--dry-run")
    assert opens(HANAKO, own) == [1, 2, 3]
    told: Told = {"there": called(None, "setup", "--machine", "--from", str(own.folder))[0]}
    told["kept"] = [(ours.trust / "before.cer").exists(), ours.config.with_name("config.toml.before").exists()]
    told["itself"] = called(None, "setup", "--machine", "--from", str(ours.folder))[0]
    papers = own_home(TARO).folder.parents[2] / "papers"
    notes = papers.with_name("notes")
    notes.mkdir()
    (notes / "letter").write_text("of taro")
    (papers / "data").mkdir(parents=True)
    (papers / "data" / "letter").write_text("of taro")
    for path in (notes, notes / "letter", papers, papers / "data", papers / "data" / "letter"):
        os.chown(path, 54302, 54302)
    told["papers"] = [called(None, "setup", "--account", TARO, "--to", str(place))[1] for place in (papers, notes, ours.folder / "inside")]
    told["letter"] = (papers / "data" / "letter").read_text()
    told["repeated"] = called(None, "setup", "--machine", "--from", str(own.folder))
    told["taro"] = apart(TARO, lambda: link(4))
    told["whose"] = finding(HANAKO, "home")
    told["modes"] = sorted({*modes(machine_folder(), machine_keys_folder()).values()})
    told["without"] = called(None, "setup", "--account")[0]
    told["outside"] = called(None, "setup", "--account", SOTO)[0]
    place = own_home(TARO).folder.parents[2] / "counter"
    told["back"] = called(None, "setup", "--account", TARO, "--to", str(place))
    told["left"] = sorted(path.name for path in Path("/var/lib").iterdir())
    told["own"] = apart(TARO, lambda: link(home=Home(place)))
    told["owners"] = sorted({path.stat().st_uid for path in (place, *place.rglob("*"))})
    told["trail"] = called(TARO, "--home", str(place), "audit", "verify")[0]
    return told


SCENARIOS: dict[str, Callable[[], Told]] = {
    "shared": shared,
    "both-homes": both_homes,
    "at-once": at_once,
    "meddled": meddled,
    "refused-moves": refused_moves,
    "there-and-back": there_and_back,
    "killed-there": lambda: killed_everywhere(back=False, step=1),
    "killed-back": lambda: killed_everywhere(back=True, step=1),
    "killed-there-here-and-there": lambda: killed_everywhere(back=False, step=7),
    "killed-back-here-and-there": lambda: killed_everywhere(back=True, step=7),
    **OF_CALLING_OFF,
    **OF_INTRUDERS,
    **OF_LURED_HOMES,
    **OF_POLICIES,
    **OF_PROOFS,
    **OF_REFUSALS,
    **OF_CHANGED_RIGHTS,
    **OF_ROOTS_COMMANDS,
}


if __name__ == "__main__":
    furnish(Path(sys.argv[2]))
    found = SCENARIOS[sys.argv[1]]()
    sys.stdout.write(json.dumps(found, ensure_ascii=False))
