"""The tables of a snapshot that is being taken over, and the note that says how far.

Links are written in the order of their tokens and afterwards their numbers in the order of numbers, so that no page of the file is written
twice: two million in the order of the one, with an index of the other, took five times as long, and locked others out for 0.26 s at a time.
What a discarded staging or a swap leaves in these tables is erased in the same two orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kiosk.domain.decide import Closed, Opened
from kiosk.domain.feed import FeedEntry, PlacedLink
from kiosk.domain.model import LinkToken
from kiosk.domain.wire import Position
from kiosk.ledger.digest import LinkSum
from kiosk.ledger.notes import drop_note, parsed, read_note, write_note
from kiosk.store.cipher import CipherDatabase
from kiosk.store.link_digest import LinkDigest
from kiosk.store.links import LinkTable, LinkValues
from kiosk.store.metadata import STAGING

SORTED, SAMPLE = 400_000, 4000
"""Numbers sorted at once, which takes 35 MB, and how many of them tell where they lie."""
Numbered = bytes
"""A number, a zero, and its token (32 bytes): sorted as they are, and a third of the memory of tuples."""
_SWAP = tuple(
    f"ALTER TABLE {one} RENAME TO {other}"
    for table in ("link", "link_number")
    for one, other in ((table, f"old_{table}"), (f"staged_{table}", table), (f"old_{table}", f"staged_{table}"))
)
_NONE = LinkSum()
_KEYS = {"staged_link": "token", "staged_link_number": "number"}


@dataclass(frozen=True, slots=True)
class Progress:
    """The note. A store without it has no staging, only rows to be erased."""

    epoch: int
    begun: int
    """Cursor of the first page."""
    reached: int
    links: LinkSum = _NONE
    after: bytes | None = None
    """The last token staged."""
    is_loaded: bool = False
    numbered: str | None = ""
    """The last number in the second table; None once all are there."""
    generation: int = 0
    """Of the site key that the staged tokens are under."""

    def encoded(self) -> str:
        after, numbered = "-" if self.after is None else self.after.hex(), "-" if self.numbered is None else f"={self.numbered}"
        told = f"{self.epoch}:{self.generation} {self.begun} {self.reached} {int(self.is_loaded)} {after} {numbered}"
        return f"{told} {self.links.encoded()}"

    @classmethod
    def decoded(cls, note: str) -> Progress:
        epoch, begun, reached, loaded, after, numbered, links = note.split(" ", 6)
        token = None if after == "-" else bytes.fromhex(after)
        rest = None if numbered == "-" else numbered[1:]
        # An earlier version knew of one generation.
        number, _, generation = epoch.partition(":")
        return cls(int(number), int(begun), int(reached), LinkSum.decoded(links), token, loaded == "1", rest, int(generation or 0))


class Staging:
    """Every method runs within the caller's transaction."""

    def __init__(self, database: CipherDatabase, digest: LinkDigest) -> None:
        self._database, self._digest = database, digest
        self._links = LinkTable(database, "staged_")

    def progress(self) -> Progress | None:
        note = read_note(self._database, STAGING)
        return None if note is None else parsed(note, Progress.decoded)

    def digest(self, progress: Progress) -> LinkDigest:
        """Of the staged links."""
        return self._digest.of_generation(progress.generation)

    def begin(self, head: Position, generation: int) -> None:
        """Raises ValueError while rows of an earlier one are left."""
        if self.has_leavings():
            raise ValueError("an earlier staging is not erased yet")
        self._keep(Progress(head.epoch, head.cursor, head.cursor, generation=generation))

    def discard(self) -> None:
        drop_note(self._database, STAGING)

    def add(self, progress: Progress, rows: Sequence[LinkValues], summed: LinkSum, *, done: bool) -> None:
        """Add the next rows, in the order of their tokens. `summed`: the digest with them."""
        insert = "INSERT INTO staged_link (token, number, since, counter, operation, position) VALUES (?, ?, ?, ?, ?, ?)"
        self._database.ask_many(insert, rows)
        after = rows[-1][0] if rows else progress.after
        self._keep(replace(progress, links=summed, after=after, is_loaded=done))

    def unnumbered(self, progress: Progress) -> list[Numbered]:
        """The next links that are not in the second table, in the order of their numbers; all of one number together."""
        behind = progress.numbered or ""
        # Tokens are as good as random, so that the first of them are a sample.
        drawn = self._database.ask("SELECT number FROM staged_link ORDER BY token LIMIT ?", (SAMPLE,)).fetchall()
        later = sorted(number for (number,) in drawn if number > behind)
        step = 1 + len(drawn) * SORTED // max(1, progress.links.count)
        query, values = "SELECT number, token FROM staged_link WHERE number > ?", tuple([behind])
        if step < len(later):
            query, values = f"{query} AND number <= ?", (behind, later[step])
        # Sorted by the database: Python would hold its own lock for so long that the window stood still.
        rows = self._database.ask(f"{query} ORDER BY number, token", values)
        return [b"%s\0%s" % (number.encode(), token) for number, token in rows]

    def number(self, progress: Progress, rows: Sequence[Numbered]) -> None:
        """Write the numbers of whole groups; of none, at the end. A number that moved between two pages is in both: the later one holds."""
        tokens, digest = dict[str, bytes](), self.digest(progress)
        summed = progress.links
        for row in rows:
            number, token = row[:-33].decode(), row[-32:]
            if number in tokens:
                token, summed = self._later(token, tokens[number], summed, digest)
            tokens[number] = token
        self._database.ask_many("INSERT INTO staged_link_number (number, token) VALUES (?, ?)", tokens.items())
        self._keep(replace(progress, links=summed, numbered=rows[-1][:-33].decode() if rows else None))

    def _later(self, token: bytes, other: bytes, summed: LinkSum, digest: LinkDigest) -> tuple[bytes, LinkSum]:
        placed = [one for one in map(self._links.placed_of_token, (LinkToken(token), LinkToken(other))) if one is not None]
        earlier, later = sorted(placed, key=lambda one: one.cursor)
        self._database.ask("DELETE FROM staged_link WHERE token = ?", (earlier.link.token.digest,))
        return later.link.token.digest, digest.after(summed, (), [(earlier.link, earlier.cursor)])

    def replay(self, progress: Progress, entries: Iterable[FeedEntry]) -> None:
        """Apply the next entries where the pages do not hold something later. Raises ValueError for a gap."""
        reached, summed, digest = progress.reached, progress.links, self.digest(progress)
        for entry in entries:
            if entry.cursor != reached + 1:
                raise ValueError(f"entry {entry.cursor} does not follow {reached}")
            reached = entry.cursor
            for change in entry.changes:
                match change:
                    case Opened(link):
                        of_token, of_number = self._links.placed_of_token(link.token), self._links.placed_of_number(link.number)
                        in_the_way = {there.link.token: there for there in (of_token, of_number) if there is not None}
                        if any(there.cursor >= reached for there in in_the_way.values()):
                            continue
                        for there in in_the_way.values():
                            summed = self._close(summed, there, digest)
                        self._links.open(link, reached)
                        summed = digest.after(summed, [(link, reached)], ())
                    case Closed(token, number):
                        placed = self._links.placed_of_token(token)
                        if placed is not None and placed.link.number == number and placed.cursor < reached:
                            summed = self._close(summed, placed, digest)
        self._keep(replace(progress, reached=reached, links=summed))

    def _close(self, summed: LinkSum, placed: PlacedLink, digest: LinkDigest) -> LinkSum:
        self._links.close(placed.link)
        return digest.after(summed, (), [(placed.link, placed.cursor)])

    def swap(self, progress: Progress) -> None:
        """Give the staged links the place of the others, which are left to be erased."""
        for statement in _SWAP:
            self._database.ask(statement)
        self._digest.take_over(progress.links)
        self.discard()

    def has_leavings(self) -> bool:
        return self.progress() is None and any(self._database.ask(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in _KEYS)  # noqa: S608

    def erase(self, rows: int) -> None:
        """Erase so many rows of what a swap or a discarded staging has left."""
        for table, key in _KEYS.items():
            last = f"SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 OFFSET {rows - 1}"  # noqa: S608 - our own names
            bound = self._database.ask(last).fetchone()
            if bound is None:
                self._database.ask(f"DELETE FROM {table}")  # noqa: S608 - our own names
            else:
                self._database.ask(f"DELETE FROM {table} WHERE {key} <= ?", bound)  # noqa: S608 - our own names
                return

    def _keep(self, progress: Progress) -> None:
        write_note(self._database, STAGING, progress.encoded())
