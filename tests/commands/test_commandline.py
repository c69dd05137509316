"""The command line as a whole: help, exit codes, and error messages."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk import command_line as commandline
from kiosk.commands import NAMES
from kiosk.commands import command as module_of
from kiosk.commands.parser import Commands
from kiosk.config import Home
from kiosk.ledger.running_lock import RunningLock
from kiosk.text import say

HEAVY = ("PySide6", "cryptography", "smartcard", "peewee", "sqlcipher3", "keyring")


def test_alone_it_explains_itself(kiosk: Any) -> None:
    said = kiosk()
    assert said.code == 0
    assert said.out.startswith("使い方: kiosk")
    for command in ("run", "demo", "doctor", "tap", "trust", "links", "audit", "stats", "recovery", "virtual-card", "config"):
        assert re.search(rf"^    {command}\s+\S", said.out, re.MULTILINE)


@pytest.mark.parametrize("command", [["trust"], ["links"], ["audit"], ["recovery"], ["config"], ["tap", "--help"], ["trust", "add", "-h"]])
def test_a_command_explains_itself(kiosk: Any, command: list[str]) -> None:
    said = kiosk(*command)
    assert (said.code, said.err) == (0, "")
    assert "使い方:" in said.out
    assert "options:" not in said.out


@pytest.mark.parametrize(
    "command", [["rum"], ["trust", "add"], ["tap", "--timeout", "soon"], ["trust", "--fast"], ["audit", "list", "--since", "1"]]
)
def test_what_is_written_wrongly_ends_with_two(kiosk: Any, command: list[str]) -> None:
    said = kiosk(*command)
    assert (said.code, said.out) == (2, "")
    assert "コマンドの書き方が違います" in said.err


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["rum"], "'rum' は選べません。選べるもの: 'run'"),
        (["trust", "add"], "足りないもの: FILE"),
        (["trust", "--fast"], "使えない指定です: --fast"),
        (["stats", "more"], "使えない指定です: more"),
        (["tap", "--timeout"], "--timeout: 値を1つ付けてください。"),
        (["tap", "--timeout", "soon"], "--timeout: 'soon' は、ここに書ける値ではありません。"),
        (["tap", "--timeout", "nan"], "--timeout: 'nan' は、ここに書ける値ではありません。"),
        (["tap", "--timeout", "inf"], "--timeout: 'inf' は、ここに書ける値ではありません。"),
        (["tap", "--timeout=-1"], "--timeout: '-1' は、ここに書ける値ではありません。"),
        (["tap", "--json=yes"], "--json: 'yes' という値は付けられません。"),
        (["audit", "list", "--since", "1"], "--since: '1' は、ここに書ける値ではありません。"),
        (["links", "unlink", "1", "--reason", "x"], "--reason: 'x' は選べません。選べるもの: 'lost'"),
        (["virtual-card", "--slot", "7"], "--slot: 7 は選べません。選べるもの: 0, 1"),
    ],
)
def test_what_is_wrong_is_said_in_japanese(kiosk: Any, command: list[str], sentence: str) -> None:
    said = kiosk(*command)
    assert (said.code, said.out) == (2, "")
    # Newer versions of Python put no quotation marks around what can be chosen.
    assert sentence.replace("'", "") in said.err.replace("'", "")
    assert not re.search(r"\b(argument|expected|invalid|required|usage|error|choose|unrecognized)\b", said.err)


def commands_of(parser: argparse.ArgumentParser, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield before
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, one in action.choices.items():
                yield from commands_of(one, (*before, name))


def test_every_help_is_in_japanese(kiosk: Any) -> None:
    for command in commands_of(commandline.build_parser()):
        said = kiosk(*command, "--help")
        assert said.code == 0
        # But for commands, options, names of files and what stands for a value.
        told = re.sub(r"「[^」]*」", "", said.out.partition("\n\n")[2]).replace("\n", "|")
        assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", told), command


@pytest.mark.parametrize("before", [[], ["--home", "doctor"], ["--home=doctor"]], ids=" ".join)
def test_a_command_loads_none_but_itself(before: list[str]) -> None:
    asked = "import atexit, sys; from kiosk.command_line import carry_out; atexit.register(lambda: print(*sys.modules)); "
    asked += f"carry_out({[*before, 'run', '--help']})"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=30, check=True)
    assert answer.stdout.startswith("使い方: kiosk run")
    loaded = answer.stdout.splitlines()[-1].split()
    assert [name for name in NAMES if f"kiosk.commands.{name}" in loaded] == ["run"]


def test_help_loads_nothing_heavy() -> None:
    asked = "import sys, json; from kiosk.__main__ import main; main([]); print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=30, check=True)
    assert not set(HEAVY) & set(json.loads(answer.stdout.splitlines()[-1]))


def test_the_installed_program_answers(tmp_path: Path) -> None:
    """Through the entry point's own module, with a console that has no Japanese letters."""
    (tmp_path / "config.toml").touch(mode=0o600)
    answer = subprocess.run(
        [sys.executable, "-m", "kiosk", "--home", str(tmp_path), "config", "check"],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert answer.returncode == 2
    assert 'revocation = "crl" | "none"' in answer.stderr
    assert "Traceback" not in answer.stderr


def test_whoever_has_read_enough_ends_it_quietly(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "kiosk", "--home", str(tmp_path / "home"), "config", "show-default"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.close()
    child.stdout = None  # which `communicate` reads on Windows though it is closed
    _, err = child.communicate(timeout=30)
    assert err == b""


@pytest.fixture
def broken_command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Adds a command `break` that raises."""

    def add(error: BaseException, *, at_home: bool = True) -> None:
        def act(home: Home, options: argparse.Namespace) -> int:
            raise error

        class Breaking:
            @staticmethod
            def add(commands: Commands) -> None:
                commands.add("run", act=act, at_home=at_home)

        monkeypatch.setattr(commandline, "command", lambda name: Breaking if name == "run" else module_of(name))

    return add


def test_a_bug_is_an_incident_in_the_log_and_a_sentence_on_stderr(kiosk: Any, home: Home, broken_command: Callable[..., None]) -> None:
    broken_command(RuntimeError("serial 117823888"))
    said = kiosk("run")
    assert said.code == 1
    assert "プログラムに問題が起きました" in said.err
    assert "Traceback" not in said.err + said.out
    incident = said.err.partition("番号 ")[2].partition(")")[0]
    log = (home.logs / "commands.log").read_text("utf-8")
    assert f"incident {incident}" in log
    assert "RuntimeError" in log
    assert "117823888" not in log + said.err


def test_a_bug_before_there_is_a_log_says_where_it_was_and_never_what(kiosk: Any, broken_command: Callable[..., None]) -> None:
    broken_command(RuntimeError("serial 117823888"), at_home=False)
    said = kiosk("run")
    assert said.code == 1
    assert say("command.bug-unlogged").partition("{")[0] in said.err
    assert "builtins.RuntimeError\n" in said.err
    assert "test_commandline.py:" in said.err
    assert "117823888" not in said.err
    assert "Traceback" not in said.err


def test_ctrl_c_is_no_bug(kiosk: Any, broken_command: Callable[..., None]) -> None:
    broken_command(KeyboardInterrupt())
    assert (kiosk("run").code, kiosk("run").err) == (130, "")


def test_a_home_that_cannot_be_made_is_said(kiosk: Any, home: Home) -> None:
    home.lock.write_text("")
    said = kiosk("--home", str(home.lock / "below"), "links", "count")
    assert said.code == 1
    assert say("refusal.home-unusable.staff") in said.err
    assert str(home.lock / "below") in said.err


def test_a_second_program_is_told_of_the_first(kiosk: Any, home: Home) -> None:
    with RunningLock(home.lock):
        for command in (["run"], ["recovery", "restore"]):
            said = kiosk(*command)
            assert said.code == 1
            assert "すでに動いています" in said.err


# --- config -----------------------------------------------------------------------------------------------------------


def test_a_config_that_is_right_is_said(kiosk: Any, home: Home) -> None:
    said = kiosk("config", "check")
    assert (said.code, said.err) == (0, "")
    assert str(home.config) in said.out


def test_every_mistake_of_a_config_is_named(kiosk: Any, home: Home) -> None:
    home.config.write_text('[session]\nwarning_seconds = 5\nidel_seconds = 1\n[card]\nrevocation = "none"\n', encoding="utf-8")
    said = kiosk("config", "check")
    assert said.code == 2
    assert "2行目、「session.warning_seconds」" in said.err
    assert "書き方: warning_seconds = 20 … 600" in said.err
    assert "3行目、「session.idel_seconds」" in said.err
    assert "書き方: idle_seconds" in said.err


@pytest.mark.parametrize("command", [["run"], ["tap"], ["links", "count"], ["stats"]])
def test_without_a_decision_about_revocation_nothing_starts(kiosk: Any, home: Home, command: list[str]) -> None:
    home.config.write_text("", encoding="utf-8")
    said = kiosk(*command)
    assert (said.code, said.out) == (2, "")
    assert "公的個人認証法第38条の4" in said.err
    assert 'revocation = "crl" | "none"' in said.err


def test_the_default_config_is_shown_without_making_a_home(kiosk: Any, tmp_path: Path) -> None:
    said = kiosk("--home", str(tmp_path / "nowhere"), "config", "show-default")
    assert said.code == 0
    assert "[lending]" in said.out
    assert not (tmp_path / "nowhere").exists()
