"""A command that people are told to type arrives as it was meant."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.commands.command_line_to_type import to_type

SHOW = "import json, sys; print(json.dumps(sys.argv[1:]))"
FOLDERS = [r"C:\A&B", r"C:\図書館 (2)", "C:\\", r"C:\a^b;c,d=e", r"\\server\it's", "C:\\a b\\"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_shell_hands_over_what_was_meant(tmp_path: Path, folder: str) -> None:
    show = tmp_path / "show.py"
    show.write_text(SHOW)
    typed = to_type([sys.executable, str(show), "--home", folder, "virtual-card"])
    # cmd takes away the outermost quotes of what follows /c.
    command = f'cmd.exe /d /s /c "{typed}"' if sys.platform == "win32" else ["/bin/sh", "-c", typed]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    assert json.loads(done.stdout) == ["--home", folder, "virtual-card"]


def test_the_program_itself_is_not_quoted() -> None:
    """PowerShell would print it."""
    assert to_type(["kiosk", "virtual-card"]) == "kiosk virtual-card"
