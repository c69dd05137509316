"""A counter's store and keys were copied to a second computer: two work under one name, and count the same sequence."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from kiosk.domain.operations import RefusedFor
from kiosk.ledger.database import ask
from kiosk.ledger.notes import notes_after
from kiosk.registry.answers import Batch
from kiosk.registry.database import open_sqlite
from kiosk.registry.notes import DOUBLED
from tests.support.ledger.acts import CounterActs
from tests.support.ledger.registry_ledgers import TrialLedger


def doubled(trial: TrialLedger) -> list[str]:
    with trial.database.reading() as database:
        return sorted(notes_after(database, DOUBLED))


def copies(trial: TrialLedger) -> tuple[CounterActs, CounterActs]:
    return trial.counter("窓口1"), trial.counter("窓口1")


def test_one_place_in_a_sequence_is_taken_once(trial: TrialLedger) -> None:
    one, copy = copies(trial)
    assert trial.tell(one.link(1, 1001)) == [1]
    assert doubled(trial) == []
    assert trial.tell(copy.link(2, 1002), trial.counter("窓口2").link(3, 1003)) == ["counter-doubled", 2]
    assert doubled(trial) == ["窓口1"]
    assert trial.links() == {1: 1001, 3: 1003}


def test_a_repeat_is_no_second_computer(trial: TrialLedger) -> None:
    one = trial.counter("窓口1")
    link = one.link(1, 1001)
    assert trial.tell(link) == trial.tell(link) == [1]
    assert doubled(trial) == []


def test_an_unlinking_counts_whoever_makes_it(trial: TrialLedger) -> None:
    one, copy = copies(trial)
    trial.tell(one.link(1, 1001))
    assert trial.tell(copy.unlink(1001)) == [2]
    assert (doubled(trial), trial.links()) == (["窓口1"], {})


def test_what_the_other_computer_stopped_is_not_revived(trial: TrialLedger) -> None:
    """The copy was offline meanwhile, and knows nothing of it. That it bears the stop's own name proves nothing any more."""
    one, copy = copies(trial)
    trial.tell(one.unlink(1001, 1))
    assert trial.tell(copy.link(2, 1002), copy.link(1, 1001)) == ["counter-doubled", "stopped-since"]


def test_neither_is_it_later(trial: TrialLedger) -> None:
    one, copy = copies(trial)
    trial.tell(one.unlink(1001, 1))
    assert trial.tell(copy.link(2, 1002)) == ["counter-doubled"]
    assert trial.tell(copy.link(1, 1001)) == ["stopped-since"]


def test_two_computers_are_told_apart_within_one_transaction(trial: TrialLedger) -> None:
    one, copy = copies(trial)
    batches = [Batch((one.link(1, 1001), one.link(2, 1002))), Batch((first := copy.link(3, 1003), second := copy.link(4, 1004)))]
    (_, applied), _ = trial.ledger.apply(batches)
    assert [type(applied.answers[operation.origin.uuid]) for operation in (first, second)] == [RefusedFor, RefusedFor]


def test_what_is_put_off_in_a_new_epoch_is_not_put_off_for_ever(trial: TrialLedger) -> None:
    one, copy = copies(trial)
    trial.tell(one.link(1, 1001))
    trial.begin_epoch()
    assert trial.tell(copy.link(2, 1002)) == ["counter-doubled"]


def test_a_place_in_a_sequence_is_looked_up_and_not_searched_for(tmp_path: Path) -> None:
    database = open_sqlite(tmp_path / "registry.db")
    trial = TrialLedger(database)
    one = trial.counter("窓口1")
    rows = "WITH RECURSIVE n(i) AS (SELECT 9 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) SELECT i, x'00', '窓口1', i, 0, i, NULL FROM n"
    ask(database.database, f"INSERT INTO operation {rows}")
    steps = count()
    database.database.connection().set_progress_handler(lambda: next(steps) < 0, 1000)  # type: ignore[no-untyped-call]
    assert trial.tell(one.link(1, 1001)) == [1]
    assert next(steps) < 20, "thousands of instructions"
    database.close()
