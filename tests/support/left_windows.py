"""A pytest plugin: no window outlasts the tests of its file.

A program that shows one window waits until the last one is closed, and would wait for ever if another test had left one.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication


@pytest.fixture(autouse=True, scope="module")
def close_left_windows() -> Iterator[None]:
    yield
    if isinstance(QGuiApplication.instance(), QGuiApplication):
        for window in QGuiApplication.topLevelWindows():
            if window.isVisible():
                window.close()
