"""kiosk virtual-card: puts a virtual card on pcscd's virtual reader, for testing on a machine without a real one."""

from __future__ import annotations

import argparse
import signal
import sys

from kiosk.commands import output
from kiosk.commands.argument_types import given, given_path
from kiosk.commands.parser import Commands
from kiosk.config import Home
from kiosk.config.file_access import not_a_file
from kiosk.text import say

_LOOK_EVERY = 0.5


def add(commands: Commands) -> None:
    laying = commands.add("virtual-card", act=lay)
    laying.set_defaults(practises=True, begins_practice=lambda options: not _for_trust(options))
    laying.given("name", nargs="?", default="fine", metavar="NAME")
    laying.option("--slot", type=int, choices=(0, 1), default=0)
    laying.option("--export-authority", type=given_path, metavar="FILE")


def _for_trust(options: argparse.Namespace) -> bool:
    """Whether the card's authority is exported to be trusted. The demo's authority is marked and rejected by `trust add`; this one must not
    be.
    """
    return options.export_authority is not None


def lay(home: Home, options: argparse.Namespace) -> int:
    """Keep the card on the reader until Ctrl-C, or until pcscd ends. Its keys are kept in the home, so that links to it remain valid."""
    from kiosk.smartcard.virtual.demo_cards import PIN, Deck
    from kiosk.smartcard.vpcd import PluggedCard, connect_to_slot

    for_trust = _for_trust(options)
    deck = Deck(home.cards_for_trust if for_trust else home.virtual_cards, demo=not for_trust)
    if options.name not in deck.names:
        print(output.words("virtual-card.names", names=" ".join(deck.names)), file=sys.stderr)
        return output.MISUSE
    card = deck.card(options.name)
    if for_trust:
        with given(options.export_authority):
            if options.export_authority.exists() and not options.export_authority.is_file():
                raise not_a_file(options.export_authority)
            options.export_authority.write_bytes(deck.authority.der)
        output.tell("virtual-card.exported", file=str(options.export_authority))
    try:
        line = connect_to_slot(options.slot)
    except OSError:
        print(say(output.for_platform("command.virtual-card.no-service")), file=sys.stderr)
        return output.PROBLEM
    plugged = PluggedCard(card, line)
    output.tell("virtual-card.lies", name=options.name, slot=options.slot, pin=PIN.decode())
    sys.stdout.flush()
    lifted: list[int] = []
    # An exception raised between two statements may be swallowed; a flag cannot.
    signal.signal(signal.SIGINT, lambda number, frame: lifted.append(number))
    while not lifted and not plugged.wait(_LOOK_EVERY):
        pass
    plugged.pull()
    if lifted:
        output.tell("virtual-card.lifted")
        return output.OK
    print(output.words("virtual-card.gone"), file=sys.stderr)
    return output.PROBLEM
