"""Policies of the operating system, as `kiosk setup` sets them on request and puts back what was there before."""

from __future__ import annotations

import argparse

from kiosk.commands import output
from kiosk.commands.setup_outcome import changing
from kiosk.config.machine_policies import set_policies, standings, undo_policies
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.domain.policies import Standing, names_not_set


def change_policies(options: argparse.Namespace) -> int:
    """What was asked for; nothing, if nothing was. Raises Halfway; the same once more goes on from there."""
    with changing():
        if options.policies:
            _tell_of("would-set", names_not_set(standings())) if options.dry_run else _set()
        elif options.no_policies:
            _tell_of("would-undo", _asked_for()) if options.dry_run else _undo()
    return output.OK


def undo_with_the_counter() -> None:
    """Put them back, where `kiosk erase` removes the computer's counter. Raises Unavailable: setup-impossible; OSError."""
    if _asked_for():
        _undo()


def policies_in_words(names: list[str]) -> str:
    return "、".join(output.words(f"policy.{name}") for name in names)


def _set() -> None:
    try:
        _tell_of("set", set_policies())
    except OSError as error:
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="policies-set-in-part", what=escaped(str(error))) from error


def _undo() -> None:
    try:
        _tell_of("undone", undo_policies())
    except OSError as error:
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="policies-undone-in-part", what=escaped(str(error))) from error


def _asked_for() -> list[str]:
    return [name for name, standing in standings().items() if standing is not Standing.NOT_ASKED_FOR]


def _tell_of(what: str, names: list[str]) -> None:
    """What was or would be done; nothing, if there are no names."""
    if names:
        output.tell_done(f"setup.policies-{what}", policies=policies_in_words(names))
    else:
        output.tell_done("setup.policies-unchanged")
