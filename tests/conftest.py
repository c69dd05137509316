"""What every test finds prepared."""

import gc
import os
from collections.abc import Generator

import pytest

# Windows are built in memory unless a test asks for a real screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from kiosk.ui.garbage import collect_due

pytest_plugins = ["tests.pcscd_rig", "tests.cases", "tests.desk", "tests.loandesk"]


def pytest_sessionstart() -> None:
    """Only between tests, and on this thread: whichever thread of a later test collected a window would crash (`kiosk.ui.garbage`)."""
    gc.disable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    yield
    collect_due()
