"""Whose counter `doctor` looks at. Of a computer's counter: tests/commands/test_setup.py."""

from __future__ import annotations

import getpass
from pathlib import Path

from kiosk.checks.whose import check_whose
from kiosk.config import Home


def test_an_accounts_own(tmp_path: Path) -> None:
    found = check_whose(Home(tmp_path))
    assert (found.outcome, found.params) == ("home.account", {"folder": str(tmp_path), "account": getpass.getuser()})
