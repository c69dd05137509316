"""What crosses the wire, for the OpenAPI document alone: what is read and written is decided by `domain/wire.py` and `registry_json.py`.
Tests hold the two together.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from kiosk.domain.counter_secret import SECRET
from kiosk.domain.model import ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.registry_wire import MOST_ENTRIES, MOST_LINKS, MOST_OPERATIONS
from kiosk.domain.wire import CURRENT, LARGEST, OLDEST
from kiosk.registry.api.errors import ApiCode

MOST_TOKENS = 16
"""In one question for links: a card has one for each key of its issuer."""

Count = Annotated[int, Field(ge=0, le=LARGEST)]
Token = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="HMAC-SHA-256 that stands for a certificate.")]
Number = Annotated[str, Field(pattern="^[0-9A-Za-z]{1,64}$", description="Library card number.")]
Uuid = Annotated[str, Field(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Time = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+00:00$", description="UTC.")]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Origin(_Whole):
    wire: Annotated[int, Field(ge=OLDEST, le=CURRENT, description="Version of the encoding.")]
    uuid: Uuid
    counter: Annotated[str, Field(description="The counter that asks: whose secret the request shows.")]
    sequence: Count
    epoch: Count
    cursor: Annotated[Count, Field(description="With `epoch`: up to where the counter knew the ledger.")]
    key_generation: Annotated[Count, Field(alias="key-generation")]
    made: Time
    operator: str | None


class LinkOperation(_Origin):
    kind: Literal["link"]
    token: Token
    number: Number
    revocation: Revocation
    guardian: bool


class ReplaceOperation(_Origin):
    kind: Literal["replace"]
    token: Token
    number: Number
    revocation: Revocation
    guardian: bool
    reason: ReplaceReason
    replaces: Annotated[list[Uuid], Field(description="Sorted: the operations that opened the links shown.")]


class UnlinkOperation(_Origin):
    kind: Literal["unlink"]
    number: Number
    reason: UnlinkReason
    token: Token | None


Operation = Annotated[LinkOperation | ReplaceOperation | UnlinkOperation, Field(discriminator="kind")]


class Operations(BaseModel):
    """At most 100 operations. All are read before any is decided."""

    operations: Annotated[list[Operation], Field(max_length=MOST_OPERATIONS)]


class Code(BaseModel):
    """A one-time code, and the secret that the counter made for itself."""

    code: Annotated[str, Field(max_length=64)]
    secret: Annotated[str, Field(pattern=f"^{SECRET}$")]


class Question(BaseModel):
    """For links by tokens and by a number."""

    tokens: Annotated[list[Token], Field(max_length=MOST_TOKENS)]
    number: Number | None


class Position(_Whole):
    epoch: Count
    cursor: Count


class Epochs(_Whole):
    current: Count
    cuts: list[Annotated[list[Count], Field(min_length=2, max_length=2, description="Epoch, and its last cursor that still holds.")]]


class Status(_Whole):
    head: Position
    count: Annotated[Count, Field(description="Links at `head`.")]
    digest: Annotated[Digest, Field(description="Of the links at `head`.")]
    safe: Annotated[Position, Field(description="What every backup holds that may be restored.")]
    epochs: Epochs
    floor: Count
    key_generation: Count
    time: Time
    sequence: Annotated[Count, Field(description="The highest seen of the counter that asks.")]
    retiring: bool


class Accepted(_Whole):
    uuid: Uuid
    accepted: Position


class Refused(_Whole):
    uuid: Uuid
    refused: Annotated[str, Field(pattern="^[a-z-]+$")]


class Deferred(_Whole):
    uuid: Uuid
    deferred: Literal[True]


class Answers(_Whole):
    answers: list[Accepted | Refused | Deferred]
    status: Status


class OpenedLink(_Whole):
    token: Token
    number: Number
    since: Time
    counter: str
    operation: Uuid


class ClosedLink(_Whole):
    token: Token
    number: Number


class StoppedNumber(_Whole):
    token: Token | None
    number: Number


class Opened(_Whole):
    opened: OpenedLink


class Closed(_Whole):
    closed: ClosedLink


class Stopped(_Whole):
    stopped: StoppedNumber


class Entry(_Whole):
    cursor: Count
    operation: Uuid
    counter: str
    sequence: Count
    changes: list[Opened | Closed | Stopped]


class Feed(_Whole):
    entries: Annotated[list[Entry], Field(max_length=MOST_ENTRIES)]
    status: Status


class Stop(_Whole):
    cursor: Count
    counter: str
    sequence: Count
    token: Token | None
    number: Number


class Stops(_Whole):
    stops: list[Stop]
    next: Count | None
    status: Status


class Link(RootModel[tuple[Token, Number, Time, str, Uuid, Count]]):
    """Token, number, since, counter, operation, position."""


class Snapshot(_Whole):
    links: Annotated[list[Link], Field(max_length=MOST_LINKS)]
    done: bool
    status: Status


class Found(_Whole):
    links: list[Link]
    status: Status


class Left(_Whole):
    status: Status


class Enrolment(_Whole):
    counter: str
    site_key: Digest
    key_generation: Count
    status: Status


class SiteKeys(_Whole):
    sealed: Annotated[str, Field(pattern="^([0-9a-f]{2})+$", description="For the secret that asked; see `ledger/sealed_keys.py`.")]
    status: Status


class Health(_Whole):
    healthy: Literal[True]


class Error(_Whole):
    error: ApiCode
    status: Status | None = None
    counter: str | None = None
    index: Annotated[int, Field(ge=0, lt=MOST_OPERATIONS)] | None = None
    version: Count | None = None
    known: Count | None = None
    reason: str | None = None
    incident: str | None = None
