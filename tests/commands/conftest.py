"""Fixtures: a home, the command line on it, and a throw-away authority with cards."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.__main__ import main
from kiosk.config import Home, read_settings
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.model import LinkToken, Revocation
from kiosk.equipment import open_repository
from kiosk.smartcard.virtual.authority import VirtualAuthority, ecdsa_key
from kiosk.smartcard.virtual.demo_cards import Deck
from tests.support import ROOT
from tests.support.backup.served_library import Library
from tests.support.commands.call import NUMBER, Call, Called, Terminal
from tests.support.postgres.cluster import PostgresCluster
from tests.support.registry.sites import InProcess, in_process


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A counter that has decided about revocation; its keys lie in the test's own folder."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "default"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "config"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    monkeypatch.setenv("COLUMNS", "200")
    place = Home(tmp_path / "home")
    place.prepare()
    place.config.write_text('[card]\nrevocation = "none"\n[keys]\nplace = "file"\n', encoding="utf-8")
    return place


@pytest.fixture
def kiosk(home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls `kiosk --home …` in this process, with `typed` on its standard input (a terminal when `at_keyboard`)."""

    def call(*arguments: str, typed: str | io.StringIO = "", at_keyboard: bool = False) -> Called:
        source = (Terminal if at_keyboard else io.StringIO)(typed) if isinstance(typed, str) else typed
        monkeypatch.setattr("sys.stdin", source)
        capsys.readouterr()
        try:
            code = main(["--home", str(home.folder), *arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Called(code, said.out, said.err)

    return call


@pytest.fixture
def linked(home: Home) -> Home:
    """A counter with one link."""
    repository, _ = open_repository(home, read_settings(home.config))
    with repository:
        repository.save_link(uuid.UUID(int=1), LinkToken(bytes(32)), NUMBER, revocation=Revocation.NOT_CHECKED)
    return home


@pytest.fixture(scope="session")
def authority() -> VirtualAuthority:
    """One that a normal run may trust."""
    return VirtualAuthority.create(key=ecdsa_key(), demo=False)


@pytest.fixture(scope="session")
def deck() -> Deck:
    """Cards of an authority that a normal run may trust."""
    return Deck(demo=False)


# --- the library's server -----------------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path) -> RegistryHome:
    return RegistryHome(tmp_path / "server")


@pytest.fixture
def registry(kiosk: Call, place: RegistryHome) -> Call:
    """Calls `kiosk registry … --home` the server's home."""

    def call(*arguments: str, typed: str | io.StringIO = "", at_keyboard: bool = False) -> Called:
        called: Called = kiosk("registry", *arguments, "--home", str(place.folder), typed=typed, at_keyboard=at_keyboard)
        return called

    return call


@pytest.fixture
def begun(registry: Call, place: RegistryHome) -> RegistryHome:
    """A server that was begun; its sheet was not confirmed."""
    registry("init")
    return place


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.linux("PostgreSQL"))])
def library(registry: Call, place: RegistryHome, tmp_path: Path, request: pytest.FixtureRequest) -> Library:
    """A server that was begun, on SQLite and on PostgreSQL."""
    place.prepare()
    if request.param == "postgresql":
        cluster: PostgresCluster = request.getfixturevalue("postgres")
        place.config.write_text(f'[database]\nurl = "{cluster.create_database()}"\n', "utf-8")
    registry("init")
    return Library(tmp_path, place)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[InProcess]:
    with in_process("", tmp_path / "server") as here:
        yield here


@pytest.fixture
def computer(tmp_path: Path) -> Any:
    """What is found on a computer with two accounts of one group, in a mount namespace of its own."""

    def found(what: str, seconds: float = 120) -> Any:
        command = ["unshare", "--mount", "--propagation", "private", sys.executable, "-m", "tests.support.commands.shared_computer"]
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
        ran = subprocess.run(
            [*command, what, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False, env=environment
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return found
