"""The recovery sheet of an enrolled counter: it is the library's, opens the server's backups, and lies with its administrator."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kiosk.config import Home, read_settings
from kiosk.equipment import open_repository
from tests.support.store.enrolled import REGISTRY

LIES_WITH_SERVER = "連携台帳サーバーの管理者"


@pytest.fixture
def enrolled(home: Home) -> Home:
    """Of a counter that is enrolled."""
    repository, _ = open_repository(home, read_settings(home.config))
    with repository as store:
        store.enrol(REGISTRY, "窓口1")
    return home


@pytest.mark.parametrize("act", ["sheet", "confirm"])
def test_the_sheet_is_neither_printed_nor_asked_for(kiosk: Any, enrolled: Home, act: str) -> None:
    said = kiosk("recovery", act)
    assert said.code == 1
    assert LIES_WITH_SERVER in said.err
    assert said.out == ""


def test_doctor_does_not_miss_it(kiosk: Any, enrolled: Home) -> None:
    checks = json.loads(kiosk("doctor", "--json").out)["checks"]
    [found] = [check for check in checks if check["check"] == "recovery"]
    assert (found["outcome"], found["condition"], found["advice"]) == ("recovery.with-server", "ok", "")
    assert LIES_WITH_SERVER in found["found"]
