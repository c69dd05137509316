"""kiosk setup: makes one counter of the computer, for all accounts of a group, and gives it back to one account."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.argument_types import given_path
from kiosk.commands.parser import Commands
from kiosk.config import Home
from kiosk.config.file_access import unusable
from kiosk.config.file_replacement import delete_empty
from kiosk.config.machine_place import has_machine_home, is_machine_home, machine_folder, machine_keys_folder
from kiosk.domain.errors import Code, Unavailable
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
    setup.option("--account", nargs="?", const="", metavar="NAME")
    setup.option("--to", type=given_path, metavar="DIR")
    setup.option("--dry-run", action="store_true")
    setup.set_defaults(explain=setup.explain_itself)


def set_up(home: Home, options: argparse.Namespace) -> int:
    """Can be repeated at each start of the computer: what is right already is left alone, and a move that was cut off is finished."""
    from kiosk.commands.setup_options import is_misused
    from kiosk.config.machine_setup import is_administrator

    if is_misused(options):
        return output.MISUSE
    if not is_administrator():
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="not-administrator")
    try:
        return _set_up(home, options)
    except Unavailable as error:
        if error.code is Code.ALREADY_RUNNING:  # told to the one who is to close it
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="running") from error
        raise
    except OSError as error:
        raise unusable(error, Path(error.filename or machine_folder())) from error


def _set_up(home: Home, options: argparse.Namespace) -> int:
    from kiosk.config.move_journal import planned_move

    begun = planned_move()
    if options.machine:
        return _take_over(begun, options)
    if begun is not None:
        return _go_on(begun, options)
    if options.account is not None:
        return _give_back(options)
    if options.dry_run:  # of a move that was begun, and there is none
        output.warn("setup.which")
        return output.MISUSE
    return int(options.explain(home, options))


def _take_over(begun: PlannedMove | None, options: argparse.Namespace) -> int:
    """Make the computer's counter, or finish a move, and give it the files that were given."""
    from kiosk.commands.setup_takeover import read_files, take_over, would_take_over

    files = read_files(options)
    if isinstance(files, int):
        return files
    code = _make(options) if begun is None else _go_on(begun, options)
    if code != output.OK or options.dry_run:
        return code or would_take_over(files)
    return take_over(files) if has_machine_home() else output.OK


def _make(options: argparse.Namespace) -> int:
    from kiosk.config.machine_setup import group_to_admit
    from kiosk.config.move_journal import PlannedMove

    group = group_to_admit(options.group)
    if options.source is not None:
        source = str(options.source.expanduser().absolute())
        is_moved = not Path(source).exists() and Home(machine_folder()).has_store()
        if is_moved or is_machine_home(Path(source)):
            return _settle(group, options)
        if not Home(Path(source)).is_begun():
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="nothing-there", place=source)
        Home(Path(source)).refuse_practice()
        return _move(PlannedMove(source, group=group), options)
    return _settle(group, options)


def _settle(group: Group, options: argparse.Namespace) -> int:
    from kiosk.commands.setup_groups import group_before, tell_admitted
    from kiosk.config.machine_setup import make_place

    before = group_before()
    if options.dry_run:
        _tell("would-settle" if has_machine_home() else "would-make")
        tell_admitted(group, before, is_dry=True)
        return output.OK
    _tell("machine-done" if make_place(group) else "unchanged")
    tell_admitted(group, before)
    return output.OK


def _give_back(options: argparse.Namespace) -> int:
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
            finish_removal()
        if not Home(place).is_begun():
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="nothing-there", place=str(machine_folder()))
        output.tell("setup.account-already", folder=escaped(str(place)))
        return output.OK
    if is_unused():
        return _take_away(options)
    return _move(PlannedMove(str(place), to_account=True, account=options.account), options)


def _take_away(options: argparse.Namespace) -> int:
    """There is nothing that could be given back to an account."""
    from kiosk.config.machine_removal import remove_unused
    from kiosk.ledger.running_lock import RunningLock

    if options.dry_run:
        return _tell("would-remove")
    RunningLock(Home(machine_folder()).lock).release()
    kept = remove_unused()
    output.tell("setup.removed")
    if kept is not None:
        output.tell("setup.removed-kept", folder=escaped(str(kept)))
    return output.OK


def _go_on(begun: PlannedMove, options: argparse.Namespace) -> int:
    """Finish the move that was cut off; nothing else is begun before."""
    if _is_another(begun, options):
        way = (begun.folder, str(machine_folder()))
        source, target = reversed(way) if begun.to_account else way
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="other-move", source=source, target=target)
    return _would_move(begun) if options.dry_run else _try(begun)


def _is_another(begun: PlannedMove, options: argparse.Namespace) -> bool:
    """Whether something else is asked for than what was begun: what is not said matters to nobody."""
    from kiosk.config.machine_setup import group_to_admit

    place = options.to if begun.to_account else options.source
    if (options.source or options.config_file or options.enrolment if begun.to_account else options.account) is not None:
        return True
    if place is not None and str(place.expanduser().absolute()) != begun.folder:
        return True
    if begun.to_account:
        return options.account not in (None, begun.account)
    return options.group is not None and group_to_admit(options.group) != begun.group


def _would_move(move: PlannedMove) -> int:
    output.tell("setup.would-give-back" if move.to_account else "setup.would-move", own=escaped(move.folder), folder=str(machine_folder()))
    if not move.to_account and has_machine_home() and Home(machine_folder()).config.exists():
        output.tell("setup.would-keep-config")
    return output.OK


def _move(move: PlannedMove, options: argparse.Namespace) -> int:
    from kiosk.commands.setup_places import planned, sides
    from kiosk.config.move_journal import plan
    from kiosk.store.moving import check_possible

    move = planned(move)
    if options.dry_run:
        check_possible(*sides(move))
        return _would_move(move)
    plan(move)
    return _try(move)


def _try(move: PlannedMove) -> int:
    """Carry it out; what cannot be done is not planned any more, unless it has to be finished."""
    from kiosk.commands.setup_places import sides
    from kiosk.config.machine_setup import group_to_admit, make_place
    from kiosk.config.move_journal import forget_plan
    from kiosk.store.moving import is_decided

    try:
        return _carry_out(move)
    except BaseException:
        with suppress(Unavailable, OSError):
            if not is_decided(*sides(move)):
                if not move.to_account and has_machine_home():
                    make_place(group_to_admit(None))
                forget_plan()
        raise


def _carry_out(move: PlannedMove) -> int:
    from kiosk.commands.setup_groups import tell_admitted
    from kiosk.commands.setup_places import home_of, opened, sides
    from kiosk.config.acting_account import account_named
    from kiosk.config.machine_setup import make_place
    from kiosk.config.move_journal import forget_plan
    from kiosk.config.noted_group import forget_group
    from kiosk.store.copied_home import kept_configs
    from kiosk.store.moving import move as carry_out

    carry_out(*sides(move), opened)
    if move.to_account:
        forget_group()
        with suppress(OSError):  # keys of another counter
            delete_empty(machine_keys_folder())
        forget_plan()
        output.tell("setup.account-done", folder=escaped(move.folder))
        if Path(move.folder) != home_of(account_named(move.account) if move.account else None).folder:
            output.tell("setup.account-elsewhere", folder=escaped(move.folder))
        return output.OK
    make_place(move.group)
    forget_plan()
    _tell("moved")
    tell_admitted(move.group, None)
    if kept := kept_configs(Home(machine_folder())):
        output.tell("setup.config-kept", files=", ".join(escaped(str(path)) for path in kept))
    return output.OK


def _tell(what: str) -> int:
    output.tell(f"setup.{what}", folder=escaped(str(machine_folder())), keys=escaped(str(machine_keys_folder())))
    return output.OK
