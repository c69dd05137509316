"""What counters tell a server that lacks what they know: what it remembers of it, and what of its order still holds afterwards."""

from __future__ import annotations

from kiosk.domain.new_epoch import LARGEST_HEARD
from kiosk.domain.wire import Position
from kiosk.registry.remembered_file import RememberedFile
from tests.registry.backup.test_keeper import keeper_of
from tests.registry.backup.test_new_epoch import put_back
from tests.support.backup.server_machine import ServerMachine


def test_a_new_epoch_is_above_every_one_that_a_counter_has_named(machine: ServerMachine) -> None:
    """As where an earlier restore was made by a clock that was years ahead."""
    epoch = machine.ledger.head().position.epoch + 10**9
    keeper = keeper_of(machine)
    keeper.check()
    keeper.hear_ahead("中央1", Position(epoch, 3))
    machine.link(20)
    keeper.check()
    kept = machine.back_up()
    keeper.leave()
    assert machine.begin_epoch().epochs.current == epoch + 1
    keeper.check()
    keeper.hear_ahead("中央1", Position(epoch + 7, 3))
    keeper.leave()
    assert machine.restore(kept.path).now.epochs.current == epoch + 8


def test_nothing_holds_of_what_a_server_that_is_behind_may_have_accepted_since_it_was_put_back(machine: ServerMachine) -> None:
    """Nobody knows since when. It may have begun again meanwhile, and a counter that knew no more may have been there first."""
    machine.link(10)
    machine.remember()
    begun = machine.begin_epoch().position
    machine.link(20, 21)
    assert cut_once_behind(machine) == begun.cursor


def test_what_is_so_old_that_it_was_erased_holds(machine: ServerMachine) -> None:
    """Else every link that is sent again would be refused as made too long ago."""
    machine.link(20, 21)
    machine.later(days=40)
    machine.link(22)
    floor = machine.ledger.compact().floor
    assert cut_once_behind(machine) == floor == machine.ledger.head().position.cursor - 1


def cut_once_behind(machine: ServerMachine) -> int:
    """Of a new epoch, after a counter has named what is not here."""
    head = machine.ledger.head().position
    keeper = keeper_of(machine)
    keeper.check()
    keeper.hear_ahead("中央1", Position(head.epoch, head.cursor + 9))
    keeper.leave()
    return dict(machine.begin_epoch().epochs.cuts)[head.epoch]


def test_what_a_counter_names_is_not_taken_for_remembered_where_nothing_could_be(machine: ServerMachine) -> None:
    keeper = keeper_of(machine)
    keeper.check()
    ahead, file = Position(machine.ledger.head().position.epoch, 9), machine.keys / "outlives-restore.json"
    file.unlink()
    keeper.hear_ahead("中央1", ahead)
    keeper.check()
    keeper.hear_ahead("中央1", ahead)
    keeper.leave()
    known = RememberedFile(machine.keys).load()
    assert known is not None
    assert known.ahead is not None


def test_a_backup_of_what_was_lost_holds_as_far_as_the_two_orders_are_known_to_be_one(machine: ServerMachine) -> None:
    machine.link(10, 11)
    machine.remember()
    common, rows, outlives = machine.ledger.head().position, machine.rows(), (machine.keys / "outlives-restore.json").read_bytes()
    machine.link(20, 21)
    kept = machine.back_up()
    put_back(machine, rows)
    (machine.keys / "outlives-restore.json").write_bytes(outlives)
    machine.link(30)
    keeper = keeper_of(machine)
    keeper.check()
    keeper.hear_ahead("中央1", kept.manifest.position)
    keeper.leave()
    restored = machine.restore(kept.path)
    assert restored.now.epochs.cuts == ((common.epoch, common.cursor),)
    assert restored.lacking is None


def test_what_is_sent_again_to_be_sure_is_not_told_as_lost(machine: ServerMachine) -> None:
    """The backup holds all that counters may have forgotten."""
    keeper = keeper_of(machine)
    keeper.check()
    kept = keeper.back_up()
    head = machine.ledger.head()
    assert head.safe == head.position
    keeper.hear_ahead("中央1", Position(head.position.epoch, head.position.cursor + 2))
    keeper.leave()
    restored = machine.restore(kept.path)
    assert (restored.lacking, restored.forgotten) == (None, 0)


def test_nor_does_it_hold_once_a_backup_of_what_was_lost_is_put_back(machine: ServerMachine) -> None:
    machine.remember()
    common, rows = machine.ledger.head().position, machine.rows()
    outlives = (machine.keys / "outlives-restore.json").read_bytes()
    machine.link(20, 21)
    kept = machine.back_up()
    put_back(machine, rows)
    (machine.keys / "outlives-restore.json").write_bytes(outlives)
    keeper = keeper_of(machine)
    keeper.check()
    machine.link(30)
    keeper.hear_ahead("中央1", Position(common.epoch, common.cursor + 2))
    keeper.leave()
    assert machine.restore(kept.path).now.epochs.cuts == ((common.epoch, common.cursor),)


def test_backups_of_what_was_lost_are_kept_and_make_nothing_safe(machine: ServerMachine) -> None:
    machine.remember()
    rows, outlives = machine.rows(), (machine.keys / "outlives-restore.json").read_bytes()
    machine.link(20, 21)
    lost = machine.back_up()
    put_back(machine, rows)
    (machine.keys / "outlives-restore.json").write_bytes(outlives)
    keeper = keeper_of(machine, keep=1)
    keeper.check()
    keeper.hear_ahead("中央1", lost.manifest.position)
    machine.link(30)
    machine.later(minutes=5)
    keeper.back_up()
    assert machine.ledger.head().safe.cursor == 0
    assert lost.path.exists()
    keeper.leave()


def test_the_furthest_is_remembered_and_no_absurd_epoch_is(machine: ServerMachine) -> None:
    head = machine.ledger.head().position
    keeper = keeper_of(machine)
    keeper.check()
    keeper.hear_ahead("中央1", Position(LARGEST_HEARD + 1, 0))
    known = RememberedFile(machine.keys).load()
    assert known is not None
    assert known.ahead is None
    keeper.hear_ahead("中央1", Position(head.epoch, head.cursor + 5))
    keeper.hear_ahead("分館1", Position(head.epoch, head.cursor + 3))
    keeper_of(machine).hear_ahead("分館1", Position(head.epoch, head.cursor + 4))
    known = RememberedFile(machine.keys).load()
    assert known is not None
    assert known.ahead is not None
    assert (known.ahead.counter, known.ahead.position.cursor, known.ahead.common) == ("中央1", head.cursor + 5, 0)
    keeper.leave()
