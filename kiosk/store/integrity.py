"""Tracks whether the open store continues the one last seen: compares it with its anchor and renews the anchor after each act.

A doubt is written into the store and persists until staff confirm it. Until then the anchor is not renewed, so that the evidence is
preserved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock

from peewee import PeeweeException
from sqlcipher3 import dbapi2 as sqlcipher

from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.domain.states import Problem
from kiosk.ledger.audit import AuditTrail
from kiosk.ledger.notes import drop_note, parsed, read_note, write_note
from kiosk.store.anchor import Anchor, AnchorFile
from kiosk.store.cipher import CipherDatabase
from kiosk.store.continuity import compared, present_end
from kiosk.store.examination import accept
from kiosk.store.link_digest import LinkDigest
from kiosk.store.link_ledger import LinkLedger
from kiosk.store.metadata import ANCHORED, DOUBT, IDENTITY
from kiosk.store.monthly_counts import Figures


@dataclass(frozen=True, slots=True)
class End:
    """The state of the store after an act."""

    order: int
    """Increases with each act; threads may call `follow` out of order."""
    anchor: Anchor
    doubt: Problem | None
    is_accepted: bool
    """Whether this act accepted a doubt."""


class Integrity:
    """The standing of one open store. Methods run within a transaction unless stated otherwise."""

    def __init__(
        self, database: CipherDatabase, trail: AuditTrail, digest: LinkDigest, anchor: AnchorFile | None, known: str | None = None
    ) -> None:
        """`known`: the identity of the anchored store, as recorded with the keys; empty or None if there was none."""
        self._database, self._trail, self._digest, self._file, self._known = database, trail, digest, anchor, known
        self._guard = Lock()
        self._last: Anchor | None = None
        self._is_laid = False
        self._acts = self._followed = 0
        self._accepts = False
        self._overruled: Anchor | Problem | None = None
        """The anchor (or its problem) that staff have overruled but that could not be replaced yet."""
        self.doubt: Problem | None = None
        """The problem that staff have to confirm before cards are served."""
        self.is_anchored = True
        """False if the last anchor could not be written."""
        self.rows_ahead = 0
        """By how many audit rows the store is ahead of its anchor, as after a crash."""

    def load_anchor(self) -> Anchor | Problem | None:
        """Load the anchor; call before the transaction begins, since other processes write theirs after the commit."""
        try:
            return None if self._file is None else self._file.load()
        except KioskError as error:
            return Problem(error.code)

    def look(self, kept: Anchor | Problem | None) -> bool:
        """Compare with the anchor; return True if nothing has to be written."""
        if self._digest.kept() is None and not self._lacks_digest(kept):
            return False
        present = self._last = present_end(self._database, self._digest)
        self.doubt = known = read_doubt(self._database)
        if known is None and self._file is not None:
            self.doubt = self._found(kept)
        self._is_laid = isinstance(kept, Anchor)
        self.rows_ahead = max(0, present.rows - kept.rows) if self.doubt is None and isinstance(kept, Anchor) else 0
        return not self.rows_ahead and self.doubt == known and (self._is_laid or self._file is None or self.doubt is not None)

    def begin(self, kept: Anchor | Problem | None) -> None:
        """Compare as `look` does, in a write transaction, and record the outcome."""
        if self._digest.kept() is None and not self._lacks_digest(kept):
            self._digest.begin()
        self.look(kept)
        if self.doubt is not None:
            write_doubt(self._database, self.doubt)

    def begin_act(self) -> None:
        """Start an act. Raises Unavailable: store-replaced, if the store does not contain the last act made here."""
        last = self._last
        self._accepts = False
        if self.doubt is not None:
            self.doubt_it(self.doubt)  # found when it could not be written
        if self.doubt is None and last is not None and self._trail.hash_at(last.rows) != bytes.fromhex(last.head):
            raise Unavailable(Code.STORE_REPLACED)

    def end_of_act(self) -> End:
        """Finish an act; pass the result to `follow` after the commit."""
        if self._is_laid and read_note(self._database, ANCHORED) is None:
            write_note(self._database, ANCHORED, "1")
        self._acts += 1
        return End(self._acts, present_end(self._database, self._digest), read_doubt(self._database), self._accepts)

    def follow(self, end: End) -> None:
        """Write the anchor, after the commit. If that fails, the act stands and the next one retries.

        An older end from a slower thread is ignored. Only acceptance clears a doubt, which may have been found since this act began.
        """
        with self._guard:
            if end.order < self._followed:
                return
            self._followed, self._last = end.order, end.anchor
            self.doubt = end.doubt or (None if end.is_accepted else self.doubt)
            if self._file is None or self.doubt is not None:
                return
            kept = self.load_anchor()
            if end.is_accepted:
                self._overruled = kept
            elif isinstance(kept, Anchor) and kept != self._overruled:
                self.is_anchored = self._goes_on_from(kept)
                if not self.is_anchored or _extent(kept) >= _extent(end.anchor):  # another process was faster
                    return
            self._lay(self._file, end.anchor)
            if self.is_anchored:
                self._overruled = None

    def last_ends(self) -> tuple[Anchor, ...]:
        """The states from which the store must have continued: the last act of this program, and the anchor."""
        # The anchor of a doubted store belongs to another store.
        kept = self.load_anchor() if self.doubt is None else None
        return tuple(end for end in (self._last, kept) if isinstance(end, Anchor) and end != self._overruled)

    def mark(self) -> None:
        """Mark the anchor after a foreign write, so that the next start doubts the store whatever it finds."""
        with self._guard:
            if self._file is not None and self._last is not None and self.doubt is None:
                self._lay(self._file, replace(self._last, sound=False))

    def _goes_on_from(self, kept: Anchor) -> bool:
        """Whether the store continues from `kept`; if not, it is put in doubt, since an anchor never goes back."""
        try:
            with self._database.atomic("DEFERRED"):
                self.doubt = compared(kept, self._database, self._digest, chain_holds=True)
        except (PeeweeException, sqlcipher.Error, Unavailable):  # the act is committed anyway
            return False
        return self.doubt is None

    def _lay(self, file: AnchorFile, anchor: Anchor) -> None:
        try:
            file.save(anchor)
            self._is_laid = self.is_anchored = True
        except KioskError:
            self.is_anchored = False

    def find(self, problem: Problem) -> None:
        """Put the store in doubt at once, outside any transaction: writing may be impossible. The first problem found takes precedence."""
        with self._guard:
            self.doubt = self.doubt or problem

    def doubt_it(self, problem: Problem) -> None:
        """Write the doubt into the store. The first problem found takes precedence."""
        if read_doubt(self._database) is None:
            write_doubt(self._database, problem)

    def settle(self, found: Code) -> Problem | None:
        """Accept the store as it is, if `found` is what is doubted; return the doubt. The caller has to add the audit row next."""
        doubt = read_doubt(self._database)
        if doubt is None or doubt.code is not found:
            return None
        self._accepts = True
        drop_note(self._database, DOUBT)
        self._trail.go_on()
        ledger = LinkLedger(self._database, self._digest)
        if not self._digest.numbers_agree():
            ledger.number_anew()
        self._digest.begin()
        ledger.take_as_it_is()
        Figures(self._database).recount()
        accept(self._database, self._digest, self._trail.head().rows + 1)
        return doubt

    def _found(self, kept: Anchor | Problem | None) -> Problem | None:
        if isinstance(kept, Problem):
            return kept
        if kept is not None:
            found = compared(kept, self._database, self._digest)
        elif self._known and self._known != read_note(self._database, IDENTITY):
            found = Problem(Code.STORE_FORKED)
        elif self._known or read_note(self._database, ANCHORED) is not None:
            found = Problem(Code.STORE_UNANCHORED)
        else:
            found = None
        altered = self._lacks_digest(kept) or not LinkLedger(self._database, self._digest).seal.holds()
        return found or (Problem(Code.LINKS_ALTERED) if altered else None)

    def _lacks_digest(self, kept: Anchor | Problem | None) -> bool:
        """Whether a digest that once existed is gone. A store of an earlier version has neither digest nor anchor."""
        was_anchored = kept is not None or bool(self._known) or read_note(self._database, ANCHORED) is not None
        return self._digest.kept() is None and was_anchored


def _extent(anchor: Anchor) -> tuple[int, int, int]:
    return anchor.rows, anchor.epoch, anchor.cursor


def read_doubt(database: CipherDatabase) -> Problem | None:
    note = read_note(database, DOUBT)
    return None if note is None else parsed(note, _doubt)


def _doubt(note: str) -> Problem:
    code, *numbers = note.split()
    return Problem(Code(code), tuple((name, int(value)) for name, _, value in (number.partition("=") for number in numbers)))


def write_doubt(database: CipherDatabase, doubt: Problem) -> None:
    write_note(database, DOUBT, " ".join((doubt.code, *(f"{name}={value}" for name, value in doubt.params))))
