"""kiosk setup: makes one counter of the computer, for all accounts of a group, and gives it back to one account."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.argument_types import given_path
from kiosk.commands.parser import Commands
from kiosk.config import Home
from kiosk.config.machine_place import has_machine_home, is_machine_home, machine_folder
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.domain.escaping import escaped

if TYPE_CHECKING:
    from kiosk.config.machine_setup import Group
    from kiosk.config.move_journal import PlannedMove


def add(commands: Commands) -> None:
    # Without a home: this command decides where it is.
    setup = commands.add("setup", act=set_up, at_home=False)
    setup.option("--machine", action="store_true")
    setup.option("--group", metavar="NAME")
    setup.option("--from", type=given_path, metavar="DIR", dest="source")
    setup.option("--config", type=given_path, metavar="FILE", dest="config_file")
    setup.option("--enrolment", type=given_path, metavar="FILE")
    setup.option("--policies", action="store_true")
    setup.option("--no-policies", action="store_true")
    setup.option("--account", nargs="?", const="", metavar="NAME")
    setup.option("--to", type=given_path, metavar="DIR")
    setup.option("--call-off", action="store_true")
    setup.option("--yes", action="store_true")
    setup.option("--dry-run", action="store_true")
    setup.set_defaults(explain=setup.explain_itself)


def set_up(home: Home, options: argparse.Namespace) -> int:
    """Can be repeated at each start of the computer: what is right already is left alone, and a move that was cut off is finished."""
    from kiosk.commands.setup_options import is_misused
    from kiosk.commands.setup_outcome import Halfway, complain

    if is_misused(options):
        return output.MISUSE
    try:
        return _set_up(home, options)
    except Halfway as halfway:
        return complain(halfway.trouble, "setup.under-way" if halfway.is_moving else None)
    except (KioskError, OSError) as error:
        return complain(error, "setup.nothing-changed")


def _set_up(home: Home, options: argparse.Namespace) -> int:
    from kiosk.config.machine_setup import is_administrator
    from kiosk.config.setup_lock import alone

    if not is_administrator():
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="not-administrator")
    with alone():
        return _set_up_alone(home, options)


def _set_up_alone(home: Home, options: argparse.Namespace) -> int:
    from kiosk.commands.setup_move import go_on
    from kiosk.commands.setup_policies import change_policies
    from kiosk.config.move_journal import planned_move

    begun = planned_move()
    if options.call_off:
        from kiosk.commands.setup_calling_off import call_off

        return call_off(begun, options)
    if options.machine:
        code = _take_over(begun, options)
        # Also where the enrolment is not finished: whoever does that later does not ask for policies again.
        return code if code == output.MISUSE else change_policies(options) or code
    if options.no_policies:
        return change_policies(options)
    if begun is not None:
        return go_on(begun, options)
    if options.account is not None:
        return _give_back(options)
    if options.dry_run:  # of a move that was begun, and there is none
        output.warn("setup.which")
        return output.MISUSE
    return int(options.explain(home, options))


def _take_over(begun: PlannedMove | None, options: argparse.Namespace) -> int:
    """Make the computer's counter, or finish a move, and give it the files that were given."""
    from kiosk.commands.setup_move import go_on
    from kiosk.commands.setup_outcome import changing
    from kiosk.commands.setup_takeover import read_files, take_over, would_take_over

    files = read_files(options)
    if isinstance(files, int):
        return files
    code = _make(options) if begun is None else go_on(begun, options)
    if code != output.OK or options.dry_run:
        return code or would_take_over(files)
    if has_machine_home():
        with changing():
            code = take_over(files)
            # Last: what was handed over lies in files of its own, whatever else has another name.
            code = _tell_unsettled() or code
    return code


def _tell_unsettled() -> int:
    from kiosk.commands.setup_settling import unsettled

    left = unsettled()
    if left:
        output.warn("setup.other-names", files="\n".join(escaped(str(path)) for path in left))
    return output.PROBLEM if left else output.OK


def _make(options: argparse.Namespace) -> int:
    from kiosk.commands.setup_move import move
    from kiosk.config.machine_setup import group_to_admit
    from kiosk.config.move_journal import PlannedMove

    group = group_to_admit(options.group)
    if options.source is None:
        return _settle(group, options)
    source = Home(options.source.expanduser().absolute())
    if is_machine_home(source.folder):
        return _settle(group, options)
    if not source.is_begun():
        # Perhaps it was moved before, and perhaps the name is mistyped: nothing tells.
        reason = "nothing-left" if has_machine_home() and Home(machine_folder()).has_store() else "nothing-there"
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason=reason, place=str(source.folder))
    source.refuse_practice()
    return move(PlannedMove(str(source.folder), group=group), options)


def _settle(group: Group, options: argparse.Namespace) -> int:
    from kiosk.commands.setup_groups import group_before, tell_admitted
    from kiosk.commands.setup_outcome import changing, tell_place
    from kiosk.commands.setup_settling import settled

    before = group_before()
    with settled(group, before) as settle:
        if options.dry_run:
            tell_place("would-settle" if has_machine_home() else "would-make")
            tell_admitted(group, before, is_dry=True)
            return output.OK
        with changing():
            tell_place("machine-done" if settle() else "unchanged")
    tell_admitted(group, before)
    return output.OK


def _give_back(options: argparse.Namespace) -> int:
    from kiosk.commands.setup_move import move
    from kiosk.commands.setup_outcome import tell_keys
    from kiosk.commands.setup_places import home_of
    from kiosk.config.acting_account import account_named
    from kiosk.config.machine_removal import finish_removal, is_unused
    from kiosk.config.move_journal import PlannedMove

    if sys.platform == "win32":
        if options.account:
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="own-account")
    elif not options.account:
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="no-account")
    account = account_named(options.account)
    if options.account and account is None:
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="account-unknown", account=options.account)
    place = options.to.expanduser().absolute() if options.to else home_of(account).folder
    if not has_machine_home():
        if not options.dry_run:
            tell_keys(finish_removal())
        if not Home(place).is_begun():
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="nothing-there", place=str(machine_folder()))
        output.tell("setup.account-already", folder=escaped(str(place)))
        return output.OK
    if is_unused():
        return _take_away(options)
    return move(PlannedMove(str(place), to_account=True, account=options.account), options)


def _take_away(options: argparse.Namespace) -> int:
    """There is nothing that could be given back to an account."""
    from kiosk.commands.setup_outcome import changing, tell_place
    from kiosk.config.machine_removal import remove_unused
    from kiosk.ledger.running_lock import RunningLock

    if options.dry_run:
        return tell_place("would-remove")
    RunningLock(Home(machine_folder()).lock).release()
    with changing():
        kept = remove_unused()
    output.tell("setup.removed")
    if kept is not None:
        output.tell("setup.removed-kept", folder=escaped(str(kept)))
    return output.OK
