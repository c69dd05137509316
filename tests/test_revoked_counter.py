"""A counter that the library's server has revoked, as the program that it is: it erases what it has, and says why it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.config import Home, read_settings
from kiosk.domain.counter_secret import fresh_secret
from kiosk.domain.errors import Code, Unavailable
from kiosk.equipment import key_place_of, now, open_repository
from kiosk.store.authority_file import authority_path, keep_authority
from kiosk.store.enrolment import Joined, join, keep_secret
from tests.support import ROOT
from tests.support.sync.scripted_registry import SITE_KEY, Say, ScriptedRegistry
from tests.support.wait import end, wait_until

NAME = "窓口1"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    home = Home(tmp_path / "home")
    home.prepare()
    home.config.write_text('[card]\nrevocation = "none"\n[display]\nsingle = true\n', encoding="utf-8")
    return home


def test_it_erases_store_and_keys(home: Home, tmp_path: Path) -> None:
    with ScriptedRegistry(tmp_path, script=lambda asked: Say(403, {"error": "counter-revoked", "counter": NAME})) as server:
        settings = read_settings(home.config)
        with open_repository(home, settings)[0]:
            place = key_place_of(home, settings)
        keep_secret(place, fresh_secret(), server.authority.fingerprint)
        keep_authority(home.store, server.authority.der)
        join(place, Joined(server.url, NAME, SITE_KEY, 0, server.authority.fingerprint), NAME, now)
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        with (tmp_path / "said").open("wb") as said:
            program = subprocess.Popen(
                [sys.executable, "-m", "kiosk", "--home", str(home.folder), "run"], cwd=ROOT, env=environment, stderr=said, stdout=said
            )
            try:
                wait_until(lambda: not home.store.exists(), "the store to be erased", 30)
                wait_until(lambda: "消しました" in (tmp_path / "said").read_text(), "the reason")
            finally:
                end(program)
    assert not authority_path(home.store).exists()
    with pytest.raises(Unavailable) as raised:
        open_repository(home, settings)
    assert raised.value.code is Code.COUNTER_REVOKED
    record = place.store.load()
    assert record is not None
    assert record.keys.site != SITE_KEY
    assert record.secret == ""
