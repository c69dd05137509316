"""Notes in each kind of database."""

from __future__ import annotations

import pytest
from peewee import Database

from kiosk.domain.errors import Code, Unavailable
from kiosk.ledger.notes import drop_note, notes_after, parsed, read_note, write_note


def test_a_note_is_there_until_it_is_dropped(database: Database) -> None:
    assert read_note(database, "some") is None
    write_note(database, "some", "one")
    write_note(database, "other", "100 % 窓口?")
    write_note(database, "some", "two")
    assert (read_note(database, "some"), read_note(database, "other")) == ("two", "100 % 窓口?")
    drop_note(database, "some")
    drop_note(database, "some")
    assert (read_note(database, "some"), read_note(database, "other")) == (None, "100 % 窓口?")


def test_notes_of_one_kind_are_told_by_the_rest_of_their_names(database: Database) -> None:
    for name in ("of 窓口1", "of %", "off", "o"):
        write_note(database, name, name.upper())
    assert notes_after(database, "of ") == {"窓口1": "OF 窓口1", "%": "OF %"}


def test_notes_are_part_of_the_transaction(database: Database) -> None:
    write_note(database, "some", "one")
    with database.atomic() as transaction:
        write_note(database, "some", "two")
        drop_note(database, "other")
        transaction.rollback()
    assert read_note(database, "some") == "one"


@pytest.mark.parametrize("note", ["", "many", "1" * 5000])
def test_a_note_that_nobody_wrote_is_damage(note: str) -> None:
    assert parsed("12", int) == 12
    with pytest.raises(Unavailable) as trouble:
        parsed(note, int)
    assert trouble.value.code is Code.STORE_DAMAGED
