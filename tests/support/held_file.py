"""A file that another program has open, and does not share for deletion, or for nothing at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_HOLDER = "import sys; file = open(sys.argv[1]); print(flush=True); sys.stdin.read()"
_SOLE_HOLDER = """
import sys, ctypes
open_file = ctypes.windll.kernel32.CreateFileW
open_file.restype = ctypes.c_void_p
assert open_file(sys.argv[1], 0x80000000, 0, None, 3, 0, None) != ctypes.c_void_p(-1).value
print(flush=True)
sys.stdin.read()
"""
"""https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew: to read (GENERIC_READ), shared for nothing, as there is one
(OPEN_EXISTING)."""
_NO_WINDOWS = sys.platform != "win32"


@contextmanager
def held_by_another(path: Path, *, alone: bool = False) -> Iterator[Callable[[], None]]:
    """Have the file open in another process; yields what ends that. Where that prevents nothing, the system's calls fail as on Windows.

    `alone`: nobody else can open it meanwhile.
    """
    if _NO_WINDOWS:
        with _as_on_windows(path, alone=alone) as release:
            yield release
        return
    program = _SOLE_HOLDER if alone else _HOLDER
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline()

        def leave() -> None:
            holder.kill()
            holder.wait()

        try:
            yield leave
        finally:
            leave()


@contextmanager
def _as_on_windows(path: Path, *, alone: bool) -> Iterator[Callable[[], None]]:
    """Windows says "access denied" of a target that cannot be replaced, and "sharing violation" of what cannot be moved or deleted. Whoever
    opens a file hears no more than EACCES.
    """
    held = [os.fspath(path)]

    def refuse(code: int, *names: str) -> None:
        error = PermissionError(13, "refused", *names)
        setattr(error, "winerror", code)  # noqa: B010 - mypy knows it on Windows only
        raise error

    def replace(source: Path, target: Path) -> None:
        check(source)
        if os.fspath(target) in held:
            refuse(5, os.fspath(source))
        really_replace(source, target)

    def rename(source: Path, target: Path) -> None:
        check(source)
        really_rename(source, target)

    def unlink(name: Path) -> None:
        check(name)
        really_unlink(name)

    def open_(name: Path, *args: Any, **kwargs: Any) -> int:
        if alone and os.fspath(name) in held:
            raise PermissionError(13, "refused", os.fspath(name))
        return really_open(name, *args, **kwargs)

    def check(name: Path) -> None:
        if os.fspath(name) in held:
            refuse(32, os.fspath(name))

    really_open, really_replace, really_rename, really_unlink = os.open, os.replace, os.rename, os.unlink
    with pytest.MonkeyPatch.context() as patch:
        for call in (open_, replace, rename, unlink):
            patch.setattr(os, call.__name__.rstrip("_"), call)
        yield held.clear
