"""Lays out what is installed on Windows: Python, the packages that a counter needs, trimmed, and the program, compiled beforehand.

Below the folder lies nothing that the program writes: each version has one of its own, and an upgrade exchanges it as a whole.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from kiosk.program_version import TRIAL
from tools.installer import inventory, program
from tools.installer.component import Component, Origin
from tools.installer.launcher import compile_launcher
from tools.installer.python_embed import Embed, refuse_unsigned
from tools.installer.requirements import ROOT

_PATHS = "python313.zip\n.\nLib\\site-packages\nimport site\n"
"""python313._pth: where modules are found, whatever the environment says. `site` reads the file of pywin32. Python is isolated by it:
https://docs.python.org/3/using/windows.html#finding-modules
"""

# Of Qt only what the program imports, and what that loads.
_QT = ("Core", "Gui", "Widgets", "PrintSupport", "Svg", "Test")
_QT_FILES = (
    "*.dist-info/*",
    "__init__.py",
    "_config.py",
    "_git_pyside_version.py",
    "pyside6.abi3.dll",
    "msvcp140*.dll",
    "vcruntime140*.dll",
    "concrt140.dll",
    *(f"Qt{name}.pyd" for name in _QT),
    *(f"Qt6{name}.dll" for name in _QT),
    "plugins/platforms/qwindows.dll",
    "plugins/iconengines/qsvgicon.dll",
    "plugins/imageformats/qico.dll",
    "plugins/imageformats/qsvg.dll",
    "plugins/styles/*",
    "support/*",
    "support/generated/*",
)
_DROPPED = (
    "_wmi.pyd",  # what it asks can take minutes, and `platform` asks it
    "Lib/site-packages/bin",
    "Lib/site-packages/PyWin32.chm",
    "Lib/site-packages/adodbapi",
    "Lib/site-packages/comtypes/test",
    "Lib/site-packages/isapi",
    "Lib/site-packages/pythoncom.py",
    "Lib/site-packages/pythonwin",
    "Lib/site-packages/win32com",
    "Lib/site-packages/win32comext",
    "Lib/site-packages/win32/Demos",
    "Lib/site-packages/win32/include",
    "Lib/site-packages/win32/libs",
    "Lib/site-packages/win32/scripts",
    "Lib/site-packages/win32/test",
    "Lib/site-packages/win32/pythonservice.exe",
    "Lib/site-packages/peewee-stubs",
    "Lib/site-packages/pwiz.py",
    "Lib/site-packages/shiboken6/include",
    "Lib/site-packages/shiboken6/lib",
)
_DROPPED_KINDS = ("*.pyi", "*.lib", "*.h", "__pycache__")


def lay_out(folder: Path, embed: Embed | None = None, also: Sequence[Component] = ()) -> None:
    """Make `folder` anew. Without `embed` the Python is the one that PyPI has, which is old: the build is a trial.

    `also`: what is added when the layout is packed, with a licence of its own. Raises EmbedError and InventoryError.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    given = () if embed is None else (str(embed.zip), embed.hash)
    program.run(ROOT / "tools" / "windows_python", "runtime", folder, *given)
    refuse_unsigned(folder)
    _trim(folder)
    program.install(folder / "Lib" / "site-packages")
    if embed is None:
        rename(folder, version_of(folder) + TRIAL)
    (folder / "python313._pth").write_text(_PATHS, encoding="ascii", newline="\r\n")
    _draw_icon(folder / "kiosk.ico")
    _compile(folder)
    compile_launcher(folder)
    interpreter = None if embed is None else Origin(embed.zip.name, embed.hash.lower())
    inventory.take(folder, [Path(f"{folder}.json")], program.source_date(), interpreter, also)
    program.date(folder)


def _trim(folder: Path) -> None:
    packages = folder / "Lib" / "site-packages"
    kept = {path for pattern in _QT_FILES for path in (packages / "PySide6").glob(pattern)}
    for path in _files(packages / "PySide6"):
        if path not in kept:
            path.unlink()
    for name in _DROPPED:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for pattern in _DROPPED_KINDS:
        for path in sorted(folder.rglob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    # What was in a folder is gone, so is the folder.
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _draw_icon(path: Path) -> None:
    drawing = ROOT / "resources" / "illustrations" / "app-mark.svg"
    code = "import sys; from PySide6.QtGui import QGuiApplication, QIcon; _ = QGuiApplication([])"
    saved = "; sys.exit(not QIcon(sys.argv[1]).pixmap(256, 256).save(sys.argv[2], 'ICO'))"
    program.run(sys.executable, "-c", code + saved, drawing, path, environment={"QT_QPA_PLATFORM": "offscreen"})


def _compile(folder: Path) -> None:
    """By the Python that will read it, since nobody may write below Program Files later. Hashes instead of times: two builds are alike, and
    nobody looks whether a source has changed (PEP 552, unchecked).
    """
    # Files that carry other versions' syntax, such as templates, are left as they are.
    options = ("-q", "-j", "1", "--invalidation-mode", "unchecked-hash", "-s", _windows(folder), "-p", ".")
    program.run(ROOT / "tools" / "wine", "--of", folder / "python.exe", "-m", "compileall", *options, _windows(folder / "Lib"))


def rename(folder: Path, version: str) -> None:
    """Have the program there bear another version."""
    program.rename(folder / "Lib" / "site-packages", version)


def version_of(folder: Path) -> str:
    """Of the program that was laid out there."""
    return program.version_of(folder / "Lib" / "site-packages")


def size_of(folder: Path) -> int:
    """In bytes."""
    return sum(path.stat().st_size for path in _files(folder))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _windows(path: Path) -> str:
    return "Z:" + str(path.resolve()).replace("/", "\\")
