"""kiosk trust add | list | remove | forget-lists: the authorities whose cards are accepted."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.argument_types import given, given_path
from kiosk.commands.confirmation import agrees, somebody_is_there
from kiosk.commands.open_store import note_trust
from kiosk.commands.parser import Commands
from kiosk.config import Home, read_settings
from kiosk.config.file_access import read_regular
from kiosk.config.text_encoding import OtherEncoding, is_wide
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.calendar import JAPAN
from kiosk.domain.errors import Code, KioskError, Refused, Unavailable
from kiosk.thread_timeout import in_time

if TYPE_CHECKING:
    from kiosk.smartcard.authority import Authority
    from kiosk.smartcard.trust import PinnedFile

_READ_SECONDS = 10.0
Note = Callable[[AdministrativeAct, str], None]
"""Writes down that an authority was pinned or is not any more, with its fingerprint as far as given."""


def add(commands: Commands) -> None:
    acts = commands.add("trust").subcommands()
    adding = acts.add("add", act=add_authority)
    adding.given("file", type=given_path, metavar="FILE")
    adding.option("--fingerprint", metavar="SHA256")
    acts.add("list", act=list_authorities)
    acts.add("forget-lists", act=forget_lists)
    acts.add("remove", act=remove_authority).given("fingerprint", metavar="SHA256")


def add_authority(home: Home, options: argparse.Namespace) -> int:
    return pin(home.trust, options, lambda act, fingerprint: note_trust(home, act, fingerprint))


def pin(folder: Path, options: argparse.Namespace, note: Note) -> int:
    """Show the authority and pin it if its fingerprint was published or given, or somebody at the keyboard confirms it."""
    from kiosk.smartcard.trust import TrustStore, published_as

    store = TrustStore(folder)
    content = _read(options.file)
    authority = store.check(content, options.fingerprint)
    _show(authority)
    if authority in store.load():
        output.tell("trust.already")
        return output.OK
    if known := published_as(authority):
        print(f"  {output.words('trust.known', file=known.file)}")
    elif options.fingerprint:
        print(f"  {output.words('trust.given')}")
    elif not _confirmed():
        raise Refused(Code.TRUST_REFUSED, reason="not-confirmed")
    # First: whom the library trusts is written down, or it does not.
    note(AdministrativeAct.TRUST_ADDED, authority.fingerprint)
    store.add(content, authority.fingerprint)
    output.tell_done("trust.added", count=len(store.load()))
    return output.OK


def list_authorities(home: Home, options: argparse.Namespace) -> int:
    entries = show_pinned(home.trust)
    if not entries:
        output.tell("trust.empty")
    told = _show_lists(home, [entry.authority for entry in entries if entry.authority])
    return output.PROBLEM if told or any(entry.trouble for entry in entries) else output.OK


def show_pinned(folder: Path) -> tuple[PinnedFile, ...]:
    from kiosk.smartcard.trust import TrustStore

    entries = TrustStore(folder).entries()
    for entry in entries:
        _show_entry(entry)
    return entries


def _show_lists(home: Home, authorities: Sequence[Authority]) -> bool:
    """Print the revocation lists in use and every file that is not, if lists are configured. Returns whether there are such files."""
    from kiosk.equipment import revocation_lists
    from kiosk.smartcard.revocation import CHANGED_SECONDS, CrlFolder, report

    try:
        lists = revocation_lists(home, read_settings(home.config), authorities)
    except KioskError:
        # Reported by whatever needs the configuration.
        return False
    if not isinstance(lists, CrlFolder):
        return False
    lists.refresh(CHANGED_SECONDS)
    for one in lists.held:
        head = one.head
        signers = [_spelt(authority.fingerprint) for authority in authorities if authority.signer == head.signer]
        if not signers:
            continue
        output.tell(
            "trust.revocation-list",
            number="―" if head.number is None else head.number,
            count=head.count,
            begins=_moment(head.begins),
            until=_moment(head.ends),
            fingerprint="\n    ".join(signers),
        )
    files = report(lists, datetime.now(UTC)).files
    for file, why in files:
        print(f"{file}\n  {output.words(f'list.{why}')}")
    return bool(files)


def forget_lists(home: Home, options: argparse.Namespace) -> int:
    """Discard the cached lists, because one is wrong but newer than all others; no counter may be running."""
    from kiosk.ledger.running_lock import RunningLock
    from kiosk.smartcard.revocation import ListCache
    from kiosk.smartcard.trust import TrustStore

    with RunningLock(home.lock):
        authorities = TrustStore(home.trust).load()
        note_trust(home, AdministrativeAct.LISTS_FORGOTTEN)
        with given(home.held_lists):
            count = ListCache(home.held_lists).forget()
        output.tell_done("trust.lists-forgotten" if count else "trust.no-lists", count=count)
        return output.PROBLEM if _show_lists(home, authorities) else output.OK


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(JAPAN):%Y-%m-%d %H:%M}" if moment else "―"


def remove_authority(home: Home, options: argparse.Namespace) -> int:
    if not unpin(home.trust, options.fingerprint, lambda act, fingerprint: note_trust(home, act, fingerprint)):
        output.warn("trust.nothing-removed")
        return output.PROBLEM
    output.tell_done("trust.removed")
    return output.OK


def unpin(folder: Path, fingerprint: str, note: Note) -> bool:
    """Whether one was pinned that begins so."""
    from kiosk.smartcard.trust import TrustStore

    if not TrustStore(folder).fits_one(fingerprint):
        return False
    note(AdministrativeAct.TRUST_REMOVED, fingerprint)
    return bool(TrustStore(folder).remove(fingerprint))


def _read(path: Path) -> bytes:
    # An unreachable network share would block for ever.
    with given(path):
        content = in_time(lambda: read_regular(path), _READ_SECONDS, "file")
    if is_wide(content):
        raise Unavailable(Code.FILE_UNUSABLE, place=str(path), reason=OtherEncoding.UTF_16.value)
    return content


def _show(authority: Authority) -> None:
    output.tell(
        "trust.authority",
        name=authority.name,
        begins=f"{authority.begins.astimezone(JAPAN):%Y-%m-%d}",
        ends=f"{authority.ends.astimezone(JAPAN):%Y-%m-%d}",
        fingerprint=_spelt(authority.fingerprint),
    )
    if not authority.is_valid(datetime.now(UTC)):
        print(f"  {output.words('trust.ended')}")


def _show_entry(entry: PinnedFile) -> None:
    from kiosk.smartcard.trust import published_as

    if entry.authority is None:
        output.tell("trust.damaged", file=entry.file, why=output.why(entry.trouble) if entry.trouble else "")
        return
    _show(entry.authority)
    if known := published_as(entry.authority):
        print(f"  {output.words('trust.known', file=known.file)}")


def _spelt(fingerprint: str) -> str:
    """As J-LIS and certificate viewers print it, for comparison by eye."""
    return ":".join(fingerprint[i : i + 2] for i in range(0, len(fingerprint), 2)).upper()


def _confirmed() -> bool:
    """Ask a person; a script uses --fingerprint instead."""
    from kiosk.smartcard.trust import PUBLISHED_AT

    if not somebody_is_there():
        return False
    output.tell("trust.unknown", page=PUBLISHED_AT)
    return agrees(output.words("trust.ask"))
