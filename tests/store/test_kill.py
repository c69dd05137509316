"""A counter killed at every SQL statement and around every fsync: confirmed acts are there, unconfirmed ones are not half there."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.store.repository import Repository
from tests.support import ROOT, SUPPORT

pytestmark = pytest.mark.linux("LD_PRELOAD")

PROGRAM = SUPPORT / "store" / "killed_at_every_point.py"


@pytest.fixture(scope="module")
def counter() -> ModuleType:
    spec = importlib.util.spec_from_file_location(PROGRAM.stem, PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("shim") / "kill_at_sync.so"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(PROGRAM.with_name("kill_at_sync.c")), "-ldl"], check=True, timeout=30
    )
    return library


def picture(store: Repository) -> Any:
    """All that can be seen of a store."""
    assert store.verify_audit() is None
    assert (store.doubt, store.troubles()) == (None, ())
    links = [(link.number, link.since, link.counter) for link in store.list_links(masked=False)]
    # That the anchor was caught up is told by a row of its own; the acts are the same.
    acts = [(row.act, row.number, row.reason, row.operation) for row in store.audit_rows() if row.act != AdministrativeAct.CAUGHT_UP]
    return links, store.operations(), acts, store.month_statistics(), store.pending_count(), store.membership(), store.staged()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", ["before-sync", *(pytest.param(kind, marks=pytest.mark.trial) for kind in ("statement", "after-sync"))])
def test_killed_while_it_joins_the_library(kind: str, counter: ModuleType, shim: Path, tmp_path: Path) -> None:
    """Keys, store and anchor are the counter's own, or all the library's."""
    environment = {**os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, str(PROGRAM), kind, str(tmp_path), "joining"], check=True, env=environment, timeout=110)
    seen = set()
    for folder in sorted(tmp_path.glob(f"{kind}-*")):
        for is_again in (False, True):
            with counter.open_counter(folder, "joining") as store:
                record = counter.place_in(folder).store.load()
                assert (store.doubt, store.examine(aside=False), store.verify_audit()) == (None, None, None)
                is_joined = store.membership() is not None
                assert (record.keys.site == counter.LIBRARYS, record.joining) == (is_joined, None)
                assert is_joined or not is_again
                seen.add(is_joined)
            counter.join_library(folder)
    assert seen == {False, True}


QUICK = [("before-sync", "alone"), ("after-sync", "registry"), ("before-sync", "answers")]
LONG = [("after-sync", "alone"), ("before-sync", "registry"), ("after-sync", "answers")]


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("kind", "mode"), [*QUICK, *(pytest.param(*each, marks=pytest.mark.trial) for each in LONG)])
def test_killed_anywhere(kind: str, mode: str, counter: ModuleType, shim: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = killed_anywhere(kind, mode, counter, shim, tmp_path)
    with capsys.disabled():
        print(told, end="")  # noqa: T201


@pytest.mark.trial
@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", ["alone", "registry", "answers"])
def test_killed_at_any_statement(mode: str, counter: ModuleType, shim: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = killed_anywhere("statement", mode, counter, shim, tmp_path)
    with capsys.disabled():
        print(told, end="")  # noqa: T201


def killed_anywhere(kind: str, mode: str, counter: ModuleType, shim: Path, tmp_path: Path) -> str:
    unharmed, acts = counter.MODES[mode]
    expected = []
    (tmp_path / "whole").mkdir()
    with counter.open_counter(tmp_path / "whole", mode) as store:
        for act in unharmed:
            act(store)
        expected.append(picture(store))
        for act in acts:
            act(store)
            expected.append(picture(store))
    environment = {**os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, str(PROGRAM), kind, str(tmp_path), mode], check=True, env=environment, timeout=800)
    folders = sorted(tmp_path.glob(f"{kind}-*"))
    seen, caught_up = set(), 0
    for folder in folders:
        confirmed = (folder / "said").read_text().count("confirmed")
        with counter.open_counter(folder, mode) as store:
            found = picture(store)
            assert store.examine(aside=False) is None
            caught_up += sum(row.act == AdministrativeAct.CAUGHT_UP for row in store.audit_rows())
            assert found in expected[confirmed : confirmed + 2], folder.name
            seen.add((confirmed, expected.index(found)))
            # Asked for again, as by a counter that has got no answer, each has happened once in the end.
            for act in counter.ACTS if not unharmed else acts[confirmed:]:
                act(store)
            assert picture(store)[:2] == expected[-1][:2]
    # Killed within every act; around an fsync also when the act was written but not yet confirmed.
    assert len(folders) > (60 if kind == "statement" else 12)
    without_sync = {place for place, act in enumerate(acts) if act in counter.UNSYNCED and kind != "statement"}
    assert {confirmed for confirmed, _ in seen} == set(range(len(expected))) - without_sync
    assert kind == "statement" or any(found > confirmed for confirmed, found in seen)
    # Also between an act and its anchor: what was done is kept, and nobody is told of a loss there was not.
    assert kind == "statement" or mode == "answers" or caught_up > 4
    return f" {len(folders) - 1} kills, {caught_up} caught up, {kind}, {mode}"
