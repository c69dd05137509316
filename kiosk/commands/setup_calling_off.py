"""kiosk setup --call-off: for a move that was cut off and whose copy is lost for good, as with its disk."""

from __future__ import annotations

import argparse

from kiosk.commands import output
from kiosk.commands.confirmation import agrees, somebody_is_there
from kiosk.commands.setup_move import put_place_right, ways
from kiosk.commands.setup_outcome import Halfway
from kiosk.commands.setup_places import opened, sides
from kiosk.config.move_journal import PlannedMove, forget_plan
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.store.calling_off import call_off as open_again
from kiosk.store.calling_off import check_lost


def call_off(begun: PlannedMove | None, options: argparse.Namespace) -> int:
    """Leave the counter where it came from. Raises Halfway, if it has to be repeated; Unavailable, OSError."""
    if begun is None:
        raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="no-move")
    source, target = ways(begun)
    both = sides(begun)
    check_lost(*both)
    output.tell("setup.call-off-what", source=escaped(source), target=escaped(target))
    if options.dry_run:
        output.tell("setup.nothing-changed")
        return output.OK
    if not options.yes:
        if not somebody_is_there():
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="call-off-script")
        if not agrees(output.words("setup.call-off-ask")):
            raise Unavailable(Code.SETUP_IMPOSSIBLE, reason="not-agreed")
    try:
        is_there = open_again(*both, opened)
        put_place_right()
        forget_plan()
    except (KioskError, OSError) as error:
        raise Halfway(error, is_moving=True) from error
    if not is_there:
        output.warn("setup.called-off-lost")
        return output.PROBLEM
    output.tell_done("setup.called-off", folder=escaped(source))
    return output.OK
