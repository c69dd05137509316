"""Goes back to what a computer was like before something was installed on it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.installer.windows_computer import WindowsComputer

_CHANGED = ("*.reg", "drive_c/Program Files/LibraryCardKiosk", "drive_c/windows/Installer", "drive_c/users/*/AppData/Roaming/Microsoft")
"""By an installation: the registry, the program, what Windows Installer keeps, and the Start menu."""


class Snapshot:
    """Taken and restored when all programs there have ended: until then the registry is only in memory."""

    def __init__(self, computer: WindowsComputer, folder: Path) -> None:
        self._computer, self._prefix, self._kept = computer, computer.drive.parent, folder
        computer.settle()
        self._copy(self._prefix, folder)

    def restore(self) -> None:
        self._computer.settle()
        self._copy(self._kept, self._prefix)

    def _copy(self, source: Path, target: Path) -> None:
        for found in [path for pattern in _CHANGED for path in source.glob(pattern)]:
            into = target / found.relative_to(source)
            into.parent.mkdir(parents=True, exist_ok=True)
            if found.is_dir():
                shutil.rmtree(into, ignore_errors=True)
                shutil.copytree(found, into, symlinks=True)
            else:
                shutil.copy2(found, into)
