"""What the status page shows of a server: figures that are known, and a word where they are not. And how fast."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from kiosk.domain.calendar import JAPAN, day_in_japan, second_in_japan
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.wire import Position
from kiosk.ledger.bulk import BYTES, COUNT, TEXT, insert
from kiosk.registry.answers import Contact
from kiosk.registry.backup.failure import failure_of, save_failure
from kiosk.registry.backup.keeper import BackupPlan
from kiosk.registry.backup.timetable import Timetable
from kiosk.registry.counters import EnrolledCounter, Heard
from kiosk.registry.models import CounterRow, CounterState
from kiosk.registry.remembered import Ahead
from kiosk.registry.status.attention import Trouble, in_order, troubles_of
from kiosk.registry.status.daily import DAYS, Count, count_daily
from kiosk.registry.status.overview import Overview
from kiosk.registry.status.overview_page import overview_page
from kiosk.text import say
from tests.support.backup.server_machine import ServerMachine

NewMachine = Callable[..., ServerMachine]
NOW = datetime(2026, 12, 7, 3, tzinfo=UTC)
HEAD = Position(7, 100)
OPERATION = {"uuid": TEXT, "content": BYTES, "counter": TEXT, "sequence": COUNT, "at": COUNT, "cursor": COUNT, "code": TEXT}
GOOD = 0.2


def overview_of(machine: ServerMachine, ahead: Ahead | None = None) -> Overview:
    failure = machine.folder / "failure.json"
    plan = BackupPlan(machine.backups, machine.keys, machine.folder / "backup.lock", failure, Timetable(2, 24), 14)
    return Overview(machine.ledger, machine.site_key, plan, lambda: machine.now, lambda: ahead)


def look(overview: Overview) -> None:
    overview.look_at_days()
    overview.look_at_backups()


def shown(overview: Overview) -> str:
    page: bytes = bytes(overview_page(overview.figures(), "tanaka", "f" * 64).body)
    return page.decode()


def operated(machine: ServerMachine, at: datetime, counter: str, *, accepted: int = 0, refused: int = 0) -> None:
    """Operations in the server's memory, as they lie there."""
    with machine.database.writing() as database:
        kinds = [(1, None)] * accepted + [(None, "card-expired")] * refused
        rows = [(f"{counter} {at} {place}", b"c", counter, place, int(at.timestamp()), *kind) for place, kind in enumerate(kinds)]
        insert(database, "operation", OPERATION, rows)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.linux("PostgreSQL"))])
def test_operations_are_counted_by_days_of_japan_and_only_where_something_is_kept(new_machine: NewMachine, kind: str) -> None:
    machine = new_machine(kind).found()
    midnight = datetime(2026, 12, 7, tzinfo=JAPAN)
    operated(machine, midnight - timedelta(seconds=1), "中央1", accepted=3, refused=1)
    operated(machine, midnight, "中央1", accepted=2)
    operated(machine, midnight - timedelta(days=3), "東1", refused=2)
    operated(machine, midnight + timedelta(days=9), "東1", accepted=1)
    with machine.database.reading() as database:
        daily = count_daily(database, NOW)
    days = {day.isoformat()[5:]: count for day, count in daily.days.items()}
    assert (len(days), list(daily.days)[-1]) == (DAYS, date(2026, 12, 7))
    known = {day: count for day, count in days.items() if count is not None}
    assert known == {"12-04": Count(0, 2), "12-05": Count(), "12-06": Count(3, 1), "12-07": Count(2, 0)}
    assert daily.refused == {"中央1": 1, "東1": 2}


def test_what_nobody_has_looked_at_is_not_said_to_be_nothing(new_machine: NewMachine) -> None:
    machine = new_machine().found()
    machine.enrol("中央1")
    overview = overview_of(machine)
    page = shown(overview)
    assert page.count(f"<p>{say('status.not-looked')}</p>") == 2
    row = re.search(r'<th scope="row">中央1</th>(.*?)</tr>', page)
    assert row is not None
    cells = re.findall("<td>(.*?)</td>", row[1])
    unknown = say("status.unknown")
    assert cells[:7] == ["使用中", say("status.counters.never"), unknown, unknown, unknown, unknown, unknown]
    look(overview)
    page = shown(overview)
    assert say("status.not-looked") not in page
    assert say("status.days.nothing") in page


@pytest.mark.linux("a link to itself is a folder that cannot be read")
def test_backups_that_fail_are_late_or_cannot_be_seen_are_said_to_be(new_machine: NewMachine) -> None:
    machine = new_machine().found()
    overview = overview_of(machine)
    look(overview)
    assert say("status.attention.backups-none") in shown(overview)
    machine.now += timedelta(hours=27)
    look(overview)
    assert say("status.attention.backups-overdue") in shown(overview)
    machine.back_up()
    save_failure(machine.folder / "failure.json", failure_of(Unavailable(Code.BACKUP_FAILED, reason="full"), machine.now))
    look(overview)
    page = shown(overview)
    assert say("status.attention.backups-failing", since=second_in_japan(machine.now)) in page
    assert "<dt>使える控え</dt><dd>1件</dd>" in page
    machine.now += timedelta(hours=27)
    look(overview)
    assert say("status.attention.backups-overdue") in shown(overview)
    for kept in machine.backups.iterdir():
        kept.unlink()
    machine.backups.rmdir()
    machine.backups.symlink_to(machine.backups)
    save_failure(machine.folder / "failure.json", None)
    look(overview)
    assert say("status.attention.backups-unread") in shown(overview)


def test_no_number_of_a_patron_and_no_token_is_on_the_page(new_machine: NewMachine) -> None:
    machine = new_machine().found()
    machine.enrol("中央1")
    machine.link(*range(1, 8))
    overview = overview_of(machine, Ahead(Position(9, 9), "中央1", 0))
    look(overview)
    page = shown(overview)
    assert say("status.attention.ahead", name="中央1") in page
    assert "<dd>7件</dd>" in page
    assert re.findall(r"\b0{6}[0-9]{4}\b", page) == []


def counter(name: str, heard: Heard | None, state: CounterState = CounterState.ACTIVE, doubled: datetime | None = None) -> EnrolledCounter:
    return EnrolledCounter(name, state, NOW, NOW, heard, doubled)


def heard(hours: float = 0, *, differs: bool = False, epoch: int = HEAD.epoch) -> Heard:
    return Heard(NOW - timedelta(hours=hours), "0.1.0", Position(epoch, 90), 0, differs)


@pytest.mark.parametrize(
    ("one", "troubles"),
    [
        (counter("a", heard(24)), ()),
        (counter("a", heard(24.1)), (Trouble.SILENT,)),
        (counter("a", None), (Trouble.NEVER_HEARD,)),
        (counter("a", heard(differs=True, epoch=6), doubled=NOW), (Trouble.DOUBLED, Trouble.DIFFERS, Trouble.OTHER_EPOCH)),
        (counter("a", heard(99, differs=True), CounterState.REVOKED), ()),
        (counter("a", None, CounterState.RETIRED), ()),
        (counter("a", heard(99), CounterState.RETIRING), (Trouble.SILENT,)),
    ],
)
def test_what_is_said_of_a_counter(one: EnrolledCounter, troubles: tuple[Trouble, ...]) -> None:
    assert troubles_of(one, HEAD, NOW) == troubles


def test_who_is_in_trouble_comes_first_and_who_has_left_last() -> None:
    counters = [counter("a", None, CounterState.RETIRED), counter("b", heard()), counter("c", heard(30)), counter("d", heard(differs=True))]
    assert [one.name for one, _ in in_order(counters, HEAD, NOW)] == ["d", "c", "b", "a"]


def test_a_thousand_counters_are_shown_in_a_fifth_of_a_second(new_machine: NewMachine) -> None:
    """On a busy machine the best of several: what is slow by itself is slow each time."""
    machine = new_machine().found()
    with machine.ledger.acting():
        for number in range(1000):
            name, at = f"窓口{number}", machine.now.isoformat(timespec="seconds")
            values = {"name": name, "secret": name.encode(), "state": "active", "enrolled": at, "changed": at}
            CounterRow.insert(values).execute(machine.database.database)
    head = machine.ledger.head().position
    machine.ledger.heard_all({f"窓口{number}": Contact(head, pending=number, version="0.1.0", differs=False) for number in range(990)})
    for back in range(DAYS):
        operated(machine, machine.now - timedelta(days=back), f"窓口{back}", accepted=50, refused=5)
    overview = overview_of(machine)
    look(overview)
    taken, page = [], ""
    for _ in range(5):
        began = time.perf_counter()
        page = shown(overview)
        taken.append(time.perf_counter() - began)
    assert page.count("<tr>") == 1 + 1000 + 1 + DAYS
    assert min(taken) < GOOD, statistics.median(taken)
    assert day_in_japan(machine.now).isoformat() in page
