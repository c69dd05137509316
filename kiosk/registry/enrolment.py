"""Enrolling counters: one-time codes, and what a counter gets for one.

A code is good for 15 minutes, one counter and few tries; one that is handed out in a file for some hours, which is noted beside it: the
tries, not the time, bound what guessing can find. Only a keyed hash of its secret is kept: eight bytes find the code, from the first three
characters, and 32 prove it. So a wrong guess counts against the one code it may be for, and nobody can close the codes of all counters by
guessing. A try is counted, and the count committed, before anything is compared: whoever breaks off in between has used it up.

A code for many counters is several rows (`codes_for_many`), and its tries are not counted.

A counter makes its own secret; the server keeps a hash. The same code with the same secret gets the same answer, so that a lost answer is
asked for again; with another secret it is used up.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from peewee import Database

from kiosk.domain.counter_secret import secret_hash
from kiosk.domain.crockford import typed, written
from kiosk.domain.enrolment_code import EnrolmentCode, is_for_many
from kiosk.domain.enrolment_file import LONGEST_LIFE
from kiosk.domain.errors import Code, Refused
from kiosk.ledger.key_derivation import derived
from kiosk.ledger.notes import drop_note, parsed, read_note, write_note
from kiosk.registry.codes_for_many import forget, free_names, given_away_by, has_rows, life_of, row_for, withdraw, write_codes
from kiosk.registry.counter_names import in_one_spelling, read_counter_name
from kiosk.registry.counters import counter_act, told
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.models import CounterRow, CounterSeenRow, CounterState, EnrolmentCodeRow, RevokedSecretRow
from kiosk.registry.notes import CODE_MINUTES, DOUBLED
from kiosk.registry.open_codes import MOST_TRIES, OpenCode, open_codes
from kiosk.registry.site_key import SiteKey

_log = logging.getLogger(__name__)
LIFE = timedelta(minutes=15)
_REMEMBERED = timedelta(days=1)
"""After its end: until then a lost answer is given again, and a code that is too old is told from one that never was."""
_FINDS = 8
_FIRST = 3
"""Characters that find a code: enough for 30,000 in a day, and the other 35 bits are not guessed in few tries."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a counter gets for its code."""

    counter: str
    """Its name in the ledger."""
    site_key: bytes = field(repr=False)
    key_generation: int


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code that serves once it is put in force."""

    name: str
    """Of the counter it was made for."""
    code: EnrolmentCode
    life: timedelta
    until: datetime
    again: bool
    """For a counter that is known."""
    uses: int = 1
    """For how many counters. `name` is what their names begin with, if for several."""


class Enrolment:
    """Thread-safe, as `RegistryLedger` is. Every method raises Unavailable: then nothing was given away, and a try is used up at most."""

    def __init__(self, ledger: RegistryLedger, site_key: SiteKey, clock: Callable[[], datetime]) -> None:
        self._ledger, self._site_key, self._clock = ledger, site_key, clock
        self._key = derived(site_key.key, b"kiosk-enrolment-1")

    def open(self, name: str, certificate: bytes, *, again: bool = False, life: timedelta = LIFE) -> EnrolmentCode:
        """Make a code for a counter and put it in force: `prepare` and `put_in_force`, which raise the same."""
        while not self.put_in_force(new := self.prepare(name, certificate, again=again, life=life)):
            continue
        return new.code

    def prepare(self, name: str, certificate: bytes, *, again: bool = False, life: timedelta = LIFE) -> NewCode:
        """Make a code for a counter, which changes nothing yet. `certificate`: the authority's (DER). `life`: at most LONGEST_LIFE, and
        whole minutes.

        `again`: for a counter that is known, on new hardware. Nothing happens to the old one until the code is used; then its secret is
        forgotten, which shuts it out and lets it erase nothing, unless it was revoked. Raises Refused: counter-name, counter-known,
        counter-unknown (`again`).
        """
        name = read_counter_name(name)
        self._ledger.database.read(lambda database: _check_known(database, name, is_awaited=again))
        return NewCode(name, EnrolmentCode.fresh(certificate), life, datetime.fromisoformat(told(self._clock() + life)), again)

    def prepare_many(self, name: str, uses: int, certificate: bytes, *, life: timedelta) -> NewCode:
        """Make a code for so many new counters, which changes nothing yet. They will be called `name` with a number behind it, and nobody
        knows which of them will be which. Raises Refused: counter-name.
        """
        name = read_counter_name(name)
        self._ledger.database.read(lambda database: free_names(database, name, uses, told(self._clock())))
        code = EnrolmentCode.fresh(certificate, for_many=True)
        return NewCode(name, code, life, datetime.fromisoformat(told(self._clock() + life)), again=False, uses=uses)

    def put_in_force(self, new: NewCode) -> bool:
        """Let a code serve. One that the counter had before, or many of the same name, is void from then on.

        False, and nothing is changed, if it begins like the code of another counter: another one has to be made. Raises as `prepare` does.
        """
        name, now, proof = new.name, self._clock(), self._hash(new.code.secret)
        database = self._ledger.database.database
        if new.code.is_for_many:
            with self._ledger.acting() as audit:
                forget(database, told(now - _REMEMBERED))
                names = free_names(database, name, new.uses, told(now))
                write_codes(database, name, names, proof, told(new.until), min(new.life, LONGEST_LIFE))
                audit(replace(counter_act(told(now), name, "code", "many"), checked=f"uses:{new.uses}"))
            return True
        with self._ledger.acting() as audit:
            _check_known(database, name, is_awaited=new.again)
            over = told(now - _REMEMBERED)
            others = EnrolmentCodeRow.select().where((EnrolmentCodeRow.name != name) & (EnrolmentCodeRow.until >= over))
            if proof[:_FINDS] in {_finds(row) for row in others.execute(database)}:
                return False
            forget(database, over)
            EnrolmentCodeRow.delete().where(EnrolmentCodeRow.name == name).execute(database)
            EnrolmentCodeRow.insert({"name": name, "code": proof, "until": told(new.until), "tries": 0}).execute(database)
            if new.life == LIFE:
                drop_note(database, CODE_MINUTES + name)
            else:
                write_note(database, CODE_MINUTES + name, str(min(new.life, LONGEST_LIFE) // timedelta(minutes=1)))
            audit(counter_act(told(now), name, "code", "again" if new.again else None))
        return True

    def enrol(self, code: str, secret: str) -> Enrolled:
        """Enrol the counter that sends a code's secret characters (`EnrolmentCode.secret`) and its own secret (`counter_secret`).

        Raises Refused: enrolment-code-refused with `reason`: unknown, closed (too many tries), expired, used.
        """
        try:
            proof = self._hash(written(typed(code)))
        except ValueError as error:
            raise _refused("unknown") from error
        if is_for_many(written(typed(code))):
            if not self._ledger.database.read(lambda database: has_rows(database, proof)):
                raise _refused("unknown")
            return self._take(lambda database: row_for(database, proof, secret_hash(secret)), proof, secret_hash(secret))
        name = self._count_try(proof)
        return self._take(lambda database: _named(database, name), proof, secret_hash(secret), counted=1)

    def withdraw(self, name: str) -> int:
        """Void the code of this counter, or for many of this name, that nobody has used yet. Returns how many counters it still served."""
        spelt, database = in_one_spelling(name), self._ledger.database.database
        with self._ledger.acting() as audit:
            count = withdraw(database, spelt)
            if given_away_by(database, spelt, told(self._clock())) is None:
                unused = (EnrolmentCodeRow.name == spelt) & EnrolmentCodeRow.secret.is_null()
                count += int(EnrolmentCodeRow.delete().where(unused).execute(database))
            if count:
                audit(counter_act(told(self._clock()), spelt, "code", "withdrawn"))
        return count

    def open_codes(self) -> list[OpenCode]:
        """The codes that may still be used, in the order of their counters' names."""
        with self._ledger.database.reading() as database:
            return open_codes(database, self._clock())

    def given_away_by(self, name: str) -> str | None:
        """The code for many that may give this name to a counter; None if there is none."""
        spelt, now = in_one_spelling(name), told(self._clock())
        return self._ledger.database.read(lambda database: given_away_by(database, spelt, now))

    def _count_try(self, proof: bytes) -> str:
        """Find the code that this may be a try for, and count it. Returns the counter's name."""
        # As with one for many: whoever tries what is no code does not keep others from the head of the ledger.
        self._ledger.database.read(lambda database: _found(database, proof))
        with self._ledger.acting():
            database = self._ledger.database.database
            row = _found(database, proof)
            if row.tries >= MOST_TRIES:
                _log.warning("a code was tried too often: counter %s", row.name)
                raise _refused("closed")
            _update(database, row.name, tries=row.tries + 1)
            return str(row.name)

    def _take(self, find: Callable[[Database], EnrolmentCodeRow | None], proof: bytes, secret: bytes, *, counted: int = 0) -> Enrolled:
        """`counted`: how many tries were counted for it."""
        now = self._clock()
        database = self._ledger.database.database
        with self._ledger.acting() as audit:
            row = find(database)
            if row is None or not hmac.compare_digest(bytes(row.code), proof):
                raise _refused("unknown")
            name = str(row.name)
            if row.secret is not None:
                if not self._is_repeat(row, secret):
                    raise _refused("used")
            else:
                # A code that ends too late was made while the clock was ahead: in doubt it is over.
                until = datetime.fromisoformat(row.until)
                if not now < until <= now + (life_of(database, proof) or _life_of(database, name)):
                    raise _refused("expired")
                if CounterRow.select().where((CounterRow.secret == secret) & (CounterRow.name != name)).exists(database):
                    raise _refused("used")
                self._write(name, secret, told(now))
                audit(counter_act(told(now), name, "enrol"))
            _update(database, name, secret=secret, tries=row.tries - counted)
        # The first: what wraps tokens since, a counter asks for by its own secret.
        return Enrolled(name, self._site_key.root, self._site_key.chain.first)

    def _is_repeat(self, row: EnrolmentCodeRow, secret: bytes) -> bool:
        """Whether this very counter was enrolled with the code, and still is what it was then."""
        database = self._ledger.database.database
        enrolled = row.secret and bytes(row.secret)
        same = (CounterRow.name == row.name) & (CounterRow.secret == secret) & (CounterRow.state == CounterState.ACTIVE.value)
        return enrolled == secret and CounterRow.select().where(same).exists(database)

    def _write(self, name: str, secret: bytes, now: str) -> None:
        database = self._ledger.database.database
        generation = self._site_key.chain.first
        values = {"secret": secret, "state": CounterState.ACTIVE.value, "enrolled": now, "changed": now, "key_generation": generation}
        self._keep_revoked(name, secret)
        # What the hardware before said of itself does not hold for this one.
        CounterSeenRow.delete().where(CounterSeenRow.name == name).execute(database)
        drop_note(database, DOUBLED + name)
        again = CounterRow.update(enrolments=CounterRow.enrolments + 1, **values).where(CounterRow.name == name)
        if not again.execute(database):
            CounterRow.insert({"name": name, "sequence": 0, "enrolments": 1, **values}).execute(database)

    def _keep_revoked(self, name: str, secret: bytes) -> None:
        """A computer that was lost is to erase itself whenever it is in contact, also once another one has its name."""
        database = self._ledger.database.database
        RevokedSecretRow.delete().where(RevokedSecretRow.secret == secret).execute(database)
        before = (
            CounterRow.select().where((CounterRow.name == name) & (CounterRow.state == CounterState.REVOKED.value)).get_or_none(database)
        )
        if before is not None and before.secret is not None and bytes(before.secret) != secret:
            RevokedSecretRow.insert(secret=before.secret, name=name).on_conflict_ignore().execute(database)

    def _hash(self, secret: str) -> bytes:
        # That of many is found by all of it: nobody's guess for another code is counted against it.
        first = b"finds many " + secret.encode() if is_for_many(secret) else b"finds " + secret[:_FIRST].encode()
        finds = hmac.digest(self._key, first, "sha256")[:_FINDS]
        return finds + hmac.digest(self._key, b"proves " + secret.encode(), "sha256")


def _check_known(database: Database, name: str, *, is_awaited: bool) -> None:
    is_known = CounterRow.select().where(CounterRow.name == name).exists(database)
    if is_known is not is_awaited:
        raise Refused(Code.COUNTER_KNOWN if is_known else Code.COUNTER_UNKNOWN, name=name)


def _named(database: Database, name: str) -> EnrolmentCodeRow | None:
    row: EnrolmentCodeRow | None = EnrolmentCodeRow.select().where(EnrolmentCodeRow.name == name).get_or_none(database)
    return row


def _found(database: Database, proof: bytes) -> EnrolmentCodeRow:
    """Raises Refused: enrolment-code-refused (unknown)."""
    rows: list[EnrolmentCodeRow] = list(EnrolmentCodeRow.select().execute(database))
    for row in rows:
        if _finds(row) == proof[:_FINDS]:
            return row
    raise _refused("unknown")


def _life_of(database: Database, name: str) -> timedelta:
    """How long the code of this counter was to serve. Raises Unavailable: store-damaged."""
    noted = read_note(database, CODE_MINUTES + name)
    return LIFE if noted is None else timedelta(minutes=parsed(noted, int))


def _finds(row: EnrolmentCodeRow) -> bytes:
    return bytes(row.code)[:_FINDS]


def _update(database: Database, name: str, **values: object) -> None:
    EnrolmentCodeRow.update(values).where(EnrolmentCodeRow.name == name).execute(database)


def _refused(reason: str) -> Refused:
    return Refused(Code.ENROLMENT_CODE_REFUSED, reason=reason)
