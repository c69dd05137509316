"""Writes all links to one file, for a library that leaves: sealed under the site key, which the recovery sheet holds, in a form that the
administrator's manual documents together with a program that reads it.

There is no serial number in it, since none is kept: whoever reads a card computes its token and finds the number.

    records  {"kiosk-export": 1, "library", "made", "count", "key-generation",
              "earlier-keys": [[generation, key], …], if there are} ·
             {"links": [[token, number, since], …]} … · {"end": how many}
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk.config import file_trouble
from kiosk.config.atomic_write import forget_pages, publish
from kiosk.config.file_access import open_regular
from kiosk.config.file_replacement import discard
from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.json_fields import time_text
from kiosk.domain.key_chain import Generations, generations_json
from kiosk.ledger.sealed_records import SealBroken, read_records, write_records
from kiosk.registry.backup.tables import PAGE, allow_pauses
from kiosk.registry.database import RegistryDatabase
from kiosk.registry.head_row import HeadTable
from kiosk.registry.rows import links_after

FORM = 1


@dataclass(frozen=True, slots=True)
class Exported:
    count: int
    """How many links are in the file."""
    head: int
    """How many there were to be: they differ if the ledger was altered behind the program."""


def export(database: RegistryDatabase, site_key: bytes, path: Path, now: datetime, earlier: Generations = ()) -> Exported:
    """Write a new file (mode 0600), also while the server works, and read it back. `earlier`: the site keys before `site_key`.

    Raises Unavailable: file-unusable (`place`, `reason`: a `FileTrouble`), the store's codes for the database. Then there is no file.
    """
    # Another export may be under way to the same name.
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    with _onto(path):
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            # Closed, so that the snapshot ends with the attempt and not with the exception's traceback.
            with open(handle, "wb") as file, closing(_records(database, now, earlier)) as records:
                write_records(file, site_key, records)
            forget_pages(temporary)
            exported = _read_back(temporary, site_key)
            publish(temporary, path)
        finally:
            discard(temporary)
    return exported


def _records(database: RegistryDatabase, now: datetime, earlier: Generations) -> Generator[bytes]:
    with database.reading() as snapshot:
        allow_pauses(snapshot)
        heads = HeadTable()
        row = heads.read(snapshot)
        head = {
            "kiosk-export": FORM,
            "library": heads.library(snapshot),
            "made": time_text(now),
            "count": row.links.count,
            "key-generation": row.key_generation,
            **({"earlier-keys": generations_json(earlier)} if earlier else {}),
        }
        yield json.dumps(head).encode()
        count, after = 0, b""
        while page := links_after(snapshot, after, PAGE):
            told = [(placed.link.token.digest.hex(), placed.link.number.text, time_text(placed.link.since)) for placed in page]
            yield json.dumps({"links": told}).encode()
            count, after = count + len(page), page[-1].link.token.digest
        yield json.dumps({"end": count}).encode()


def _read_back(path: Path, site_key: bytes) -> Exported:
    """Raises OSError, for a disk that does not give back what was written."""
    count, head, last = 0, 0, dict[str, object]()
    try:
        with open_regular(path) as file:
            for record in read_records(file, site_key):
                last = json.loads(record)
                found, told = last.get("links"), last.get("count")
                head = told if isinstance(told, int) else head
                count += len(found) if isinstance(found, list) else 0
    except (SealBroken, ValueError) as error:
        raise OSError(errno.EIO, "not as it was written") from error
    if last != {"end": count}:
        raise OSError(errno.EIO, "not as it was written")
    return Exported(count, head)


@contextmanager
def _onto(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(Code.FILE_UNUSABLE, place=str(path), reason=file_trouble(error, path).value) from error
