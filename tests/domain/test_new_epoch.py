"""What of each earlier epoch still holds once a new one has begun, held against whole histories."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.decide import Accepted, Declined, Epochs, Standing, Stop, decide
from kiosk.domain.errors import Code
from kiosk.domain.model import LibraryCardNumber, LinkToken, Revocation
from kiosk.domain.new_epoch import epochs_after, number_after
from kiosk.domain.operations import AcceptedAt, Pending, after_cuts
from kiosk.domain.wire import LinkOperation, Origin, Position


@dataclass(frozen=True)
class Backup:
    """A ledger as a backup holds it: the operations in order, and what it says of its epochs."""

    log: tuple[int, ...]
    epochs: Epochs


@dataclass
class Machine:
    """A server's machine: its ledger, what lies beside the keys, and for the test every log each epoch ever had."""

    log: tuple[int, ...] = ()
    epochs: Epochs = field(default_factory=lambda: Epochs(1))
    told: dict[int, list[tuple[int, ...]]] = field(default_factory=lambda: {1: [()]})

    def accept(self, operations: Iterable[int]) -> None:
        self.log = (*self.log, *operations)
        self.told[self.epochs.current].append(self.log)

    def back_up(self) -> Backup:
        return Backup(self.log, self.epochs)

    def restore(self, backup: Backup, seconds: int = 0, *, remembers: bool = True) -> None:
        remembered = self.epochs if remembers else None
        number = number_after(max(self.epochs.current, backup.epochs.current), seconds)
        self.epochs = epochs_after(backup.epochs, len(backup.log), remembered, number)
        self.log = backup.log
        self.told[number] = [self.log]


def in_common(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("accept"), st.integers(1, 4)),
        st.tuples(st.just("back up"), st.just(0)),
        st.tuples(st.just("restore"), st.integers(0, 9)),
        st.tuples(st.just("restore elsewhere"), st.integers(0, 9)),
    ),
    max_size=30,
)


def lived(steps: list[tuple[str, int]]) -> Machine:
    machine, backups, operation = Machine(), [Backup((), Epochs(1))], 0
    for kind, value in steps:
        if kind == "accept":
            machine.accept(range(operation, operation + value))
            operation += value
        elif kind == "back up":
            backups.append(machine.back_up())
        else:
            machine.restore(backups[value % len(backups)], remembers=kind == "restore")
    return machine


@given(STEPS)
def test_nobody_is_credited_with_more_of_the_ledger_than_was_seen(steps: list[tuple[str, int]]) -> None:
    machine = lived(steps)
    for epoch, logs in machine.told.items():
        for log in logs:
            for cursor in range(len(log) + 1):
                assert machine.epochs.effective(Position(epoch, cursor)) <= in_common(log[:cursor], machine.log)


@given(STEPS)
def test_what_was_accepted_and_lost_is_sent_again(steps: list[tuple[str, int]]) -> None:
    machine = lived(steps)
    for epoch, logs in machine.told.items():
        for cursor, operation in enumerate(logs[-1], 1):
            if operation not in machine.log:
                assert after_cuts(AcceptedAt(Position(epoch, cursor)), machine.epochs) == Pending()


def test_along_one_line_all_that_holds_is_credited() -> None:
    machine = Machine()
    machine.accept(range(100))
    first = machine.back_up()
    machine.accept(range(100, 150))
    machine.restore(first)
    assert machine.epochs == Epochs(2, ((1, 100),))
    assert machine.epochs.effective(Position(1, 90)) == 90
    assert machine.epochs.effective(Position(1, 150)) == 100


def test_two_restores_in_a_row_tell_three_epochs_apart() -> None:
    machine = Machine()
    machine.accept(range(100))
    backup = machine.back_up()
    machine.restore(backup, 1000)
    machine.accept(range(200, 230))
    machine.restore(backup, 1000)
    assert machine.epochs == Epochs(1001, ((1, 100), (1000, 100)))
    assert machine.epochs.effective(Position(1000, 130)) == 100


def test_an_older_backup_after_a_newer_one_takes_both_epochs_back() -> None:
    machine = Machine()
    machine.accept(range(50))
    older = machine.back_up()
    machine.accept(range(50, 100))
    newer = machine.back_up()
    machine.restore(newer)
    machine.accept(range(200, 220))
    machine.restore(older)
    assert machine.epochs == Epochs(3, ((1, 50), (2, 50)))


def test_a_newer_backup_after_an_older_one_does_not_credit_the_epoch_between_with_what_it_never_saw() -> None:
    machine = Machine()
    machine.accept(range(50))
    older = machine.back_up()
    machine.accept(range(50, 100))
    newer = machine.back_up()
    machine.restore(older)
    machine.accept(range(200, 230))
    machine.restore(newer)
    # Cursor 70 of epoch 2 is another operation than cursor 70 of the ledger that holds now.
    assert machine.epochs.effective(Position(2, 70)) == 50


def test_on_an_empty_machine_what_the_backup_does_not_know_is_not_known() -> None:
    machine = Machine()
    machine.accept(range(50))
    backup = machine.back_up()
    machine.restore(backup)
    machine.accept(range(200, 230))
    machine.restore(backup, 1000, remembers=False)
    assert machine.epochs == Epochs(1000, ((1, 50),))
    assert machine.epochs.effective(Position(2, 80)) == 0


def test_a_machine_that_shares_no_epoch_with_the_backup_is_credited_with_nothing() -> None:
    assert epochs_after(Epochs(9, ((8, 3),)), 20, Epochs(5, ((4, 7),)), 10).cuts == ((4, 0), (5, 0), (8, 3), (9, 20))


def test_a_link_of_the_dead_epoch_does_not_beat_a_stop_of_the_new_one() -> None:
    """Cursor 4711 of the dead epoch against a stop at 4001 of the new one, which a bare comparison of cursors would let pass."""
    epochs = epochs_after(Epochs(1), 4000, Epochs(1), number_after(1, 1_796_000_000))
    assert after_stop(Position(1, 4711), epochs) == Declined(Code.STOPPED_SINCE)
    assert isinstance(after_stop(Position(epochs.current, 4001), epochs), Accepted)


def test_nor_after_a_second_restore_of_the_same_backup() -> None:
    epochs = epochs_after(Epochs(1), 4000, Epochs(1), 1000)
    again = epochs_after(Epochs(1), 4000, epochs, 1001)
    for dead in (Position(1, 4711), Position(1000, 4711), Position(1000, 4001)):
        assert after_stop(dead, again) == Declined(Code.STOPPED_SINCE)


def after_stop(known: Position, epochs: Epochs) -> Accepted | Declined:
    """A link made knowing the ledger up to `known`, after another counter's stop at 4001."""
    origin = Origin(UUID(int=1), "児童", 3, known, 1, datetime(2026, 12, 1, tzinfo=UTC))
    operation = LinkOperation(origin, LinkToken(bytes(32)), LibraryCardNumber("1234567890"), Revocation.GOOD, by_guardian=False)
    return decide(Standing(stops=(Stop(4001, "一般", 9),), epochs=epochs), operation)


def test_each_restore_has_a_number_of_its_own() -> None:
    assert number_after(7, 1_796_000_000) == 1_796_000_000
    assert number_after(1_796_000_000, 1_796_000_000) == 1_796_000_001
    assert number_after(1_796_000_000, 5) == 1_796_000_001, "a clock that was put back does not reuse a number"
