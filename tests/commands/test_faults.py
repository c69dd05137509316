"""Faults in the files a counter needs: every command that uses them reports what, where and what to do; no other is affected."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import Home
from kiosk.domain.errors import Code
from kiosk.text import plain, say
from tests.support import SUPPORT

pytestmark = pytest.mark.linux("users and permissions")

OTHER_USER = 65534
DRIVER = SUPPORT / "commands" / "faults_of_a_home.py"
MISUSE = {Code.CONFIG_INVALID, Code.CONFIG_UNREADABLE}

RESTING_ON_CONFIG = {
    "run", "doctor", "doctor --scan", "tap", "ils test", "links count", "links list", "links unlink", "audit list", "audit verify",
    "stats", "recovery sheet", "recovery confirm", "recovery backup", "recovery restore", "config check",
    "trust forget-lists",
}  # fmt: skip
AT_HOME = RESTING_ON_CONFIG | {"trust add", "trust list", "trust remove", "virtual-card"}
BEGINS = {"virtual-card"}
"""Begins a home for practice where there is none."""
EVERYWHERE = AT_HOME | {"demo"}
RESTING_ON_STORE = RESTING_ON_CONFIG - {"doctor --scan", "ils test", "recovery restore", "config check"}
ALL = EVERYWHERE | {"config show-default"}


@dataclass(frozen=True)
class Told:
    code: Code
    place: str
    by: frozenset[str]
    why: str = ""


def told(code: Code, place: str, by: Iterable[str], why: str = "") -> Told:
    return Told(code, place, frozenset(by), why)


def by_home(code: Code, place: str, why: str = "", by: Iterable[str] = AT_HOME) -> Told:
    return told(code, place, by, f"file.{why}" if why else "")


def by_config(why: str) -> Told:
    return told(Code.CONFIG_UNREADABLE, "home/config.toml", RESTING_ON_CONFIG, f"file.{why}")


def by_key(why: str, place: str = "keys/library-card-kiosk/keys/") -> Told:
    return told(Code.STORE_KEY_UNREADABLE, place, RESTING_ON_STORE, why)


def by_store(code: Code, why: str = "") -> Told:
    return told(code, "home/data/kiosk.db", RESTING_ON_STORE, why)


INVALID = told(Code.CONFIG_INVALID, "home/config.toml", RESTING_ON_CONFIG)
LOCKED = {"run", "recovery restore", "trust forget-lists"}
TRUSTING = {"run", "tap", "trust list", "trust remove", "trust forget-lists"}
WRITING = {"links unlink", "trust forget-lists"}
EXPECTED: Mapping[str, Told] = {
    "home is a file": by_home(Code.HOME_UNUSABLE, "home", "not-a-folder", EVERYWHERE),
    "home leads nowhere": by_home(Code.HOME_UNUSABLE, "home", "leads-nowhere", EVERYWHERE),
    "home of another user": by_home(Code.STORE_FOREIGN, "home", by=EVERYWHERE),
    "home shut": by_home(Code.HOME_UNUSABLE, "home", "denied", EVERYWHERE),
    "home not there": told(Code.HOME_UNUSABLE, "home", AT_HOME - BEGINS, "home-unusable.not-begun"),
    "home with nothing of a counter": told(Code.HOME_UNUSABLE, "home", AT_HOME - BEGINS, "home-unusable.not-begun"),
    "first start, home shut to writing": by_home(Code.HOME_UNUSABLE, "home/", "denied", EVERYWHERE),
    "mark shut": by_home(Code.HOME_UNUSABLE, "home/library-card-kiosk.home", "denied"),
    "data is a file": by_home(Code.HOME_UNUSABLE, "home/data", "not-a-folder"),
    "data leads nowhere": by_home(Code.HOME_UNUSABLE, "home/data", "leads-nowhere"),
    "data of another user, shut": by_home(Code.STORE_FOREIGN, "home/data"),
    "data of another user, to be read": by_home(Code.STORE_FOREIGN, "home/data"),
    "data shut": by_store(Code.STORE_UNAVAILABLE, "file.denied"),
    "data shut to writing": by_store(Code.STORE_READ_ONLY),
    "config is a folder": told(Code.CONFIG_UNREADABLE, "home/config.toml", RESTING_ON_CONFIG, "config-unreadable.folder"),
    "config is a pipe": by_config("not-a-file"),
    "config shut": by_config("denied"),
    "config of another user": told(Code.STORE_FOREIGN, "home/config.toml", RESTING_ON_CONFIG),
    "config of another user, to be read": told(Code.STORE_FOREIGN, "home/config.toml", RESTING_ON_CONFIG),
    "config open to all": told(Code.CONFIG_EXPOSED, "home/config.toml", RESTING_ON_CONFIG),
    "config leads nowhere": by_home(Code.CONFIG_UNREADABLE, "home/config.toml", "leads-nowhere"),
    "config in CP932": INVALID,
    "config in UTF-16": INVALID,
    "config is no TOML": INVALID,
    "config is noise": INVALID,
    "config is empty": INVALID,
    "key file is text": by_key("store-key-unreadable.damaged"),
    "key file is empty": by_key("store-key-unreadable.damaged"),
    "key file is noise": by_key("store-key-unreadable.damaged"),
    "key file cut": by_key("store-key-unreadable.damaged"),
    "key file is a folder": by_key("file.folder"),
    "key file is a pipe": by_key("file.not-a-file"),
    "key file shut": by_key("file.denied"),
    "key file of another user": told(Code.STORE_FOREIGN, "keys/library-card-kiosk/keys/", RESTING_ON_STORE),
    "key file gone": told(Code.STORE_KEY_MISSING, "keys/library-card-kiosk/keys/", RESTING_ON_STORE),
    "key folder shut": by_key("file.denied"),
    "key folder is a file": by_key("file.not-a-folder"),
    "store is a folder": by_store(Code.STORE_UNAVAILABLE, "file.folder"),
    "store is a pipe": by_store(Code.STORE_UNAVAILABLE, "file.not-a-file"),
    "store is empty": by_store(Code.STORE_DAMAGED),
    "store is noise": by_store(Code.STORE_DAMAGED),
    "store shut": by_store(Code.STORE_READ_ONLY),
    "store shut to writing": told(Code.STORE_READ_ONLY, "home/data/kiosk.db", WRITING),
    "store of another user": by_store(Code.STORE_FOREIGN),
    "lock is a folder": told(Code.STORE_UNAVAILABLE, "home/running.lock", LOCKED, "file.folder"),
    "lock of another user": told(Code.STORE_FOREIGN, "home/running.lock", LOCKED),
    "trust is a file": by_home(Code.HOME_UNUSABLE, "home/trust", "not-a-folder"),
    "trust shut": told(Code.HOME_UNUSABLE, "home/trust", TRUSTING, "file.denied"),
    "trust of another user": told(Code.HOME_UNUSABLE, "home/trust", TRUSTING, "file.foreign"),
    "crl is a file": by_home(Code.HOME_UNUSABLE, "home/crl", "not-a-folder"),
}
LOG_FAULTS = {
    "logs is a file": "not-a-folder",
    "logs leads nowhere": "leads-nowhere",
    "logs shut to writing": "denied",
    "logs of another user": "foreign",
    "log files shut": "folder",
}
SLOW = {"run", "demo", "doctor"}


def observed(chosen: Mapping[str, Iterable[str]], limit: float) -> Any:
    """What the commands said under each fault, carried out by somebody whom permissions bind."""
    command = [sys.executable, str(DRIVER), json.dumps({fault: sorted(commands) for fault, commands in chosen.items()})]
    if os.geteuid() == 0:
        # Root without capabilities but one: to give files to others (capabilities(7)).
        command = ["setpriv", "--inh-caps=-all", "--bounding-set=-all,+chown", *command]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False, env={**os.environ, "PYTHONPATH": os.getcwd()})
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def check(chosen: Mapping[str, Iterable[str]], limit: float) -> None:
    if os.geteuid() != 0:
        chosen = {fault: commands for fault, commands in chosen.items() if "another user" not in fault}
    needed = sorted({command for commands in chosen.values() for command in commands})
    seen = observed({"none": needed, **chosen}, limit)
    wrong = [
        f"{fault} / {command}: {answer} instead of {expected}"
        for fault, commands in chosen.items()
        for command in commands
        for answer in [seen[fault][command]]
        for expected in [expectation(fault, command, answer, seen["none"][command])]
        if not fits(answer, expected)
    ]
    assert wrong == []


def expectation(fault: str, command: str, answer: Mapping[str, Any], healthy: Mapping[str, Any]) -> tuple[int, list[str]]:
    """The exit code, and what has to be said."""
    expected = EXPECTED.get(fault)
    if expected is None and command in AT_HOME and healthy["code"] == 0:
        return healthy["code"], [say(f"command.why.file.{LOG_FAULTS[fault]}"), f"{answer['folder']}/home/logs"]
    if expected is None or command not in expected.by:
        return healthy["code"], [healthy["err"].replace(healthy["folder"], answer["folder"])]
    sentences = [f"{answer['folder']}/{expected.place}"]
    if expected.code not in (Code.CONFIG_INVALID, Code.CONFIG_EXPOSED):
        sentences += [plain(say(f"refusal.{expected.code}.{part}")) for part in ("staff", "staff-next")]
    if expected.why:
        sentences.append(say(f"command.why.{expected.why}"))
    # Doctor reports what it finds. A home that cannot be prepared ends it, like any other command, before it begins.
    reported = command == "doctor" and fault != "config leads nowhere"
    return 2 if expected.code in MISUSE and not reported else 1, sentences


def fits(answer: Mapping[str, Any], expected: tuple[int, list[str]]) -> bool:
    code, sentences = expected
    said = answer["err"] + answer["out"]
    return (
        answer["code"] == code
        and all(sentence in said.replace("\n    ", "\n") for sentence in sentences)
        and not any(word in said for word in ("Traceback", "番号 ", "Errno"))
    )


def a_share_of(faults: Iterable[str]) -> dict[str, set[str]]:
    """Each fault with two commands, each command with a few faults."""
    quick = sorted(ALL - SLOW)
    shares = {fault: {quick[(5 * place + step) % len(quick)] for step in range(2)} for place, fault in enumerate(faults)}
    for place, command in enumerate(sorted(SLOW)):
        # The demo builds a whole library of its own each time, and rests on the least.
        for fault in list(shares)[place :: 30 if command == "demo" else 15]:
            shares[fault].add(command)
    return shares


def test_every_fault_is_told_by_some_commands_and_every_command_tells_some_faults() -> None:
    check(a_share_of([*EXPECTED, *LOG_FAULTS]), 110)


@pytest.mark.trial
def test_every_fault_is_told_by_every_command() -> None:
    check(dict.fromkeys([*EXPECTED, *LOG_FAULTS], ALL), 600)


def alone(*arguments: str, **how: Any) -> subprocess.CompletedProcess[str]:
    """A program of its own, as a shell starts it."""
    environment = {**os.environ, "PYTHONPATH": os.getcwd(), "DBUS_SESSION_BUS_ADDRESS": "disabled:", **how.pop("env", {})}
    environment = {name: value for name, value in environment.items() if value is not None}
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "timeout": 30, "check": False, **how}
    before = options.pop("before", [])
    return subprocess.run([*before, sys.executable, "-m", "kiosk", *arguments], env=environment, **options)


def says_home_is_nowhere(said: subprocess.CompletedProcess[str], place: str) -> None:
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.splitlines() == [
        say(f"refusal.{Code.HOME_UNUSABLE}.staff"),
        say("command.why.file.missing"),
        say("command.place", place=place),
        say(f"refusal.{Code.HOME_UNUSABLE}.staff-next"),
    ]


def test_a_home_of_nobody_is_said() -> None:
    says_home_is_nowhere(alone("--home", "~nobody-of-that-name/kiosk", "stats"), "~nobody-of-that-name/kiosk")
    says_home_is_nowhere(alone("stats", env={"KIOSK_HOME": "~nobody-of-that-name/kiosk"}), "~nobody-of-that-name/kiosk")


def test_a_home_seen_from_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    code = (
        "import os, sys; from kiosk.__main__ import main; os.mkdir(sys.argv[1]); os.chdir(sys.argv[1]);"
        "os.rmdir(sys.argv[1]); sys.exit(main(['--home', 'here', 'stats']))"
    )
    said = subprocess.run([sys.executable, "-c", code, str(tmp_path / "gone")], capture_output=True, text=True, timeout=30, check=False)
    says_home_is_nowhere(said, "here")


@pytest.mark.root
def test_another_user_is_told_whose_the_home_is() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        Path(folder).chmod(0o755)
        home.prepare()
        for place in (home.folder, home.data):
            place.chmod(0o755)
        become = ["setpriv", f"--reuid={OTHER_USER}", f"--regid={OTHER_USER}", "--clear-groups"]
        if subprocess.run([*become, sys.executable, "-c", "import kiosk.app"], check=False, capture_output=True, timeout=30).returncode:
            pytest.skip("this checkout is shut to other users")
        for command in (["stats"], ["run"], ["trust", "list"], ["doctor"]):
            said = alone("--home", str(home.folder), *command, before=become, env={"HOME": folder, "QT_QPA_PLATFORM": "offscreen"})
            assert (said.returncode, said.stdout) == (1, "")
            assert said.stderr.splitlines() == [
                say(f"refusal.{Code.STORE_FOREIGN}.staff"),
                say("command.place", place=str(home.data)),
                say(f"refusal.{Code.STORE_FOREIGN}.staff-next"),
            ]
        assert not home.logs.exists()


def test_a_disk_that_is_full_behind_the_output_is_said() -> None:
    with open("/dev/full", "w") as full:
        said = alone("config", "show-default", stdout=full)
    assert said.returncode == 1
    assert say("command.why.file.full") in said.stderr
    assert "Traceback" not in said.stderr
    assert "Exception ignored" not in said.stderr
