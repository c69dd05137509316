"""Windows without a PATH: Qt can be imported all the same, here and in child processes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support import ROOT

_QT = "import PySide6.QtCore"
_CODE = f"""
import subprocess, sys
from kiosk.__main__ import main
assert main(["config", "show-default"]) == 0
{_QT}
subprocess.run([sys.executable, "-c", {_QT!r}], check=True)
"""


@pytest.mark.skipif(sys.platform != "win32", reason="PySide6 needs no PATH elsewhere")
def test_qt_is_imported_without_a_path() -> None:
    given = {name: value for name, value in os.environ.items() if name.upper() != "PATH"} | {"PYTHONPATH": str(ROOT)}
    clear = f"import os; os.environ.pop('PATH', None)\n{_CODE}"  # Wine puts one back
    done = subprocess.run([sys.executable, "-c", clear], env=given, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
