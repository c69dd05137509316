"""Hypothesis draws operations, and ledgers for them to fall into."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from hypothesis import strategies as st

from kiosk.domain.decide import Epochs, OpenLink, Standing, Stop
from kiosk.domain.model import LibraryCardNumber, LinkToken, ReplaceReason, Revocation, UnlinkReason
from kiosk.domain.wire import LARGEST, LinkOperation, Operation, Origin, Position, ReplaceOperation, UnlinkOperation

COUNTS = st.integers(0, 3) | st.integers(0, LARGEST)
UUIDS = st.integers(0, 3).map(lambda number: UUID(int=number)) | st.uuids()
TOKENS = st.integers(0, 3).map(lambda card: LinkToken(bytes([card]) * 32)) | st.binary(min_size=32, max_size=32).map(LinkToken)
NUMBERS = st.from_regex(r"[A-Z]{0,3}[0-9]{1,12}", fullmatch=True).map(LibraryCardNumber)
TEXTS = st.sampled_from(["窓口1", "窓口2", "", '"\\\n\x00', "𠮷田"]) | st.text()
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=9)), timezone(timedelta(hours=-3, minutes=-30))])
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2100, 1, 1), timezones=ZONES).map(lambda time: time.replace(microsecond=0))  # noqa: DTZ001
POSITIONS = st.builds(Position, COUNTS, COUNTS)
ORIGINS = st.builds(Origin, UUIDS, TEXTS, COUNTS, POSITIONS, COUNTS, TIMES, st.none() | TEXTS)

LINKS = st.builds(LinkOperation, ORIGINS, TOKENS, NUMBERS, st.sampled_from(Revocation), st.booleans())
REPLACEMENTS = st.builds(
    ReplaceOperation,
    ORIGINS,
    TOKENS,
    NUMBERS,
    st.sampled_from(Revocation),
    st.booleans(),
    st.sampled_from(ReplaceReason),
    st.frozensets(UUIDS, max_size=2),
)
UNLINKINGS = st.builds(UnlinkOperation, ORIGINS, NUMBERS, st.sampled_from(UnlinkReason), st.none() | TOKENS)
OPERATIONS: st.SearchStrategy[Operation] = LINKS | REPLACEMENTS | UNLINKINGS

OPEN_LINKS = st.builds(OpenLink, TOKENS, NUMBERS, TIMES, TEXTS, UUIDS)
STOPS = st.builds(Stop, COUNTS, TEXTS, COUNTS)
EPOCHS = st.builds(Epochs, COUNTS, st.lists(st.tuples(COUNTS, COUNTS), max_size=3).map(tuple))


@st.composite
def standings(draw: st.DrawFn, operation: Operation) -> Standing:
    """What may stand in a ledger concerning an operation: links of its token and of its number, which may be one and the same."""
    link, other = draw(OPEN_LINKS), draw(OPEN_LINKS)
    token, number = operation.token, operation.number
    by_token = OpenLink(token, draw(st.sampled_from([number, link.number])), link.since, link.counter, link.operation) if token else None
    by_token = draw(st.sampled_from([None, by_token]))
    if by_token is not None and by_token.number == number:
        by_number: OpenLink | None = by_token
    else:
        by_number = draw(st.sampled_from([None, OpenLink(other.token, number, other.since, other.counter, other.operation)]))
    if by_number is not None and by_number.token == token and by_token is None:
        by_token = by_number
    return Standing(by_token, by_number, tuple(draw(st.lists(STOPS, max_size=3))), draw(EPOCHS), draw(st.booleans()))
