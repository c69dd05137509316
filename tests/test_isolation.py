"""A program that believes no variable of its account starts none that does: the installed command is `python -I`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

STARTS = {
    "keeper": "from kiosk.keeper import keep; keep([])",
    "native message": "from kiosk.native_message import show_natively; show_natively('title', 'text', 'close')",
    "pasting": "from PySide6.QtGui import QGuiApplication as A; a = A([]); from kiosk.ui.pasting import Pasting\n"
    "p = Pasting(); p.fetched.connect(a.quit); a.exec()",
}
IN_ORDER = 64


@pytest.mark.linux("a script in place of Python")
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS.keys())
@pytest.mark.parametrize("option", ["-I", "-P"])
def test_what_it_starts_is_isolated_as_it_is_itself(option: str, start: str, tmp_path: Path) -> None:
    python, told = tmp_path / "python", tmp_path / "told"
    python.write_text(f'#!/bin/sh\necho "$@" >{told}\ncase "$*" in *kept*) exit {IN_ORDER};; esac\n')
    python.chmod(0o700)
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.executable = {str(python)!r}\n{start}"
    environment = {**os.environ, "PATH": "/nowhere", "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, option, "-c", program], env=environment, stdin=subprocess.DEVNULL, timeout=60, check=True)
    assert told.read_text().split()[0] == option
