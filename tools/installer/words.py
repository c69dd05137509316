"""What the installers for Windows say (resources/installer/windows/words.nsh)."""

from __future__ import annotations

import re

from tools.installer.requirements import ROOT

WORDS = ROOT / "resources" / "installer" / "windows" / "words.nsh"


def japanese() -> dict[str, str]:
    """By name."""
    return dict(re.findall(r'^!insertmacro say (\w+) "([^"]*)"', WORDS.read_text(encoding="utf-8"), re.MULTILINE))
