"""Many rows in one statement, in each kind of database: whatever is in them comes back as it was."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import Database, PostgresqlDatabase

from kiosk.ledger.bulk import BYTES, COUNT, TEXT, among, array_text, execute, insert
from kiosk.ledger.database import ask

META = {"name": TEXT, "value": TEXT}
# PostgreSQL holds no NUL, and neither holds half a character.
TEXTS = st.sampled_from(["", "NULL", "{}", '"', "\\", ",", "\\x00", "100 %", "窓口1", "𠮷", "\n\t ", "'", "?"]) | st.text(
    st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
)


@given(rows=st.dictionaries(TEXTS, TEXTS, max_size=8))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_texts_come_back_as_they_were(database: Database, rows: dict[str, str]) -> None:
    ask(database, "DELETE FROM meta")
    insert(database, "meta", META, list(rows.items()))
    assert dict(ask(database, "SELECT name, value FROM meta").fetchall()) == rows
    some, values = among(database, "name", TEXT, [*list(rows)[:3], "no such name"])
    found = execute(database, f"SELECT name FROM meta WHERE {some}", values).fetchall()  # noqa: S608
    assert {name for (name,) in found} == set(list(rows)[:3]) | ({"no such name"} & rows.keys())


@given(values=st.lists(st.none() | st.binary(max_size=40), max_size=6))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_and_missing_values_come_back_as_they_were(database: Database, values: list[bytes | None]) -> None:
    if isinstance(database, PostgresqlDatabase):
        (there,) = execute(database, f"SELECT %s::{BYTES}[]", [array_text(values)]).fetchone()
        assert there == values
        (there,) = execute(database, f"SELECT %s::{COUNT}[]", [array_text([-1, None, (1 << 63) - 1])]).fetchone()
        assert there == [-1, None, (1 << 63) - 1]


def test_thousands_of_rows(database: Database) -> None:
    rows = [(f"{number}", "x") for number in range(40_000)]
    insert(database, "meta", META, rows)
    insert(database, "meta", META, [])
    assert ask(database, "SELECT count(*) FROM meta WHERE value = 'x'").fetchone()[0] == 40_000
    nothing, values = among(database, "name", TEXT, [])
    assert execute(database, f"SELECT 1 FROM meta WHERE {nothing}", values).fetchall() == []  # noqa: S608
