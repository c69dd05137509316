"""kiosk registry retire | revoke NAME: how a counter ends, having delivered what it holds, or at once."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.confirmation import agrees, somebody_is_there
from kiosk.commands.parser import Commands
from kiosk.commands.registry.opened import opened
from kiosk.config.registry_home import RegistryHome
from kiosk.domain.calendar import second_in_japan

if TYPE_CHECKING:
    from kiosk.registry.codes_for_many import Withdrawn
    from kiosk.registry.counters import EnrolledCounter


def add(commands: Commands) -> None:
    commands.add_of_server("retire", retire).given("name", metavar="NAME")
    revoking = commands.add_of_server("revoke", revoke)
    revoking.given("name", metavar="NAME")
    revoking.option("--yes", action="store_true")


def retire(home: RegistryHome, options: argparse.Namespace) -> int:
    with opened(home) as registry:
        withdrawn = registry.counters.retire(options.name)
        output.tell_done("registry.retire.done", name=options.name)
        _tell_withdrawn(withdrawn)
        tell_pending(registry.counters.named(options.name))
    return output.OK


def revoke(home: RegistryHome, options: argparse.Namespace) -> int:
    """Ask first; a script says --yes."""
    with opened(home) as registry:
        counter = registry.counters.named(options.name)
        output.tell("registry.revoke.what", name=counter.name)
        tell_pending(counter)
        if not options.yes:
            if not somebody_is_there():
                output.warn("registry.revoke.script")
                return output.MISUSE
            if not agrees(output.words("registry.revoke.ask", name=counter.name)):
                output.warn("registry.revoke.kept")
                return output.PROBLEM
        withdrawn = registry.counters.revoke(counter.name)
        output.tell_done("registry.revoke.done", name=counter.name)
        _tell_withdrawn(withdrawn)
        # At once: until a running server does it, a restore would let the counter in again.
        registry.remember()
    return output.OK


def _tell_withdrawn(withdrawn: Withdrawn | None) -> None:
    if withdrawn is not None:
        output.tell_done("registry.ending.code-withdrawn", name=withdrawn.name, count=withdrawn.uses)


def tell_pending(counter: EnrolledCounter) -> None:
    """Say how many operations the counter holds that the server has not got, as far as that is known."""
    if counter.heard is None:
        output.tell("registry.pending.unknown")
    else:
        output.tell("registry.pending.known", count=counter.heard.pending, at=second_in_japan(counter.heard.at))
