"""A ledger of the library's server in a file, with a clock to set, that enrols counters."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.domain.errors import Code, Refused
from kiosk.registry.counters import Counters
from kiosk.registry.database import open_database, open_sqlite
from kiosk.registry.enrolment import Enrolment
from kiosk.registry.ledger import RegistryLedger
from kiosk.registry.site_key import SiteKey

CERTIFICATE = b"the authority's certificate"
SITE_KEY = SiteKey(bytes(range(32)), "0" * 32)


class EnrollingServer:
    """`ledger`, `enrolment` and `counters` over one database; `now` is what its clock says."""

    def __init__(self, path: Path, url: str = "") -> None:
        """`url`: of an empty database of PostgreSQL, instead of a file."""
        self.path, self.now = path, datetime(2026, 11, 29, 9, tzinfo=UTC)
        database = open_database(url) if url else open_sqlite(path)
        RegistryLedger.found(database, SITE_KEY.key, SITE_KEY.library, self.now)
        self.ledger = RegistryLedger(database, SITE_KEY.key, clock=lambda: self.now)
        self.enrolment = Enrolment(self.ledger, SITE_KEY, lambda: self.now)
        self.counters = Counters(self.ledger, lambda: self.now)

    def open(self, name: str = "中央1", *, again: bool = False) -> str:
        """The part of a new code that is sent."""
        return self.enrolment.open(name, CERTIFICATE, again=again).secret

    def refusal(self, code: str, secret: str) -> str:
        """Why a try was refused."""
        with pytest.raises(Refused) as refused:
            self.enrolment.enrol(code, secret)
        assert refused.value.code is Code.ENROLMENT_CODE_REFUSED
        return str(refused.value.params["reason"])

    def everything(self) -> bytes:
        """All that the database holds."""
        with closing(sqlite3.connect(self.path)) as connection:
            return "\n".join(connection.iterdump()).encode() + self.path.read_bytes()
