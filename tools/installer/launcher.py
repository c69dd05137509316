"""counter.exe, which starts the installed version under one name (resources/installer/windows/counter.c). Compiled with mingw, it is the
same from two builds.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.installer.requirements import ROOT
from tools.installer.words import japanese

SOURCE = ROOT / "resources" / "installer" / "windows" / "counter.c"
NAME = "counter.exe"
VERSION = "1.0.0.0"
"""Its own, to be raised when the source changes: Windows Installer leaves a file of the same version as it is, also one that runs.
https://learn.microsoft.com/windows/win32/msi/file-versioning-rules
"""
SAYS = ("NAME", "LAUNCHER_LOST")
"""Its sentences of words.nsh."""
_DESCRIBED = """1 VERSIONINFO
FILEVERSION {numbers}
PRODUCTVERSION {numbers}
BEGIN
    BLOCK "StringFileInfo"
    BEGIN
        BLOCK "000004B0"
        BEGIN
            VALUE "FileDescription", "Library Card Kiosk"
            VALUE "FileVersion", "{version}"
            VALUE "ProductName", "Library Card Kiosk"
            VALUE "LegalCopyright", "Apache License 2.0"
        END
    END
    BLOCK "VarFileInfo"
    BEGIN
        VALUE "Translation", 0x0000, 1200
    END
END
"""
# Without a compiler's start-up code and library, and without the time of the build.
_PLAIN = ("-nostdlib", "-fno-stack-protector", "-mno-stack-arg-probe", "-Wl,-e,start", "-Wl,--no-insert-timestamp")


def compile_launcher(folder: Path) -> Path:
    """Into `folder`."""
    title, lost = (japanese()[name] for name in SAYS)
    out = folder / NAME
    with TemporaryDirectory() as work:
        described, compiled = Path(work, "counter.rc"), Path(work, "counter.o")
        described.write_text(_DESCRIBED.format(version=VERSION, numbers=VERSION.replace(".", ",")), encoding="ascii")
        _run("x86_64-w64-mingw32-windres", described, compiled)
        words = (f'-DTITLE=L"{title}"', f'-DNOT_THERE=L"{lost}"')
        options = ("-Os", "-s", "-Wall", "-Werror", "-mwindows", *_PLAIN, *words)
        _run("x86_64-w64-mingw32-gcc", *options, "-o", out, SOURCE, compiled, "-lkernel32", "-luser32")
    return out


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, timeout=120)
