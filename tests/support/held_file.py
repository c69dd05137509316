"""A file that another program has open, and does not share for deletion."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_HOLDER = "import sys; file = open(sys.argv[1]); print(flush=True); sys.stdin.read()"
_NO_WINDOWS = sys.platform != "win32"


@contextmanager
def held_by_another(path: Path) -> Iterator[Callable[[], None]]:
    """Have the file open in another process; yields what ends that. Where that prevents nothing, the system's calls fail as on Windows."""
    if _NO_WINDOWS:
        with _as_on_windows(path) as release:
            yield release
        return
    with subprocess.Popen([sys.executable, "-c", _HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
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
def _as_on_windows(path: Path) -> Iterator[Callable[[], None]]:
    """Windows says "access denied" of a target that cannot be replaced, and "sharing violation" of what cannot be moved or deleted."""
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

    def check(name: Path) -> None:
        if os.fspath(name) in held:
            refuse(32, os.fspath(name))

    really_replace, really_rename, really_unlink = os.replace, os.rename, os.unlink
    with pytest.MonkeyPatch.context() as patch:
        for call in (replace, rename, unlink):
            patch.setattr(os, call.__name__, call)
        yield held.clear
