"""Fixtures of the trials: installers, built once, and computers to install on."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.installer.built import Installers, build, found
from tests.support.installer.windows_computer import WindowsComputer


@pytest.fixture(scope="session")
def installers(tmp_path_factory: pytest.TempPathFactory) -> Installers:
    """By whichever worker needs them first."""
    base = tmp_path_factory.getbasetemp()
    # https://pytest-xdist.readthedocs.io/en/stable/how-to.html#making-session-scoped-fixtures-execute-only-once
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    out, begun = shared / "installers", shared / "installers-begun"
    with _alone(shared / "installers.lock"):
        if not out.exists():
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            build(begun)
            begun.rename(out)
    return found(out)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    assert sys.platform != "win32"
    from fcntl import LOCK_EX, flock

    with path.open("w") as lock:
        flock(lock, LOCK_EX)
        yield


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[WindowsComputer]:
    with WindowsComputer(tmp_path) as computer:
        yield computer
