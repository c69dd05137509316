"""A file of SQLite that is replaced or removed under the server: what goes into the old one is lost, and is not answered."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from kiosk.domain.errors import Code, KioskError
from kiosk.registry.database import open_sqlite
from tests.registry.backup.test_keeper import keeper_of
from tests.support.backup.server_machine import ServerMachine
from tests.support.error_code import code_of
from tests.support.ledger.registry_ledgers import TrialLedger
from tests.support.wait import LIMIT


def replaced(path: Path) -> None:
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    copy.replace(path)


@pytest.fixture(params=[replaced, Path.unlink], ids=["replaced", "removed"])
def exchange(request: pytest.FixtureRequest) -> Callable[[Path], None]:
    act: Callable[[Path], None] = request.param
    return act


def test_nothing_is_answered_any_more(tmp_path: Path, exchange: Callable[[Path], None]) -> None:
    trial = TrialLedger(open_sqlite(tmp_path / "registry.db"))
    one = trial.counter("窓口1")
    assert trial.tell(one.link(1, 1001)) == [1]
    exchange(tmp_path / "registry.db")
    for act in (lambda: trial.tell(one.link(2, 1002)), trial.ledger.head, trial.ledger.snapshot, trial.ledger.verify):
        assert code_of(act) is Code.LEDGER_EXCHANGED


def test_a_connection_that_is_made_afterwards_does_not_use_the_new_file(tmp_path: Path) -> None:
    trial = TrialLedger(open_sqlite(tmp_path / "registry.db"))
    one, told = trial.counter("窓口1"), list[Code]()
    replaced(tmp_path / "registry.db")
    writer = Thread(target=lambda: told.append(code_of(lambda: trial.tell(one.link(1, 1001)))))
    writer.start()
    writer.join(LIMIT)
    assert told == [Code.LEDGER_EXCHANGED]


def test_the_server_ends(tmp_path: Path, exchange: Callable[[Path], None]) -> None:
    machine = ServerMachine(tmp_path, f"sqlite:///{tmp_path / 'registry.db'}").found()
    machine.link(1)
    keeper, ended = keeper_of(machine), list[KioskError]()
    exchange(tmp_path / "registry.db")
    keeper.guard(Event(), ended.append)
    assert [error.code for error in ended] == [Code.LEDGER_EXCHANGED]
