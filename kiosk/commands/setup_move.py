"""Moves of `kiosk setup`: planned, carried out, and finished by the next call where one was cut off."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kiosk.commands import output
from kiosk.commands.command_line_to_type import to_type
from kiosk.commands.setup_groups import tell_admitted
from kiosk.commands.setup_outcome import Halfway, tell_keys, tell_place
from kiosk.commands.setup_places import home_of, opened, planned, sides
from kiosk.config import Home
from kiosk.config.acting_account import account_named
from kiosk.config.machine_place import has_machine_home, machine_folder
from kiosk.config.machine_removal import remove_keys_folder
from kiosk.config.machine_setup import group_to_admit, make_place
from kiosk.config.move_journal import PlannedMove, forget_plan, plan, planned_move
from kiosk.config.noted_group import forget_group
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.store.copied_home import kept_configs
from kiosk.store.move_checks import try_out
from kiosk.store.move_places import Place
from kiosk.store.moving import is_decided, may_be_decided
from kiosk.store.moving import move as carry_out


def move(begun: PlannedMove, options: argparse.Namespace) -> int:
    """Move a counter. Raises Halfway, if it has to be finished; Unavailable, OSError."""
    begun = planned(begun)
    both = sides(begun)
    if options.dry_run:
        try_out(*both)
        own, computers = escaped(begun.folder), escaped(str(machine_folder()))
        output.tell("setup.would-give-back" if begun.to_account else "setup.would-move", own=own, folder=computers)
        if not begun.to_account and has_machine_home() and Home(machine_folder()).config.exists():
            output.tell("setup.would-keep-config")
        return output.OK
    plan(begun)
    return _try(begun, both, is_decided)


def go_on(begun: PlannedMove, options: argparse.Namespace) -> int:
    """Finish the move that was cut off; nothing else is begun before. Raises as `move` does."""
    source, target = ways(begun)
    if _is_another(begun, options):
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="other-move", source=source, target=target)
    if options.dry_run:
        output.tell("setup.would-finish", source=escaped(source), target=escaped(target))
        return output.OK
    try:
        both = sides(begun)
    except (KioskError, OSError) as error:
        raise Halfway(error, is_moving=True) from error
    return _try(begun, both, may_be_decided)


def ways(begun: PlannedMove) -> tuple[str, str]:
    """From where to where."""
    own, computers = begun.folder, str(machine_folder())
    return (computers, own) if begun.to_account else (own, computers)


def _is_another(begun: PlannedMove, options: argparse.Namespace) -> bool:
    """Whether something else is asked for than what was begun: what is not said matters to nobody."""
    place = options.to if begun.to_account else options.source
    if (options.source or options.config_file or options.enrolment if begun.to_account else options.account) is not None:
        return True
    if place is not None and str(place.expanduser().absolute()) != begun.folder:
        return True
    if begun.to_account:
        return options.account not in (None, begun.account)
    return options.group is not None and group_to_admit(options.group) != begun.group


def _try(begun: PlannedMove, both: tuple[Place, Place], has_to_end: Callable[[Place, Place], bool]) -> int:
    """Carry it out; what cannot be done is not planned any more, unless it has to be finished."""
    try:
        return _carry_out(begun, both)
    except BaseException as error:
        with suppress(Unavailable, OSError):
            if not has_to_end(*both):
                _put_back(begun)
                forget_plan()
        if _is_planned():
            if isinstance(error, (KioskError, OSError)):
                raise Halfway(error, is_moving=True) from error
            output.warn("setup.under-way")  # somebody has pressed Ctrl-C
        raise


def _put_back(begun: PlannedMove) -> None:
    """Leave the computer's place as it was before the move."""
    if not begun.to_account:
        put_place_right()


def put_place_right() -> None:
    """Open the computer's place, which a move had closed, to its group again, or leave nothing of it. Raises Unavailable; OSError."""
    if not has_machine_home():
        remove_keys_folder()
        return
    try:
        group = group_to_admit(None)
    except Unavailable:  # the group has gone: nobody could use it before either
        return
    make_place(group)


def _is_planned() -> bool:
    try:
        return planned_move() is not None
    except (Unavailable, OSError):
        return True


def _carry_out(begun: PlannedMove, both: tuple[Place, Place]) -> int:
    carry_out(*both, opened)
    if begun.to_account:
        forget_group()
        left = remove_keys_folder()
        forget_plan()
        output.tell("setup.account-done", folder=escaped(begun.folder))
        tell_keys(left)
        if Path(begun.folder) != home_of(account_named(begun.account) if begun.account else None).folder:
            output.tell("setup.account-elsewhere", command=escaped(to_type(["kiosk", "--home", begun.folder])))
        return output.OK
    make_place(begun.group)
    forget_plan()
    tell_place("moved")
    tell_admitted(begun.group, None)
    if kept := kept_configs(Home(machine_folder())):
        output.tell("setup.config-kept", files=", ".join(escaped(str(path)) for path in kept))
    return output.OK
