"""Windows no longer shown are destroyed on the GUI thread, whatever the program's other threads do."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.config import CardSettings, DisplaySettings, RevocationSource, Settings
from kiosk.smartcard.judge import CardJudge
from tests.support.counter.windowed import OpenedCounter

SETTINGS = Settings(card=CardSettings(revocation=RevocationSource.NONE), display=DisplaySettings(sounds=0))


class Page(QWidget):
    """Refers to itself, as everything does whose buttons call its methods."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self


def work() -> None:
    """Allocate enough for Python to collect several times, were it to collect here."""
    kept: list[list[int]] = []
    for _ in range(10 * gc.get_threshold()[0]):
        kept.append([])


@pytest.fixture
def collecting() -> Iterator[None]:
    """As in a program of its own; the tests have it off."""
    gc.collect()
    gc.enable()
    yield
    gc.disable()


@pytest.mark.usefixtures("collecting")
def test_a_page_is_destroyed_where_it_lives(qapp: QApplication, judge: CardJudge, tmp_path: Path) -> None:
    with OpenedCounter(SETTINGS, judge, tmp_path / "kiosk.db") as opened:
        destroyed_on: list[str] = []
        weakref.finalize(Page(), lambda: destroyed_on.append(threading.current_thread().name))
        worker = threading.Thread(target=work)
        worker.start()
        worker.join()
        assert not destroyed_on
        kept = [[index] for index in range(2 * gc.get_threshold()[0])]
        opened.until(lambda _: bool(destroyed_on))
        assert destroyed_on == [threading.main_thread().name]
        del kept


@pytest.mark.usefixtures("collecting")
def test_python_collects_again_once_the_counter_is_closed(qapp: QApplication, judge: CardJudge, tmp_path: Path) -> None:
    with OpenedCounter(SETTINGS, judge, tmp_path / "kiosk.db"):
        pass
    gone: list[bool] = []
    holder: list[object] = [threading.Event()]
    weakref.finalize(holder[0], gone.append, True)
    holder.append(holder)
    del holder
    work()
    assert gone
