"""Run by test_erase_killed.py as root, in a mount namespace of its own: the computer's counter is erased, also by one that is killed again
and again. Prints what was found as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from kiosk.__main__ import main
from kiosk.commands import output
from kiosk.config import Home
from kiosk.config.machine_place import has_machine_home, machine_folder, machine_keys_folder
from kiosk.domain.errors import Code
from tests.support.commands.accounts import (
    GROUP,
    HANAKO,
    TARO,
    Told,
    apart,
    begin_own,
    called,
    decide,
    furnish,
    killed_at,
    link,
    mount,
    opens,
)

ERASE = ("erase", "--yes", "--lose", "1")


def begin() -> None:
    assert called(None, "setup", "--machine", "--group", GROUP)[0] == 0
    decide(Home(machine_folder()))
    assert apart(HANAKO, lambda: link(1))["links"] == [1]


def left() -> list[str]:
    return sorted(path.name for path in Path("/var/lib").iterdir())


def begin_roots(*numbers: int) -> Home:
    roots = Home(Path("/root/.local/share/library-card-kiosk"))
    apart(None, lambda: {"begun": roots.prepare()})
    decide(roots)
    assert apart(None, lambda: link(*numbers, home=roots))["links"] == [*numbers]
    return roots


def erased() -> Told:
    """By whom, and what stays: a link that a member has laid is not followed, a folder that one has closed to the others stops nothing, and
    accounts' own counters are nobody else's.
    """
    own = begin_own(TARO)
    begin()
    secret = Path("/var/lib/secret")
    secret.write_text("of root", "utf-8")

    def lay() -> Told:
        (machine_folder() / "slips").symlink_to("/var/lib")
        (machine_folder() / "data" / "link").symlink_to(secret)
        return {}

    def lay_own() -> Told:
        (keys,) = machine_keys_folder().glob("*.machine")
        for folder in (machine_folder() / "data" / "mine", machine_folder() / "data" / "kiosk.db.set-aside-1", keys.with_suffix(".zzz")):
            folder.mkdir(mode=0o700)
            (folder / "file").write_text("of taro", "utf-8")
        return {}

    apart(HANAKO, lay)
    apart(TARO, lay_own)
    told: Told = {"member": called(HANAKO, *ERASE), "kept": left()}
    told["erased"] = called(None, *ERASE)
    told["left"], told["secret"], told["own"] = left(), secret.read_text("utf-8"), opens(TARO, own)
    told["then"] = called(TARO, "links", "count")
    roots = begin_roots(2)
    # A set-up that was killed leaves its lock, which is no erasure.
    Path("/var/lib/.library-card-kiosk.setup").touch()
    told["locked"], told["unlocked"] = called(None, "erase", "--yes"), left()
    lure = own.folder.with_name("lure")

    def lure_root() -> Told:
        lure.symlink_to(roots.folder)
        return {}

    apart(TARO, lure_root)
    told["lured"] = called(None, "--home", str(lure), *ERASE)
    told["roots"] = apart(None, lambda: link(home=roots))["links"] if roots.has_store() else []
    return told


def killed(step: int) -> Told:
    """At each operation in turn, or every so many. Root has a counter of its own: the default one, once the computer's has gone."""
    for module in ("command_line", "config.machine_removal", "store.repository", "store.enrolment", "store.home_erasing"):
        import_module(f"kiosk.{module}")  # once, not in each fork
    roots = begin_roots(2, 3)
    faults: list[str] = []
    points = 0
    for point in range(1, 400, step):
        begin()

        def erase() -> Told:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                return {"code": main(ERASE)}

        if found := killed_at(point, erase):
            assert found == {"code": 0}, found
            break
        points += 1
        # What is left can be read by nobody, or is whole.
        told = apart(HANAKO, lambda: link(home=Home(machine_folder())) if Home(machine_folder()).has_store() else {})
        if told.get("links") not in ([1], None) or (not told.get("links") and told.get("code") not in (None, Code.COUNTER_REVOKED.value)):
            faults.append(f"{point}: {told}")
        if left():
            # Of root's own counter, which stays, it tells.
            is_finished = not has_machine_home()
            code, said = called(None, *ERASE)
            tells = output.words("erase.own-stays", folder=str(roots.folder)) in said
            if (code, tells) != (output.PROBLEM if is_finished else output.OK, is_finished) or left():
                faults.append(f"{point}: {code} {said} {left()}")
    whole = apart(None, lambda: link(home=roots))["links"]
    return {"points": points, "faults": faults, "roots": whole}


SCENARIOS: dict[str, Callable[[], Told]] = {
    "erased": erased,
    "killed-here-and-there": lambda: killed(5),
    "killed": lambda: killed(2),
}


if __name__ == "__main__":
    furnish(Path(sys.argv[2]))
    mount("-t", "tmpfs", "-o", "mode=700", "tmpfs", "/root")
    sys.stdout.write(json.dumps(SCENARIOS[sys.argv[1]](), ensure_ascii=False))
