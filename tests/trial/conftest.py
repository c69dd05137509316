"""Fixtures of the trials: installers, built once, and computers to install on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installer.built import Installers, build
from tests.support.installer.windows_computer import WindowsComputer


@pytest.fixture(scope="session")
def installers(tmp_path_factory: pytest.TempPathFactory) -> Installers:
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[WindowsComputer]:
    with WindowsComputer(tmp_path) as computer:
        yield computer
