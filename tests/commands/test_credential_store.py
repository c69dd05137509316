"""What the commands say of a credential store that refuses: the reason and what to do, and never an incident."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import Home, read_settings
from kiosk.equipment import key_place_of, open_repository
from kiosk.text import plain, say
from tests.support import ROOT
from tests.support.commands.call import Call
from tests.support.store.credentials_in_memory import CredentialsInMemory

COUNTER = """
import sys
import pytest
from tests.support.store.credentials_in_memory import CredentialsInMemory
CredentialsInMemory("CredRead", "CredWrite").install(pytest.MonkeyPatch())
{before}
from kiosk.__main__ import main
sys.exit(main(["--home", sys.argv[1], "run"]))
"""
ENDS_WHEN_BEGUN = """
from kiosk import app
start = app.Program.start
def start_and_end(program):
    start(program)
    program.conductor
    print("begun", flush=True)
    sys.stdout.flush()
    import os
    os._exit(0)
app.Program.start = start_and_end
"""


@pytest.fixture
def platform(home: Home, monkeypatch: pytest.MonkeyPatch) -> CredentialsInMemory:
    # Not in a file, as other tests have them.
    home.config.write_text('[card]\nrevocation = "none"\n', encoding="utf-8")
    return CredentialsInMemory().install(monkeypatch)


def looked_at(kiosk: Call) -> dict[str, Any]:
    return {check["check"]: check for check in json.loads(kiosk("doctor", "--json").out)["checks"]}


def demand(home: Home, place: str) -> None:
    with home.config.open("a", encoding="utf-8") as config:
        config.write(f'[keys]\nplace = "{place}"\n')


def begin(home: Home) -> None:
    open_repository(home, read_settings(home.config))[0].close()


def run(home: Home, before: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-c", COUNTER.format(before=before), str(home.folder)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=50,
    )


def told(said: str) -> bool:
    lines = [line.strip() for line in said.splitlines()]
    cause, following = (plain(say(f"refusal.credential-store-unusable.{part}")) for part in ("staff", "staff-next"))
    return lines.index(cause) < lines.index(following)


def test_a_store_that_can_be_used_is_fine_before_and_after_the_first_start(kiosk: Call, platform: CredentialsInMemory, home: Home) -> None:
    assert looked_at(kiosk)["keys"]["outcome"] == "keys.new"
    assert platform.entries == {}
    begin(home)
    kind = key_place_of(home, read_settings(home.config)).store.describe().kind
    assert looked_at(kiosk)["keys"]["outcome"] == f"keys.{kind}" != "keys.file"
    assert [target for target in platform.entries if "probe" in target] == []


@pytest.mark.parametrize("refused", [("CredRead", "CredWrite"), ("CredWrite",)], ids=str)
def test_before_the_first_start_doctor_says_that_the_keys_will_be_in_a_file(
    kiosk: Call, platform: CredentialsInMemory, home: Home, refused: tuple[str, ...]
) -> None:
    platform.refused = set(refused)
    found = looked_at(kiosk)
    assert (found["keys"]["outcome"], found["keys"]["condition"], found["store"]["outcome"]) == ("keys.new-file", "care", "store.new")
    assert f"({refused[0]} 1312)" in found["keys"]["found"]
    assert not home.has_store()
    assert kiosk("recovery", "sheet").code == 0
    assert plain(say("command.audit.act.keys-in-file")) in kiosk("audit", "list").out
    assert looked_at(kiosk)["keys"]["outcome"] == "keys.file"
    log = "".join(file.read_text("utf-8") for file in home.logs.glob("*.log"))
    assert f"the keys are saved in a file: the credential store refuses them ({refused[0]} 1312)" in log


def test_keys_in_a_file_that_nobody_asked_for_are_told_once_avoidable(kiosk: Call, platform: CredentialsInMemory, home: Home) -> None:
    platform.refused = {"CredWrite"}
    begin(home)
    platform.refused = set()
    keys = looked_at(kiosk)["keys"]
    assert (keys["outcome"], keys["condition"]) == ("keys.avoidable-file", "care")
    assert platform.entries == {}
    demand(home, "file")
    assert looked_at(kiosk)["keys"]["outcome"] == "keys.file"


@pytest.mark.parametrize("refused", [("CredRead", "CredWrite"), ("CredWrite",)], ids=str)
def test_a_store_that_is_demanded_is_wrong_before_the_first_start(
    kiosk: Call, platform: CredentialsInMemory, home: Home, refused: tuple[str, ...]
) -> None:
    demand(home, "system")
    platform.refused = set(refused)
    keys = looked_at(kiosk)["keys"]
    assert (keys["outcome"], keys["condition"]) == ("keys.unusable", "wrong")
    assert told(keys["found"])
    assert keys["advice"]


@pytest.mark.parametrize("place", ["auto", "system"])
@pytest.mark.parametrize("refused", [("CredRead", "CredWrite"), ("CredWrite",)], ids=str)
def test_keys_that_cannot_be_saved_any_more_are_wrong_even_if_they_are_read(
    kiosk: Call, platform: CredentialsInMemory, home: Home, refused: tuple[str, ...], place: str
) -> None:
    demand(home, place)
    begin(home)
    before = {target: dict(entry) for target, entry in platform.entries.items()}
    platform.refused = set(refused)
    found = looked_at(kiosk)
    assert (found["keys"]["outcome"], found["keys"]["condition"]) == ("keys.unusable", "wrong")
    assert found["store"]["outcome"] == ("store.fine" if refused == ("CredWrite",) else "store.wrong")
    assert told(found["keys"]["found"])
    assert platform.entries == before


def test_other_commands_say_it_too(kiosk: Call, platform: CredentialsInMemory, home: Home) -> None:
    begin(home)
    platform.refused = {"CredRead", "CredWrite"}
    said = kiosk("links", "count")
    assert (said.code, said.out) == (1, "")
    assert told(said.err)
    assert "library-card-kiosk/" in said.err


@pytest.mark.usefixtures("platform")
def test_the_counter_starts_for_the_first_time_without_the_credential_store(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    ran = run(home, ENDS_WHEN_BEGUN)
    assert (ran.returncode, ran.stdout) == (0, "begun\n"), ran.stderr
    assert len(list((home.folder.parent / "config").rglob("*.json"))) == 1


@pytest.mark.parametrize("place", ["auto", "system"])
@pytest.mark.usefixtures("platform")
def test_the_counter_says_why_it_cannot_open_its_store(home: Home, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    demand(home, place)
    begin(home)
    before = Path(home.store).read_bytes()
    ran = run(home)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert told(ran.stderr)
    assert "Traceback" not in ran.stderr
    assert [log for log in home.logs.iterdir() if "incident" in log.read_text("utf-8")] == []
    assert Path(home.store).read_bytes() == before
