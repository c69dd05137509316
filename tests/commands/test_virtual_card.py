"""kiosk virtual-card: a card for pcscd's virtual reader, with an authority that can be trusted for a test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import Home
from tests.support.pcscd.rig import PcscdRig
from tests.support.wait import LIMIT


def test_its_authority_can_be_trusted_when_exported(kiosk: Any, tmp_path: Path) -> None:
    file = tmp_path / "authority.cer"
    said = kiosk("virtual-card", "--export-authority", str(file))
    assert "本当の窓口では登録しないでください" in said.out
    assert kiosk("trust", "add", str(file), typed="はい\n", at_keyboard=True).code == 0


def test_the_names_of_cards_are_told(kiosk: Any) -> None:
    said = kiosk("virtual-card", "golden")
    assert said.code == 2
    assert " expired " in said.err


@pytest.mark.pcscd
def test_a_new_user_tries_a_tap_with_it(kiosk: Any, home: Home, tmp_path: Path, pcscd: PcscdRig) -> None:
    """Everything by commands alone: lay the card, trust its authority, tap."""
    file = tmp_path / "authority.cer"
    command = [sys.executable, "-m", "kiosk", "--home", str(home.folder), "virtual-card", "fine", "--export-authority", str(file)]
    child = subprocess.Popen(
        pcscd.inside(*command),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
        cwd=Path(__file__).parents[2],
    )
    try:
        assert child.stdout is not None
        for line in child.stdout:
            if "Ctrl-C" in line:
                break
        pcscd.wait_for(0, present=True)
        assert kiosk("trust", "add", str(file), typed="はい\n", at_keyboard=True).code == 0
        told = json.loads(kiosk("tap", "--json", "--timeout", "10").out)
        assert told["verdict"] == "not-linked"
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=LIMIT)
        assert (child.returncode, err) == (0, "")
        assert "カードを離しました" in out
        pcscd.wait_for(0, present=False)
    finally:
        child.kill()
        child.wait(LIMIT)
