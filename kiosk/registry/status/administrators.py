"""Who may see the status page: accounts with a password and a second factor, and how one logs in."""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto

from kiosk.domain.administrative_acts import AdministrativeAct
from kiosk.ledger.audit import AuditedAct
from kiosk.ledger.key_derivation import derived
from kiosk.ledger.notes import drop_note, notes_after, parsed, read_note, write_note
from kiosk.registry import notes
from kiosk.registry.counters import server_act
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.status.account import Account, Proofs, Seal, is_administrator_name
from kiosk.registry.status.one_time_codes import fresh_totp_secret, step_of
from kiosk.registry.status.passwords import COST, LONGEST, PasswordHash
from kiosk.registry.status.sessions import begin_session, end_session, end_sessions_of, is_use_new, note_use, session_of
from kiosk.registry.status.strangers import Strangers
from kiosk.registry.status.tries import FREE

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Administrator:
    name: str
    added: datetime
    last_login: datetime | None
    is_readable: bool
    """False: the account belongs to an earlier site key, and `reset` makes it good again."""


class Refusal(Enum):
    WRONG = auto()
    """One of the three. Which, nobody is told."""
    PAUSED = auto()


@dataclass(frozen=True, slots=True)
class LoggedIn:
    secret: str = field(repr=False)
    """Of the session."""


@dataclass(frozen=True, slots=True)
class NotLoggedIn:
    refusal: Refusal
    seconds: int = 0
    """Of PAUSED: until the next try is heard."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed, and where."""

    name: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    address: str
    """A key of the address that asks."""
    is_here: bool = False
    """Whether it comes from the server's own machine."""


class Administrators:
    """Thread-safe, as `RegistryLedger` is. Every method raises Unavailable."""

    def __init__(self, ledger: RegistryLedger, site_key: bytes, clock: Callable[[], datetime], cost: int = COST) -> None:
        """`cost`: of scrypt, for passwords from now on; tests of other things need less."""
        self._cost = cost
        self._ledger, self._clock, self._seal = ledger, clock, Seal(site_key)
        self._forms = derived(site_key, b"kiosk-status-form-1")
        self._nobody = PasswordHash(os.urandom(16), os.urandom(32), cost)
        """Fits no password, and costs as much to try as somebody's."""
        self._strangers = Strangers()

    # --- accounts ---------------------------------------------------------------------------------------------------

    def all(self) -> list[Administrator]:
        """In the order of their names."""
        accounts = self._ledger.database.read(lambda database: notes_after(database, notes.ADMINISTRATOR))
        return [self._told(name, parsed(note, Account.decoded)) for name, note in sorted(accounts.items())]

    def is_anybody(self) -> bool:
        return bool(self._ledger.database.read(lambda database: notes_after(database, notes.ADMINISTRATOR)))

    def add(self, name: str, password: str) -> bytes | None:
        """The secret of the second factor, which is told this once; None if there is an administrator of this name.

        Names that differ in upper and lower case only are the same: people could not tell them apart in the list and the trail.
        """
        return self._write(name, password, AdministrativeAct.ADMINISTRATOR_ADDED, is_known=False)

    def reset(self, name: str, password: str) -> bytes | None:
        """A new password and a new second factor; sessions end, and tries are forgotten. None if there is no such administrator."""
        return self._write(name, password, AdministrativeAct.ADMINISTRATOR_RESET, is_known=True)

    def drop(self, name: str) -> bool:
        """False if there is no such administrator."""
        with self._ledger.acting() as audit:
            database = self._ledger.database.database
            if read_note(database, notes.ADMINISTRATOR + name) is None:
                return False
            drop_note(database, notes.ADMINISTRATOR + name)
            end_sessions_of(database, name)
            audit(server_act(self._clock(), AdministrativeAct.ADMINISTRATOR_REMOVED, name))
        return True

    def _write(self, name: str, password: str, act: AdministrativeAct, *, is_known: bool) -> bytes | None:
        if not is_administrator_name(name):
            raise ValueError("not a name")
        proofs, now = Proofs(PasswordHash.of(password, self._cost), fresh_totp_secret()), self._clock()
        with self._ledger.acting() as audit:
            database = self._ledger.database.database
            note = read_note(database, notes.ADMINISTRATOR + name)
            names = notes_after(database, notes.ADMINISTRATOR)
            if (note is None) if is_known else any(one.casefold() == name.casefold() for one in names):
                return None
            before = None if note is None else parsed(note, Account.decoded)
            account = Account(now if before is None else before.added, self._seal.sealed(name, proofs))
            if before is not None:
                account = replace(account, last_login=before.last_login)
            write_note(database, notes.ADMINISTRATOR + name, account.encoded())
            end_sessions_of(database, name)
            audit(server_act(now, act, name))
        return proofs.totp

    def _told(self, name: str, account: Account) -> Administrator:
        return Administrator(name, account.added, account.last_login, self._seal.opened(name, account.sealed) is not None)

    # --- sessions ---------------------------------------------------------------------------------------------------

    def log_in(self, asked: Asked) -> LoggedIn | NotLoggedIn:
        """Takes a third of a second of computing, whoever asks."""
        before = self._account(asked.name)
        proofs = None if before is None else self._seal.opened(asked.name, before.sealed)
        if before is None or proofs is None:
            if before is not None:
                _log.warning("an administrator's account is not of this site key: kiosk registry admin reset")
            return self._refused_as_a_stranger(asked)
        if seconds := self._pause(before, asked):
            return NotLoggedIn(Refusal.PAUSED, seconds)
        is_password = proofs.password.fits(asked.password[: LONGEST + 1])
        with self._ledger.acting() as audit:
            # Once more, under the lock: tries at the same time wait for each other, and no code is taken twice.
            account = self._account(asked.name)
            if account is None or account.sealed != before.sealed:
                return NotLoggedIn(Refusal.WRONG)
            if seconds := self._pause(account, asked):
                return NotLoggedIn(Refusal.PAUSED, seconds)
            now = self._clock()
            step = step_of(proofs.totp, asked.code, int(now.timestamp()), account.used_step)
            if step is None or not is_password:
                return self._refused(account, asked, audit, now)
            tries = account.tries.after_right(self._seal.address(asked.address))
            self._save(asked.name, replace(account, last_login=now, used_step=step, tries=tries))
            audit(replace(server_act(now, AdministrativeAct.STATUS_LOGIN), operator=asked.name))
            return LoggedIn(begin_session(self._ledger.database.database, asked.name, int(now.timestamp())))

    def session(self, secret: str) -> str | None:
        """Whose session this is, and that it was used; None if it has ended, or never was."""
        now, database = int(self._clock().timestamp()), self._ledger.database
        session = database.read(lambda opened: session_of(opened, secret, now))
        if session is None:
            return None
        if is_use_new(session, now):
            with database.writing() as opened:
                note_use(opened, secret, now)
        return session.administrator

    def log_out(self, secret: str) -> None:
        with self._ledger.database.writing() as database:
            end_session(database, secret)

    def form_proof(self, secret: str) -> str:
        """What a form holds to show that this server made it for whoever holds `secret` in a cookie."""
        return hmac.digest(self._forms, secret.encode("utf-8", "replace"), "sha256").hex()

    def _account(self, name: str) -> Account | None:
        if not is_administrator_name(name):
            return None
        note = self._ledger.database.read(lambda database: read_note(database, notes.ADMINISTRATOR + name))
        return None if note is None else parsed(note, Account.decoded)

    def _pause(self, account: Account, asked: Asked) -> int:
        return account.tries.pause(self._seal.address(asked.address), int(self._clock().timestamp()), is_here=asked.is_here)

    def _refused_as_a_stranger(self, asked: Asked) -> NotLoggedIn:
        name, address, now = self._seal.address(asked.name), self._seal.address(asked.address), int(self._clock().timestamp())
        if seconds := self._strangers.pause(name, address, now, is_here=asked.is_here):
            return NotLoggedIn(Refusal.PAUSED, seconds)
        self._nobody.fits(asked.password[: LONGEST + 1])
        self._strangers.note(name, address, now)
        return NotLoggedIn(Refusal.WRONG)

    def _refused(self, account: Account, asked: Asked, audit: Callable[[AuditedAct], None], now: datetime) -> NotLoggedIn:
        tries = account.tries.after_wrong(self._seal.address(asked.address), int(now.timestamp()))
        self._save(asked.name, replace(account, tries=tries))
        count, _ = tries.addresses[self._seal.address(asked.address)]
        if count == FREE:
            # One row each time a series of tries is stopped: whoever guesses on shall not fill the trail.
            audit(replace(server_act(now, AdministrativeAct.STATUS_LOGIN_REFUSED), operator=asked.name))
            _log.warning("wrong tries to log in to the status page: administrator %s", asked.name)
        return NotLoggedIn(Refusal.WRONG)

    def _save(self, name: str, account: Account) -> None:
        write_note(self._ledger.database.database, notes.ADMINISTRATOR + name, account.encoded())
