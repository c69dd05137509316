"""The counters of the library's server: who is enrolled, when each was last heard, and how one ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.domain.errors import Code, Refused
from kiosk.domain.wire import Position
from kiosk.ledger.audit import AuditedAct
from kiosk.ledger.notes import notes_after, parsed
from kiosk.registry.codes_for_many import Withdrawn, void_codes_of
from kiosk.registry.counter_names import in_one_spelling
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.models import SERVER, CounterRow, CounterSeenRow, CounterState
from kiosk.registry.notes import DOUBLED


@dataclass(frozen=True, slots=True)
class Heard:
    """What a counter said of itself when it was last in contact."""

    at: datetime
    version: str
    known: Position
    pending: int
    """Operations it held that were not accepted yet."""
    differs: bool
    """Its links were not the library's."""


@dataclass(frozen=True, slots=True)
class EnrolledCounter:
    name: str
    state: CounterState
    enrolled: datetime
    changed: datetime
    heard: Heard | None
    """None: never since it was enrolled."""
    doubled: datetime | None = None
    """When it was last seen that two computers work under its name; None if it never was since it was enrolled."""

    @property
    def is_active(self) -> bool:
        return self.state in (CounterState.ACTIVE, CounterState.RETIRING)

    def lag(self, head: Position) -> int | None:
        """How many operations it has not got yet, as it said itself; None if that is unknown."""
        if self.heard is None or self.heard.known.epoch != head.epoch:
            return None
        return max(0, head.cursor - self.heard.known.cursor)

    def agrees(self, head: Position) -> bool | None:
        """Whether its links were the library's when it was last heard; None if that is unknown."""
        return None if self.heard is None or self.heard.known.epoch != head.epoch else not self.heard.differs


class Counters:
    """Every method raises Unavailable, as `RegistryLedger` does."""

    def __init__(self, ledger: RegistryLedger, clock: Callable[[], datetime]) -> None:
        self._ledger, self._clock = ledger, clock

    def all(self) -> list[EnrolledCounter]:
        """In the order of their names."""
        with self._ledger.database.reading() as database:
            seen = {row.name: _heard(row) for row in CounterSeenRow.select().execute(database)}
            doubled = notes_after(database, DOUBLED)
            rows = CounterRow.select().order_by(CounterRow.name).execute(database)
            return [_counter(row, seen.get(row.name), doubled.get(row.name)) for row in rows]

    def named(self, name: str) -> EnrolledCounter:
        """Raises Refused: counter-unknown."""
        spelt = in_one_spelling(name)
        for counter in self.all():
            if counter.name == spelt:
                return counter
        raise Refused(Code.COUNTER_UNKNOWN, name=name)

    def retire(self, name: str) -> Withdrawn | None:
        """Let a counter deliver what it holds, and then leave. Its open codes end as with `revoke`.

        Raises Refused: counter-unknown, counter-ended.
        """
        return self._end(name, CounterState.RETIRING, "retire")

    def leave(self, name: str) -> None:
        """A retiring counter has delivered everything. Nothing happens to any other."""
        if self.named(name).state is CounterState.RETIRING:
            self._end(name, CounterState.RETIRED, "leave")

    def revoke(self, name: str) -> Withdrawn | None:
        """Shut a counter out at once, and for good: on its next contact it erases what it has. Its open code ends as well, and so does the
        code for many that it was enrolled with, which its disk may still hold: returns what was left of that.

        Raises Refused: counter-unknown, counter-ended (it was revoked before).
        """
        return self._end(name, CounterState.REVOKED, "revoke")

    def _end(self, name: str, state: CounterState, act: str) -> Withdrawn | None:
        database, name = self._ledger.database.database, in_one_spelling(name)
        with self._ledger.acting() as audit:
            row = CounterRow.select().where(CounterRow.name == name).get_or_none(database)
            if row is None:
                raise Refused(Code.COUNTER_UNKNOWN, name=name)
            # A counter that is lost after it has left may still be revoked: it holds links.
            if row.state == CounterState.REVOKED or (row.state == CounterState.RETIRED and state is not CounterState.REVOKED):
                raise Refused(Code.COUNTER_ENDED, name=name)
            now = told(self._clock())
            CounterRow.update(state=state.value, changed=now).where(CounterRow.name == name).execute(database)
            withdrawn = void_codes_of(database, name)
            audit(counter_act(now, name, act))
            if withdrawn is not None:
                audit(counter_act(now, withdrawn.name, "code", "withdrawn"))
        return withdrawn


def counter_act(at: str, name: str, act: str, reason: str | None = None) -> AuditedAct:
    """The row of the audit trail for what was done with a counter."""
    return AuditedAct(at=at, counter=name, operator=None, act=act, result="done", reason=reason, checked="", number=None)


def server_act(at: datetime, act: AdministrativeAct, checked: str = "") -> AuditedAct:
    """The row for what was done with the server itself."""
    return replace(counter_act(told(at), SERVER, act), checked=checked)


def told(moment: datetime) -> str:
    """A time as the database holds it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _counter(row: CounterRow, heard: Heard | None, doubled: str | None) -> EnrolledCounter:
    enrolled, changed = datetime.fromisoformat(row.enrolled), datetime.fromisoformat(row.changed)
    at = None if doubled is None else parsed(doubled, datetime.fromisoformat)
    return EnrolledCounter(row.name, CounterState(row.state), enrolled, changed, heard, at)


def _heard(row: CounterSeenRow) -> Heard:
    return Heard(datetime.fromisoformat(row.at), row.version, Position(row.epoch, row.cursor), row.pending, bool(row.differs))
