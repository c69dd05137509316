"""Which of Qt's parts are installed on Debian: what windows of ours load, and what that stands on."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tools.installer.program import answer

# Imported by the program, and D-Bus for Qt's own plug-ins.
_MODULES = ("Core", "Gui", "Widgets", "PrintSupport", "Svg", "Test")
_FILES = (
    "__init__.py",
    "_config.py",
    "_git_pyside_version.py",
    "libpyside6.abi3.so.*",
    *(f"Qt{name}.abi3.so" for name in _MODULES),
    "support/*",
    "support/generated/*",
    "Qt/plugins/platforms/libqxcb.so",
    "Qt/plugins/platforms/libqoffscreen.so",
    "Qt/plugins/xcbglintegrations/*.so",
    "Qt/plugins/platforminputcontexts/libcompose*.so",
    "Qt/plugins/platforminputcontexts/libibus*.so",
    "Qt/plugins/platformthemes/libqxdg*.so",
    "Qt/plugins/imageformats/libqsvg.so",
    "Qt/plugins/iconengines/*.so",
    "Qt/plugins/printsupport/*.so",
    "Qt/translations/qtbase_ja.qm",
)


def trim(pyside: Path) -> None:
    """Remove everything else from PySide6's folder."""
    kept = {path for pattern in _FILES for path in pyside.glob(pattern)}
    waiting = [path for path in kept if ".so" in path.name]
    while waiting:
        for name in _needed(waiting.pop()):
            path = pyside / "Qt" / "lib" / name
            if path.exists() and path not in kept:
                kept.add(path)
                waiting.append(path)
    for path in pyside.rglob("*"):
        if not path.is_dir() and path not in kept:
            path.unlink()
    for path in sorted(pyside.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    # Beside it, for those who compile against it.
    for name in ("include", "lib"):
        shutil.rmtree(pyside.parent / "shiboken6" / name, ignore_errors=True)


def _needed(binary: Path) -> list[str]:
    return re.findall(r"\(NEEDED\).*\[(.+)\]", answer("readelf", "-d", binary))
