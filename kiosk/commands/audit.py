"""kiosk audit list | verify: lists the acts of this counter and verifies that the trail is unaltered."""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from dataclasses import asdict
from datetime import datetime, time
from itertools import islice
from typing import TYPE_CHECKING

from kiosk.commands import output
from kiosk.commands.argument_types import day
from kiosk.commands.open_store import with_repository
from kiosk.commands.parser import Commands
from kiosk.config import Home
from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.calendar import JAPAN, second_in_japan
from kiosk.domain.effects import Act
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.escaping import escaped
from kiosk.text import knows, plain, say

if TYPE_CHECKING:
    from kiosk.ledger.audit import AuditEntry
    from kiosk.store.repository import Repository

_MOST_TOLD = 20
"""Maximum number of timing findings shown; a trail with more needs a full review anyway."""


def add(commands: Commands) -> None:
    acts = commands.add("audit").subcommands()
    listing = acts.add("list", act=list_acts)
    listing.option("--since", type=day, metavar="YYYY-MM-DD")
    listing.option("--json", action="store_true")
    acts.add("verify", act=verify).option("--head", metavar="ROWS:HASH")


def list_acts(home: Home, options: argparse.Namespace) -> int:
    since = datetime.combine(options.since, time(), JAPAN) if options.since else None

    def tell(repository: Repository) -> int:
        for entry in repository.audit_rows(since):
            print(json.dumps(asdict(entry), ensure_ascii=False) if options.json else line_of(entry))
        head = repository.audit_head()
        # A program reading the rows needs rows only.
        told = output.words("audit.head", rows=head.rows, digest=head.digest.hex())
        print(told, file=sys.stderr if options.json else sys.stdout)
        _tell_misdated(repository)
        return output.OK

    return with_repository(home, tell)


def verify(home: Home, options: argparse.Namespace) -> int:
    """Verify trail, links and anchor; with --head also against a note on paper, which protects against a rebuilt trail.

    Prints the head of the trail, to be noted down elsewhere.
    """
    note = _read_note(options.head) if options.head is not None else None
    if options.head is not None and note is None:
        print(output.words("audit.note-wrong"), file=sys.stderr)
        return output.MISUSE

    def tell(repository: Repository) -> int:
        # Reported even if staff have accepted it.
        broken = repository.verify_audit()
        if broken is not None:
            output.tell("audit.broken", row=broken)
            raise Unavailable(Code.AUDIT_BROKEN)
        found = repository.examine(aside=False) or repository.doubt
        if found is not None:
            raise Unavailable(found.code, **dict(found.params))
        head = repository.audit_head()
        output.tell("audit.fine", rows=head.rows, digest=head.digest.hex())
        _tell_misdated(repository)
        return output.OK if note is None else _compare(repository, *note)

    return with_repository(home, tell)


def _read_note(text: str) -> tuple[int, str] | None:
    """The row count (as large as SQLite allows) and the beginning of the hash, as copied from paper; None if malformed."""
    match = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{16,64})", re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower())
    return (int(match[1]), match[2]) if match else None


def _compare(repository: Repository, rows: int, digest: str) -> int:
    if not (repository.audit_hash(rows) or b"").hex().startswith(digest):
        output.tell("audit.note-differs", rows=rows)
        raise Unavailable(Code.AUDIT_BROKEN)
    output.tell("audit.note-holds", rows=rows)
    return output.OK


def _tell_misdated(repository: Repository) -> None:
    """Warn about implausible times on stderr, also next to machine-readable rows. A past clock error does not affect the exit code."""
    found = repository.misdated_rows()
    for one in islice(found, _MOST_TOLD):
        rows = f"{one.first}" if one.first == one.last else f"{one.first}〜{one.last}"
        output.warn(f"audit.clock.{one.fault}", rows=rows, at=_moment(one.at), before=_moment(one.before))
    if left := sum(1 for _ in found):
        output.warn("audit.clock.more", count=left)


def _moment(moment: datetime | None) -> str:
    return "―" if moment is None else second_in_japan(moment)


_NAMING = frozenset(
    {
        *(AdministrativeAct.TRUST_ADDED, AdministrativeAct.TRUST_REMOVED),
        *(AdministrativeAct.CLIENT_ADDED, AdministrativeAct.CLIENT_REVOKED, Act.HAND_OUT),
    }
)
"""Acts whose reason is the name of something."""


def line_of(entry: AuditEntry) -> str:
    checked = "・".join(_checked(word) for word in entry.checked.split())
    columns = (
        entry.place,
        _at(entry.at),
        counter_label(entry.counter),
        escaped(entry.operator or ""),
        _word(f"audit.act.{entry.act}", entry.act),
        _reason(entry),
        escaped(entry.number or ""),
        checked,
    )
    return "\t".join(str(column) for column in columns)


def counter_label(name: str) -> str:
    """The counter's name as rows show it: the library's server has one of its own, which no counter may have."""
    return _word(f"audit.counter.{name}", name)


def _at(text: str) -> str:
    try:
        return _moment(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return escaped(text)


def _checked(word: str) -> str:
    """What was checked, or a count of something."""
    what, _, value = word.partition(":")
    if value.isdecimal() and knows(f"command.audit.checked.{what}"):
        return output.words(f"audit.checked.{what}", count=value)
    return _word(f"audit.checked.{word.replace(':', '-')}", word)


def _word(key: str, written: str) -> str:
    """The label of a word; the word itself, escaped, if this program never writes it, so that an auditor still sees the row."""
    return output.words(key) if knows(f"command.{key}") else escaped(written)


def _reason(entry: AuditEntry) -> str:
    if not entry.reason:
        return ""
    if entry.act in _NAMING:
        return escaped(entry.reason)
    title = f"refusal.{entry.reason}.title"
    # A code also where the library's server refused what had been registered here.
    if knows(title) and entry.act != Act.SERVICE:
        return plain(say(title))
    return _word(f"{'service' if entry.act == Act.SERVICE else 'audit.reason'}.{entry.reason}", entry.reason)
