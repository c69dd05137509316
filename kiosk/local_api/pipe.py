"""What the counter and its process for HTTP say to each other over pipes: one JSON object a line.

The process asks for a number each time it has somebody to give it to, and forgets it once it is sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum

from kiosk.domain.json_fields import Json, count_in, fields_of, list_in, text_in
from kiosk.domain.local_client import LocalClient, decode_clients, encode_clients

# --- what the counter says --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clients:
    """Who may ask from now on. The first of these begins the listening."""

    clients: tuple[LocalClient, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """The patron served is another, or none any more."""

    turn: int
    """Grows by one with each."""
    served: bool


class Denied(Enum):
    """Why a number is not handed out."""

    OVER = "over"
    """That patron has left."""
    REVOKED = "revoked"
    TOO_OFTEN = "too-often"
    NOT_RECORDED = "not-recorded"


@dataclass(frozen=True, slots=True)
class Answer:
    """To one `Wanted`."""

    asked: int
    number: str | None = field(default=None, repr=False)
    denied: Denied | None = None


FromCounter = Clients | Turn | Answer


def encode_from_counter(said: FromCounter) -> bytes:
    match said:
        case Clients(clients):
            return _line({"say": "clients", "clients": json.loads(encode_clients(clients))})
        case Turn(turn, served):
            return _line({"say": "turn", "turn": turn, "served": served})
        case Answer(asked, number, denied):
            return _line({"say": "answer", "asked": asked, "number": number, "denied": None if denied is None else denied.value})


def decode_from_counter(line: bytes) -> FromCounter:
    """Raises ValueError."""
    fields = fields_of(json.loads(line))
    match text_in(fields, "say"):
        case "clients":
            return Clients(decode_clients(json.dumps(list_in(fields, "clients"))))
        case "turn":
            return Turn(count_in(fields, "turn"), fields.get("served") is True)
        case "answer":
            number, denied = fields.get("number"), fields.get("denied")
            return Answer(count_in(fields, "asked"), None if number is None else str(number), None if denied is None else Denied(denied))
    raise ValueError("unknown")


# --- what the process says --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listening:
    """Whether it could: else the port is another's, and the process ends."""

    succeeded: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody who may ask is waiting for the number of this turn."""

    asked: int
    turn: int
    client: str
    hash: str = field(repr=False)
    """Of the token shown: the name may be another client's by now."""


@dataclass(frozen=True, slots=True)
class Bug:
    """A bug of ours in the process, which goes on."""

    places: tuple[str, ...]


FromProcess = Listening | Wanted | Bug


def encode_from_process(said: FromProcess) -> bytes:
    match said:
        case Listening(succeeded):
            return _line({"say": "listening", "succeeded": succeeded})
        case Wanted(asked, turn, client, hashed):
            return _line({"say": "wanted", "asked": asked, "turn": turn, "client": client, "hash": hashed})
        case Bug(places):
            return _line({"say": "bug", "places": list(places)})


def decode_from_process(line: bytes) -> FromProcess:
    """Raises ValueError."""
    fields = fields_of(json.loads(line))
    match text_in(fields, "say"):
        case "listening":
            return Listening(fields.get("succeeded") is True)
        case "wanted":
            return Wanted(count_in(fields, "asked"), count_in(fields, "turn"), text_in(fields, "client"), text_in(fields, "hash"))
        case "bug":
            return Bug(tuple(map(str, list_in(fields, "places"))))
    raise ValueError("unknown")


def _line(fields: Json) -> bytes:
    return json.dumps(fields).encode() + b"\n"
