"""Fixtures and set-up shared by all tests."""

import gc
import os
import signal
from collections.abc import Generator

import pytest
from hypothesis import settings

# Windows are built in memory unless a test asks for a real screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from kiosk.ui.garbage_collection import collect_due
from tests.support.frozen import freeze

# How long one example takes says nothing where three workers share two cores.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

pytest_plugins = [
    "tests.support.pcscd.rig",
    "tests.support.postgres.databases",
    "tests.support.ledger.registry_ledgers",
    "tests.support.count_cases",
    "tests.support.left_processes",
    "tests.support.left_windows",
    "tests.support.linux_only",
    "tests.support.time_by_folder",
    "tests.support.counter.headless",
    "tests.support.counter.with_library",
]


def pytest_sessionstart() -> None:
    # Only between tests, and on this thread: whichever thread of a later test collected a window would crash (`ui.garbage_collection`).
    gc.disable()
    # A shell has what it begins in the background ignore it, and so would every program that a test begins and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What hangs inside Qt is ended by faulthandler alone: no test may ask for longer than that. Long runs give it more time."""
    last = float(config.getini("faulthandler_timeout"))
    for item in items:
        limit = item.get_closest_marker("timeout")
        if limit is not None and item.get_closest_marker("trial") is None and not 0 < limit.args[0] < last:
            raise pytest.UsageError(f"{item.nodeid} asks for {limit.args[0]} s, and faulthandler ends the run after {last:g} s")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    yield
    collect_due()
    if (application := QCoreApplication.instance()) is not None:
        _take_back_quit(application)


def _runs() -> int:
    loop = QEventLoop()
    QTimer.singleShot(0, loop, loop.quit)
    return loop.exec()


def _take_back_quit(application: QCoreApplication) -> None:
    """Let event loops run again.

    When the last window closes while the application's own loop ends, Qt posts a quit. Handled after that loop it makes every other loop of
    the thread return at once, and no timer of any later test fires.
    """
    # The first handles what the test has left to be handled, such as a quit of ours that was to come soon.
    if -1 in [_runs() for _ in range(2)]:
        QTimer.singleShot(0, application, lambda: application.exit(0))
        application.exec()
