"""The values of `registry_wire.py` as JSON.

Each has one `…_json` function, which makes what `json.dumps` takes, and one `read_…` function, which raises ValueError for anything that
the other did not make. Operations have an encoding of their own (`wire.py`), since theirs is also compared.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from kiosk.domain.decide import Change, Closed, Epochs, Opened, OpenLink, Stop, Stopped
from kiosk.domain.errors import Code
from kiosk.domain.feed import FeedEntry, PlacedLink, PlacedStop
from kiosk.domain.json_fields import (
    count_in,
    counted,
    digest_in,
    fields_of,
    list_in,
    number_of,
    pair_of,
    text_in,
    time_in,
    time_of,
    time_text,
    token_of,
    token_or_none,
    truth_in,
)
from kiosk.domain.new_epoch import LARGEST_EPOCH
from kiosk.domain.operations import AcceptedAt, RefusedFor
from kiosk.domain.registry_wire import (
    Answer,
    Answers,
    Deferred,
    Enrolment,
    FeedPage,
    FoundLinks,
    LedgerStatus,
    SiteKeys,
    SnapshotPage,
    StopsPage,
)
from kiosk.domain.wire import Operation, Position, decode_parsed, encode

# --- positions and status -------------------------------------------------------------------------------------------------


def position_json(position: Position) -> dict[str, object]:
    return {"epoch": position.epoch, "cursor": position.cursor}


def read_position(value: object) -> Position:
    fields = fields_of(value)
    return Position(_epoch(fields.get("epoch")), count_in(fields, "cursor"))


def _epoch(value: object) -> int:
    """One absurd answer would outlive every server that tells the truth."""
    number = counted(value)
    if number > LARGEST_EPOCH:
        raise ValueError("no number of an epoch")
    return number


def status_json(status: LedgerStatus) -> dict[str, object]:
    return {
        "head": position_json(status.head),
        "count": status.count,
        "digest": status.digest,
        "safe": position_json(status.safe),
        "epochs": {"current": status.epochs.current, "cuts": [list(cut) for cut in status.epochs.cuts]},
        "floor": status.floor,
        "key_generation": status.key_generation,
        "time": time_text(status.time),
        "sequence": status.sequence,
        "retiring": status.retiring,
    }


def read_status(value: object) -> LedgerStatus:
    fields = fields_of(value)
    epochs = fields_of(fields.get("epochs"))
    return LedgerStatus(
        head=read_position(fields.get("head")),
        count=count_in(fields, "count"),
        digest=digest_in(fields, "digest"),
        safe=read_position(fields.get("safe")),
        epochs=Epochs(_epoch(epochs.get("current")), tuple(map(pair_of, list_in(epochs, "cuts")))),
        floor=count_in(fields, "floor"),
        key_generation=count_in(fields, "key_generation"),
        time=time_in(fields, "time"),
        sequence=count_in(fields, "sequence"),
        retiring=truth_in(fields, "retiring"),
    )


# --- operations and their answers -----------------------------------------------------------------------------------------


def operations_json(operations: Sequence[Operation]) -> dict[str, object]:
    """The body of a request."""
    return {"operations": [json.loads(encode(operation)) for operation in operations]}


def read_operation(value: object) -> Operation:
    """One operation of a request. Raises Refused: operation-newer, operation-unreadable."""
    return decode_parsed(value)


def answer_json(uuid: UUID, answer: Answer) -> dict[str, object]:
    match answer:
        case AcceptedAt(position):
            return {"uuid": str(uuid), "accepted": position_json(position)}
        case RefusedFor(code):
            return {"uuid": str(uuid), "refused": code.value}
        case Deferred():  # pragma: no branch
            return {"uuid": str(uuid), "deferred": True}


def answers_json(answers: Answers) -> dict[str, object]:
    return {"answers": [answer_json(*one) for one in answers.answers.items()], "status": status_json(answers.status)}


def read_answers(value: object) -> Answers:
    fields = fields_of(value)
    return Answers(dict(map(_answer, list_in(fields, "answers"))), read_status(fields.get("status")))


def _answer(value: object) -> tuple[UUID, Answer]:
    fields = fields_of(value)
    uuid, told = UUID(text_in(fields, "uuid")), fields.keys() - {"uuid"}
    if told == {"accepted"}:
        return uuid, AcceptedAt(read_position(fields["accepted"]))
    if told == {"refused"}:
        return uuid, RefusedFor(Code(text_in(fields, "refused")))
    if told == {"deferred"} and fields["deferred"] is True:
        return uuid, Deferred()
    raise ValueError("not one answer")


# --- the feed -------------------------------------------------------------------------------------------------------------


def entry_json(entry: FeedEntry) -> dict[str, object]:
    return {
        "cursor": entry.cursor,
        "operation": str(entry.operation),
        "counter": entry.counter,
        "sequence": entry.sequence,
        "changes": changes_json(entry.changes),
    }


def read_entry(value: object) -> FeedEntry:
    fields = fields_of(value)
    return FeedEntry(
        count_in(fields, "cursor"),
        UUID(text_in(fields, "operation")),
        text_in(fields, "counter"),
        count_in(fields, "sequence"),
        read_changes(fields.get("changes")),
    )


def changes_json(changes: Sequence[Change]) -> list[object]:
    return [_change_json(change) for change in changes]


def read_changes(value: object) -> tuple[Change, ...]:
    if not isinstance(value, list):
        raise ValueError("no list of changes")
    return tuple(map(_change, value))


def read_feed(value: object) -> FeedPage:
    fields = fields_of(value)
    return FeedPage(tuple(map(read_entry, list_in(fields, "entries"))), read_status(fields.get("status")))


def _change_json(change: Change) -> dict[str, object]:
    match change:
        case Opened(link):
            told = {"since": time_text(link.since), "counter": link.counter, "operation": str(link.operation)}
            return {"opened": {"token": link.token.digest.hex(), "number": link.number.text, **told}}
        case Closed(token, number):
            return {"closed": {"token": token.digest.hex(), "number": number.text}}
        case Stopped(number, token):  # pragma: no branch
            return {"stopped": {"token": None if token is None else token.digest.hex(), "number": number.text}}


def _change(value: object) -> Change:
    told = fields_of(value)
    if len(told) != 1:
        raise ValueError("not one change")
    ((kind, inner),) = told.items()
    fields = fields_of(inner)
    number = number_of(fields.get("number"))
    match kind:
        case "opened":
            operation = UUID(text_in(fields, "operation"))
            return Opened(OpenLink(token_of(fields.get("token")), number, time_in(fields, "since"), text_in(fields, "counter"), operation))
        case "closed":
            return Closed(token_of(fields.get("token")), number)
        case "stopped":
            return Stopped(number, token_or_none(fields.get("token")))
    raise ValueError(f"unknown change {kind}")


# --- stops and links ------------------------------------------------------------------------------------------------------


def stops_json(page: StopsPage) -> dict[str, object]:
    stops = [
        {
            "cursor": placed.stop.cursor,
            "counter": placed.stop.counter,
            "sequence": placed.stop.sequence,
            "token": None if placed.token is None else placed.token.digest.hex(),
            "number": placed.number.text,
        }
        for placed in page.stops
    ]
    return {"stops": stops, "next": page.next, "status": status_json(page.status)}


def read_stops(value: object) -> StopsPage:
    fields = fields_of(value)
    after = None if fields.get("next") is None else count_in(fields, "next")
    return StopsPage(tuple(map(_stop, list_in(fields, "stops"))), after, read_status(fields.get("status")))


def _stop(value: object) -> PlacedStop:
    fields = fields_of(value)
    stop = Stop(count_in(fields, "cursor"), text_in(fields, "counter"), count_in(fields, "sequence"))
    return PlacedStop(stop, token_or_none(fields.get("token")), number_of(fields.get("number")))


def link_json(placed: PlacedLink) -> list[object]:
    """A row instead of an object: a snapshot has millions."""
    link = placed.link
    return [link.token.digest.hex(), link.number.text, time_text(link.since), link.counter, str(link.operation), placed.cursor]


def read_link(value: object) -> PlacedLink:
    if not (isinstance(value, list) and len(value) == 6 and all(isinstance(part, str) for part in value[:5])):
        raise ValueError("no row of a link")
    token, number, since, counter, operation, cursor = value
    return PlacedLink(OpenLink(token_of(token), number_of(number), time_of(since), counter, UUID(operation)), counted(cursor))


def snapshot_json(page: SnapshotPage) -> dict[str, object]:
    return {"links": [link_json(placed) for placed in page.links], "done": page.done, "status": status_json(page.status)}


def read_snapshot(value: object) -> SnapshotPage:
    fields = fields_of(value)
    return SnapshotPage(tuple(map(read_link, list_in(fields, "links"))), truth_in(fields, "done"), read_status(fields.get("status")))


def found_json(found: FoundLinks) -> dict[str, object]:
    return {"links": [link_json(placed) for placed in found.links], "status": status_json(found.status)}


def read_found(value: object) -> FoundLinks:
    fields = fields_of(value)
    return FoundLinks(tuple(map(read_link, list_in(fields, "links"))), read_status(fields.get("status")))


# --- site keys ------------------------------------------------------------------------------------------------------------


def site_keys_json(keys: SiteKeys) -> dict[str, object]:
    return {"sealed": keys.sealed.hex(), "status": status_json(keys.status)}


def read_site_keys(value: object) -> SiteKeys:
    fields = fields_of(value)
    return SiteKeys(bytes.fromhex(text_in(fields, "sealed")), read_status(fields.get("status")))


# --- enrolment ------------------------------------------------------------------------------------------------------------


def enrolment_json(enrolment: Enrolment) -> dict[str, object]:
    """Secret."""
    told = {"counter": enrolment.counter, "site_key": enrolment.site_key.hex(), "key_generation": enrolment.key_generation}
    return {**told, "status": status_json(enrolment.status)}


def read_enrolment(value: object) -> Enrolment:
    fields = fields_of(value)
    site_key = bytes.fromhex(digest_in(fields, "site_key"))
    return Enrolment(text_in(fields, "counter"), site_key, count_in(fields, "key_generation"), read_status(fields.get("status")))
