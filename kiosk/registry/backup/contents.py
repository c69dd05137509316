"""Whether what a backup says holds together: rows against their counts, links against their digest, the audit trail against its head."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kiosk.domain.decide import Epochs
from kiosk.ledger.audit import AUDIT_HEAD, FIRST_DIGEST, digest_of
from kiosk.ledger.bulk import Value
from kiosk.ledger.digest import LinkHash, LinkSum
from kiosk.registry.backup.document import End, KeptFile, Manifest, Page, Record
from kiosk.registry.backup.tables import TABLES
from kiosk.registry.head_row import COLUMNS, read_head
from kiosk.registry.row_sums import NO_ROWS, SUMMED, RowHash, RowSums


class Contradiction(Exception):
    """The records contradict each other: what was backed up had been changed behind the program."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a whole and consistent backup holds."""

    manifest: Manifest
    counters: tuple[tuple[str, str], ...]
    """Name and state of each, in the order of their names."""
    rows: int
    """Of all tables."""
    files: tuple[KeptFile, ...] = ()


@dataclass(slots=True)
class _Reading:
    links: LinkHash
    hashes: RowHash
    counts: dict[str, int] = field(default_factory=lambda: {table.name: 0 for table in TABLES})
    total: LinkSum = field(default_factory=LinkSum)
    sums: RowSums = NO_ROWS
    head: tuple[Value, ...] = ()
    cuts: list[tuple[Value, ...]] = field(default_factory=list)
    audit_rows: int = 0
    audit_digest: bytes = FIRST_DIGEST
    audit_head: str = f"0 {FIRST_DIGEST.hex()}"
    counters: list[tuple[str, str]] = field(default_factory=list)

    def take(self, page: Page) -> None:
        if page.table not in self.counts:
            raise Contradiction(f"a table {page.table}")
        self.counts[page.table] += len(page.rows)
        if page.table in SUMMED:
            self.sums = self.sums.and_then(page.table, self.hashes.of(page.table, page.rows))
        match page.table:
            case "head":
                (self.head,) = page.of(*COLUMNS)
            case "epoch":
                self.cuts += page.of("number", "cut")
            case "counter":
                self.counters += [(str(name), str(state)) for name, state in page.of("name", "state")]
            case "meta":
                self.audit_head = next((str(value) for name, value in page.of("name", "value") if name == AUDIT_HEAD), self.audit_head)
            case "link":
                self._add_links(page)
            case "audit":
                self._follow(page)

    def _add_links(self, page: Page) -> None:
        count, total = self.total.count, self.total.total
        for token, number, position in page.of("token", "number", "position"):
            count += 1
            total += self.links.of(token, number, position)  # type: ignore[arg-type]  # what is no link counts as 0
        self.total = LinkSum(count, total % (1 << 256))

    def _follow(self, page: Page) -> None:
        for *values, previous, digest in page.rows:
            self.audit_rows += 1
            whole = values[0] == self.audit_rows and previous == self.audit_digest
            if not whole or digest != digest_of(tuple(values), self.audit_digest):
                raise Contradiction(f"row {self.audit_rows} of the audit trail")
            self.audit_digest = digest

    def contradictions(self, manifest: Manifest, end: End) -> list[str]:
        """Everything that does not hold together, in words for the log."""
        epochs = Epochs(manifest.epochs.current, tuple(self.cuts))  # type: ignore[arg-type]  # what is no cut is not sealed
        head = read_head(self.head, epochs, self.hashes)
        claims = {
            "rows": self.counts == dict(end.rows),
            "links": self.total.count == manifest.links and self.links.seal(self.total).hex() == manifest.digest,
            "the sum of the links": self.total == head.links,
            "the end of the audit trail": self.audit_head == head.trail.encoded() == f"{self.audit_rows} {self.audit_digest.hex()}",
            "the head": head.is_sealed and self.head[0] == manifest.epochs.current,
            **{f"the rows of {table}": self.sums.totals[table] == head.sums.totals[table] for table in SUMMED},
        }
        return [claim for claim, holds in claims.items() if not holds]


def checked(records: Iterable[Record], site_key: bytes) -> Contents:
    """Read all records. Raises Contradiction; whatever `records` raises."""
    reading = _Reading(LinkHash(site_key), RowHash(site_key))
    manifest: Manifest | None = None
    end: End | None = None
    files: list[KeptFile] = []
    for record in records:
        if (manifest is None) is not isinstance(record, Manifest) or end is not None:
            raise Contradiction("records in another order")
        match record:
            case Manifest():
                manifest = record
            case KeptFile():
                files.append(record)
            case Page():
                reading.take(record)
            case End():  # pragma: no branch
                end = record
    if manifest is None or end is None:
        raise Contradiction("no end")
    if found := reading.contradictions(manifest, end):
        raise Contradiction(", ".join(found))
    return Contents(manifest, tuple(reading.counters), sum(end.rows.values()), tuple(files))
