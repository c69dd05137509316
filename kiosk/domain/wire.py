"""The operations on links, and the one encoding in which they are stored, sent and compared.

An operation is an act as a value: it is made where the person acts, keeps its UUID for ever, and says up to where its counter knew the
ledger at that moment. `decide` says what becomes of it. A new kind of operation needs: a dataclass and a row in `_KINDS` here, a rule in
`decide.py`, its row of the audit trail in `ledger/acts.py`, its `OperationKind` (`model.py`) with what staff are told if it is refused, and
the same rule once more in the tests' own model of the ledger.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from kiosk.domain.errors import Code, Refused
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason

WIRE_1 = 1
"""2026-12: the first."""
OLDEST, CURRENT = WIRE_1, WIRE_1
"""The versions that can be read, and the one that is written."""

LARGEST = (1 << 63) - 1
"""Of every count: what a database holds."""
MOST_SKIPPED = 100_000_000
"""Operations by which a counter's sequence may run ahead of what the other side knows of it: more than a counter makes in its life, and so
few that nobody reaches the end of what a database holds, from which no counter could go on.
"""
HIGHEST_SEQUENCE = LARGEST >> 1
"""A counter that is enrolled goes on behind any number up to this one."""
MOST_REPLACED = 2
"""One link of the card, and one of the number."""
_FIRST_TIME, _AFTER_ALL = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9A-Z]{1,64}")
_UNREADABLE = (ValueError, KeyError, TypeError, OverflowError, RecursionError)
"""OverflowError: a time near the end of the calendar, in another zone."""
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the library's one order of accepted operations. Cursors of two epochs are compared by `Epochs.effective` only."""

    epoch: int = 0
    cursor: int = 0
    """Operations accepted so far; 0 before the first."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who made an operation, when, and what was known there."""

    uuid: UUID
    counter: str
    sequence: int
    """The counter's own: 1 for its first operation, then one more each time."""
    known: Position
    """Up to where the counter knew the ledger."""
    key_generation: int
    """Of the site key: the one that derived the operation's token."""
    made: datetime
    """UTC, whole seconds. Evidence, never an order: clocks are wrong."""
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class LinkOperation:
    """Link a card with a number of which neither is linked."""

    origin: Origin
    token: LinkToken
    number: LibraryCardNumber
    revocation: Revocation
    by_guardian: bool


@dataclass(frozen=True, slots=True)
class ReplaceOperation:
    """Link a card with a number in place of the links that staff were shown."""

    origin: Origin
    token: LinkToken
    number: LibraryCardNumber
    revocation: Revocation
    by_guardian: bool
    reason: ReplaceReason
    replaces: frozenset[UUID]
    """The operations that opened the links shown."""


@dataclass(frozen=True, slots=True)
class UnlinkOperation:
    """Close the link of a number, and stop both for whatever was made before, also where no link of the number is known."""

    origin: Origin
    number: LibraryCardNumber
    reason: UnlinkReason
    token: LinkToken | None
    """Of the link that was shown: the card stops with its number, even if it was meanwhile linked with another. None if none was."""


Operation = LinkOperation | ReplaceOperation | UnlinkOperation


def is_of_a_clock(moment: datetime) -> bool:
    """Whether a clock may show an aware time, however wrong it is: from 1970, where clocks begin without their battery. What is told by
    another computer must also have a day in every zone, which times at the end of the calendar have not.
    """
    return _FIRST_TIME <= moment < _AFTER_ALL


def is_number(text: str) -> bool:
    """Whether this may be a library card number as counters write it (`rules.read_library_card`), whatever the rule of one of them."""
    return _NUMBER.fullmatch(text) is not None


def encode(operation: Operation, version: int = CURRENT) -> bytes:
    """The canonical encoding of a version (UTF-8 JSON, keys sorted, no spaces): equal operations have equal bytes. Secret: token, number.

    Raises ValueError for a time that `decode` could not give back.
    """
    return _CANONICAL.encode(_all_fields(operation, version)).encode()


def decode(encoded: bytes) -> Operation:
    """Parse the canonical encoding.

    Raises Refused: operation-newer (`version`, `known`); operation-unreadable, for anything `encode` did not write.
    """
    try:
        operation, version = _read(json.loads(encoded))
        # Unknown fields, another order or another spelling would give one operation two encodings.
        if encode(operation, version) != encoded:
            raise ValueError("not canonical")
    except _UNREADABLE as error:
        raise Refused(Code.OPERATION_UNREADABLE) from error
    return operation


def decode_parsed(value: object) -> Operation:
    """The same of JSON that is parsed already, whatever it is, and in whatever order."""
    try:
        operation, version = _read(value)
        # Not encoded once more for it: a server reads them by the hundred, and that would be half of what reading takes.
        if _all_fields(operation, version) != value:
            raise ValueError("not canonical")
    except _UNREADABLE as error:
        raise Refused(Code.OPERATION_UNREADABLE) from error
    return operation


def _read(fields: object) -> tuple[Operation, int]:
    """The operation, and the version of its encoding."""
    if not isinstance(fields, dict):
        raise ValueError("no object")
    version = _integer(fields["wire"])
    if version > CURRENT:
        raise Refused(Code.OPERATION_NEWER, version=version, known=CURRENT)
    if version < OLDEST:
        raise ValueError(f"no version {version}")
    return _KINDS[_text(fields["kind"])](_Fields(fields)), version


@dataclass(frozen=True, slots=True)
class _Fields:
    """Typed access to the fields of one encoded operation. Every method raises ValueError or KeyError."""

    values: Mapping[str, object] = field(repr=False)

    def text(self, name: str) -> str:
        return _text(self.values[name])

    def integer(self, name: str) -> int:
        return _integer(self.values[name])

    def truth(self, name: str) -> bool:
        value = self.values[name]
        if not isinstance(value, bool):
            raise ValueError(f"{name} is no truth value")
        return value

    def of(self, kind: type[E], name: str) -> E:
        return kind(self.text(name))

    def uuids(self, name: str) -> frozenset[UUID]:
        values = self.values[name]
        if not (isinstance(values, list) and len(values) <= MOST_REPLACED):
            raise ValueError(f"{name} is no list, or too long")
        return frozenset(UUID(_text(value)) for value in values)

    @property
    def token(self) -> LinkToken:
        text = self.text("token")
        if not _DIGEST.fullmatch(text):
            raise ValueError("a token has 32 bytes")
        return LinkToken(bytes.fromhex(text))

    @property
    def number(self) -> LibraryCardNumber:
        text = self.text("number")
        if not is_number(text):
            raise ValueError("no library card number")
        return LibraryCardNumber(text)

    @property
    def origin(self) -> Origin:
        operator = self.values["operator"]
        return Origin(
            uuid=UUID(self.text("uuid")),
            counter=self.text("counter"),
            sequence=self.integer("sequence"),
            known=Position(self.integer("epoch"), self.integer("cursor")),
            key_generation=self.integer("key-generation"),
            made=datetime.fromisoformat(self.text("made")),
            operator=None if operator is None else _text(operator),
        )


def _link(fields: _Fields) -> LinkOperation:
    return LinkOperation(fields.origin, fields.token, fields.number, fields.of(Revocation, "revocation"), fields.truth("guardian"))


def _replacement(fields: _Fields) -> ReplaceOperation:
    return ReplaceOperation(
        fields.origin,
        fields.token,
        fields.number,
        fields.of(Revocation, "revocation"),
        fields.truth("guardian"),
        fields.of(ReplaceReason, "reason"),
        fields.uuids("replaces"),
    )


def _unlinking(fields: _Fields) -> UnlinkOperation:
    token = None if fields.values["token"] is None else fields.token
    return UnlinkOperation(fields.origin, fields.number, fields.of(UnlinkReason, "reason"), token)


_KINDS: Mapping[str, Callable[[_Fields], Operation]] = {"link": _link, "replace": _replacement, "unlink": _unlinking}
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_KIND_OF = {LinkOperation: "link", ReplaceOperation: "replace", UnlinkOperation: "unlink"}


def _all_fields(operation: Operation, version: int) -> dict[str, object]:
    return {"wire": version, "kind": _KIND_OF[type(operation)], **_origin_fields(operation.origin), **_own_fields(operation)}


def _own_fields(operation: Operation) -> dict[str, object]:
    match operation:
        case LinkOperation(_, token, number, revocation, by_guardian):
            return {"token": token.digest.hex(), "number": number.text, "revocation": revocation, "guardian": by_guardian}
        case ReplaceOperation(_, token, number, revocation, by_guardian, reason, replaces):
            told = {"token": token.digest.hex(), "number": number.text, "revocation": revocation, "guardian": by_guardian}
            return {**told, "reason": reason, "replaces": sorted(map(str, replaces))}
        case UnlinkOperation(_, number, reason, token):  # pragma: no branch
            return {"number": number.text, "reason": reason, "token": token and token.digest.hex()}


def _origin_fields(origin: Origin) -> dict[str, object]:
    if origin.made.tzinfo is None or origin.made.microsecond:
        raise ValueError("not a time with a zone, of whole seconds")
    return {
        "uuid": str(origin.uuid),
        "counter": origin.counter,
        "sequence": origin.sequence,
        "epoch": origin.known.epoch,
        "cursor": origin.known.cursor,
        "key-generation": origin.key_generation,
        "made": origin.made.astimezone(UTC).isoformat(timespec="seconds"),
        "operator": origin.operator,
    }


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    if not value.isascii():
        value.encode()  # half a surrogate pair, which JSON may spell, is none either
    return value


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise ValueError("no count")
    return value
