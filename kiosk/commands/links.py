"""kiosk links count | list | unlink NUMBER: the links of this counter, with masked numbers only."""

from __future__ import annotations

import argparse
import sys
import uuid
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.audit import counter_label
from kiosk.commands.confirmation import agrees, answer_to, somebody_is_there
from kiosk.commands.open_store import note_administrative_act, with_repository
from kiosk.commands.parser import Commands
from kiosk.config import Home, counter_rules, read_settings
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.calendar import in_japan
from kiosk.domain.errors import Refused
from kiosk.domain.model import LibraryCardNumber, UnlinkReason
from kiosk.domain.rules import BarcodeRule, read_library_card
from kiosk.domain.wire import is_number

if TYPE_CHECKING:
    from kiosk.store.repository import Repository


def add(commands: Commands) -> None:
    acts = commands.add("links").subcommands()
    acts.add("count", act=count)
    acts.add("list", act=list_links)
    unlinking = acts.add("unlink", act=unlink)
    unlinking.given("number", metavar="NUMBER")
    unlinking.option("--reason", choices=[reason.value for reason in UnlinkReason])
    unlinking.option("--stop", action="store_true")


def count(home: Home, options: argparse.Namespace) -> int:
    def tell(repository: Repository) -> int:
        output.tell("links.number", count=repository.count_links())
        _tell_waiting(repository)
        return output.OK

    return with_repository(home, tell)


def list_links(home: Home, options: argparse.Namespace) -> int:
    def tell(repository: Repository) -> int:
        note_administrative_act(repository, AdministrativeAct.LISTED)
        link, waits = None, output.words("links.is-undelivered" if _is_shut_out(repository) else "links.is-pending")
        for link in repository.list_links():
            row = [f"{in_japan(link.since):%Y-%m-%d %H:%M}", counter_label(link.counter), link.number]
            print("\t".join([*row, waits] if link.pending else row))
        if link is None:
            output.warn("links.none")
        _tell_waiting(repository)
        return output.OK

    return with_repository(home, tell)


def _tell_waiting(repository: Repository) -> None:
    """Say what the library's server has yet to send or to confirm. Unlinkings come one by one: their cards still work at other counters."""
    membership, staged = repository.membership(), repository.staged()
    is_shut_out = _is_shut_out(repository)
    if membership is not None and membership.awaits_snapshot and not is_shut_out:
        output.warn("links.loading", count=0 if staged is None else staged.count)
    if pending := repository.pending_count():
        output.warn("links.undelivered" if is_shut_out else "links.waiting", count=pending)
    for unlinking in repository.unsent_unlinkings():
        output.warn("links.unlinking-waits", number=unlinking.masked, time=f"{in_japan(unlinking.at):%Y-%m-%d %H:%M}")
    if refused := len(repository.refused_operations()):
        output.warn("links.refused", count=refused)


def _is_shut_out(repository: Repository) -> bool:
    membership = repository.membership()
    return membership is not None and membership.shut_out is not None


def unlink(home: Home, options: argparse.Namespace) -> int:
    """Close a link. Where --reason or --stop is missing, a person at the keyboard is asked; a script is refused.

    --stop: beside the library's server, a number without a link here may be stopped, at every counter.
    """
    number, refused = _number(options.number, counter_rules(read_settings(home.config)).barcode)
    reason = UnlinkReason(options.reason) if options.reason else _ask_reason()
    if reason is None:
        print(output.words("links.no-reason"), file=sys.stderr)
        return output.MISUSE

    def close(repository: Repository) -> int:
        is_linked = repository.find_by_number(number) is not None
        if refused is not None and not is_linked:
            raise refused
        is_stop = repository.is_enrolled() and not is_linked
        if is_stop and not (options.stop or (somebody_is_there() and agrees(output.words("links.ask-stop")))):
            output.warn("links.no-stop")
            return output.MISUSE
        is_pending = repository.close_link(uuid.uuid4(), number, reason)
        output.tell_done("links.stopped" if is_stop else "links.unlinked", number=number.masked)
        if not is_pending:
            return output.OK
        if _is_shut_out(repository):
            # Nothing is taken from it any more, so the card still works everywhere else.
            output.warn("links.for-good")
            return output.PROBLEM
        output.tell_done("links.pending")
        return output.OK

    return with_repository(home, close)


def _number(text: str, rule: BarcodeRule) -> tuple[LibraryCardNumber, Refused | None]:
    """The number, and why this counter would not register it: one that is linked all the same, under another counter's rule, is unlinked.

    Raises Refused, for what no counter registers.
    """
    try:
        return read_library_card(text, rule), None
    except Refused as refused:
        if not is_number(text):
            raise
        return LibraryCardNumber(text), refused


def _ask_reason() -> UnlinkReason | None:
    if not somebody_is_there():
        return None
    reasons = list(UnlinkReason)
    for place, reason in enumerate(reasons, 1):
        print(f"  {place}  {output.words(f'links.reason.{reason}')}")
    answer = answer_to(output.words("links.ask-reason"))
    return reasons[int(answer) - 1] if answer in {"1", "2", "3"} else None
