"""What breaks where nothing can be relied upon: told on stderr and, to whoever clicked an icon, in a window of another program."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication

from kiosk import command_line, last_resort
from kiosk.__main__ import main
from kiosk.app import Program, running
from kiosk.app.engine import Equipment
from kiosk.commands.parser import Commands
from kiosk.config import CardSettings, Home, RevocationSource, Settings
from kiosk.equipment import counter_facts
from kiosk.failure import cause_of
from kiosk.text import say
from tests.support import ROOT
from tests.support.commands.startup_window import closed_as_soon_as_seen

LIMIT = 60
NUMBER = re.compile(r"\d{4}-\d{4}-[0-9A-F]{2}")
ZENITY = """#!/bin/sh
printf '%s\\n' "$@" > "$SHOWN"
"""
WITHOUT_A_MODULE = "sys.modules['kiosk.text'] = None"
WITHOUT_RESOURCES = "sys._MEIPASS = 'no such folder'"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A display, and a program that writes down what it was to show there."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "zenity").write_text(ZENITY)
    (programs / "zenity").chmod(0o755)
    shown = {
        "DISPLAY": ":1",
        "QT_QPA_PLATFORM": "xcb",
        "SHOWN": str(tmp_path / "shown"),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
    }
    return {**os.environ, "PYTHONPATH": str(ROOT), "DBUS_SESSION_BUS_ADDRESS": "disabled:", **shown}


def started(environment: dict[str, str], broken: str, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stderr, and what was shown, of the program with something broken before it begins. As an account without rights: an
    administrator keeps no PATH.
    """
    account = "import sys\nfrom kiosk import elevation\nelevation.is_elevated = lambda: False"
    program = f"{account}\n{broken}\nfrom kiosk.__main__ import main\nsys.exit(main())"
    command = [sys.executable, "-c", program, *arguments]
    ran = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT, check=False)
    shown = Path(environment["SHOWN"])
    return ran.returncode, ran.stderr, shown.read_text("utf-8") if shown.exists() else ""


posix = pytest.mark.skipif(sys.platform == "win32", reason="a message box waits for somebody")


@posix
@pytest.mark.parametrize("command", sorted(last_resort.WINDOWED - {"keep"}))
def test_a_module_that_cannot_be_imported_is_told_in_a_window(environment: dict[str, str], command: str) -> None:
    code, err, shown = started(environment, WITHOUT_A_MODULE, command)
    assert code == 1
    assert "Traceback" not in err
    [number] = NUMBER.findall(err)
    assert say("command.bug-unlogged", incident=number) in err
    assert say("command.cause.import", part="kiosk.text") in err
    assert set(err.splitlines()) <= {line.removeprefix("--text=") for line in shown.splitlines()}
    assert f"--title={say('refusal.out-of-order.title')}\n" in shown
    assert f"--ok-label={say('staff.start.close')}\n" in shown


@posix
def test_a_parent_that_cannot_begin_is_told_in_a_window(environment: dict[str, str]) -> None:
    """It needs no sentences, and so is not concerned by what keeps its child from beginning."""
    code, err, shown = started(environment, "sys.modules['kiosk.keeper'] = None", "keep")
    assert code == 1
    assert say("command.cause.import", part="kiosk.keeper") in err
    assert set(err.splitlines()) <= {line.removeprefix("--text=") for line in shown.splitlines()}


@posix
@pytest.mark.parametrize(
    "arguments", [["stats"], ["--help"], ["demo", "--tour", "pictures"], ["demo", "--tour=pictures"], []], ids=" ".join
)
def test_who_started_it_from_a_script_or_a_terminal_reads_it_there_alone(environment: dict[str, str], arguments: list[str]) -> None:
    code, err, shown = started(environment, WITHOUT_A_MODULE, *arguments)
    assert (code, shown) == (1, "")
    assert say("command.cause.import", part="kiosk.text") in err


@posix
def test_without_a_display_nothing_is_shown(environment: dict[str, str]) -> None:
    code, err, shown = started({**environment, "QT_QPA_PLATFORM": "offscreen"}, WITHOUT_A_MODULE, "run")
    assert (code, shown) == (1, "")
    assert NUMBER.search(err)


@posix
def test_without_any_sentence_the_number_and_the_place_are_left(environment: dict[str, str]) -> None:
    code, err, shown = started(environment, WITHOUT_RESOURCES, "run")
    assert code == 1
    [number] = NUMBER.findall(err)
    for said in (err, shown):
        assert number in said
        assert "KeyError" in said
        assert "text.py:" in said
        assert "Traceback" not in said


@posix
def test_a_bare_exception_of_a_foreign_library_is_told_in_a_window_with_the_librarys_name(
    environment: dict[str, str], tmp_path: Path
) -> None:
    library = tmp_path / "site-packages" / "PySide6"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text("class error(Exception): pass\nraise error(1312, 'serial 117823888')\n")
    home = Home(tmp_path / "home")
    home.prepare()
    home.config.write_text('[card]\nrevocation = "none"\n[keys]\nplace = "file"\n', encoding="utf-8")
    broken = f"sys.path.insert(0, {str(library.parent)!r})"
    code, err, shown = started(environment, broken, "--home", str(home.folder), "run")
    assert code == 1
    [number] = NUMBER.findall(err)
    cause = say("command.cause.foreign", part="PySide6", kind="PySide6.error")
    for said in (err, shown):
        assert say("command.bug", incident=number, folder=str(home.logs)) in said
        assert cause in said
        assert "117823888" not in said
    assert f"incident {number}" in (home.logs / "kiosk.log").read_text("utf-8")


def test_the_commands_with_windows_are_those_that_the_parser_knows() -> None:
    parser = command_line.build_parser()
    [commands] = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    assert {name for name, one in commands.choices.items() if one.get_default("windowed")} == last_resort.WINDOWED


# --- in our own window --------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the window says, which is closed as soon as it is seen."""
    with closed_as_soon_as_seen(monkeypatch) as seen:
        yield seen


def breaking(monkeypatch: pytest.MonkeyPatch, error: Exception, *, scripted: bool = False) -> None:
    """The only command, `run`, keeps no log and raises."""

    def act(home: Home, options: argparse.Namespace) -> int:
        raise error

    class Breaking:
        @staticmethod
        def add(commands: Commands) -> None:
            commands.add("run", act=act, at_home=False, windowed=True).set_defaults(is_scripted=lambda options: scripted)

    monkeypatch.setattr(command_line, "command", lambda name: Breaking)


@pytest.mark.parametrize(
    ("error", "title", "sentence"),
    [
        (RuntimeError("serial 117823888"), "refusal.out-of-order.title", "command.cause.own"),
        (ImportError("serial 117823888", name="kiosk.smartcard.pcsc"), "refusal.out-of-order.title", "command.cause.import"),
        (OSError(28, "serial 117823888", "place"), "command.broken-off", "command.why.file.full"),
        (MemoryError("serial 117823888"), "command.broken-off", "command.why.file.memory"),
        (BrokenPipeError(32, "serial 117823888"), "command.broken-off", "command.why.file.other"),
    ],
    ids=lambda given: type(given).__name__ if isinstance(given, Exception) else "",
)
def test_what_breaks_without_a_log_is_told_in_a_window_with_its_cause(
    error: Exception, title: str, sentence: str, shown: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    breaking(monkeypatch, error)
    assert main(["run"]) == 1
    err = capsys.readouterr().err
    [number] = NUMBER.findall(err)
    text = "\n".join(shown)
    assert say(title) in text
    assert number in text
    assert say(sentence).partition("{")[0] in text
    assert "117823888" not in err + text
    if isinstance(error, RuntimeError):
        assert "test_surprise.py:" in text


def test_a_script_is_not_kept_waiting_by_a_window(
    shown: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    breaking(monkeypatch, RuntimeError(), scripted=True)
    assert main(["run"]) == 1
    assert NUMBER.search(capsys.readouterr().err)
    assert shown == []


def test_a_start_that_breaks_leaves_no_window_before_the_one_that_tells_it(qapp: QApplication) -> None:
    class Breaking(Program):
        def start(self) -> None:
            super().start()
            raise RuntimeError

    hooks = sys.excepthook
    never_opened = cast("AbstractContextManager[Equipment]", ExitStack())
    settings = Settings(card=CardSettings(revocation=RevocationSource.NONE))
    with pytest.raises(RuntimeError), running(Breaking(settings, counter_facts(settings), never_opened)):
        pass
    assert [window for window in QApplication.topLevelWidgets() if window.isVisible()] == []
    assert sys.excepthook is hooks


# --- causes -------------------------------------------------------------------------------------------------------------


def caught(call: Callable[[], object]) -> Exception:
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError


def test_a_cause_is_looked_for_where_it_happened() -> None:
    import polib

    def of_standard_library() -> object:
        return int("serial")

    def of_ours() -> object:
        return Home(1).config  # type: ignore[arg-type]

    def of_a_library() -> object:
        return polib.pofile("no such folder/x.po")

    assert cause_of(caught(of_standard_library)) == ("command.cause.own", {"kind": "ValueError"})
    assert cause_of(caught(of_ours))[0] == "command.cause.own"
    assert cause_of(caught(of_a_library))[1]["part"] == "polib"
    assert cause_of(ModuleNotFoundError(name="keyring")) == ("command.cause.import", {"part": "keyring"})


def test_an_exception_from_a_library_without_python_code_is_told_by_its_module() -> None:
    error = type("error", (Exception,), {"__module__": "pywintypes"})
    assert cause_of(error(1312, "CredWrite")) == ("command.cause.foreign", {"part": "pywintypes", "kind": "pywintypes.error"})
