"""What lies in the store, table by table, as peewee sees it. The tables are made by migrations.py alone.

Bound to no database: every query is executed on the one it is given, so that stores of several counters can be open in one process.
"""

from __future__ import annotations

from peewee import AutoField, BlobField, CharField, CompositeKey, IntegerField, Model, TextField


class LinkRow(Model):
    """An open link. When it is closed its row is deleted (and overwritten: secure_delete); what remains is the audit row."""

    token = BlobField(primary_key=True)
    number = TextField(unique=True)
    since = TextField()
    counter = TextField()
    operation = TextField()
    """UUID of the operation that opened it, and of its outbox entry while the library's server has not confirmed."""

    class Meta:
        table_name = "link"
        without_rowid = True


class OutboxRow(Model):
    """What the library's server has not been told, or has not confirmed. Entries leave in the order of `place`."""

    place = AutoField()
    uuid = TextField(unique=True)
    kind = TextField()
    body = TextField()
    created = TextField()
    tries = IntegerField()

    class Meta:
        table_name = "outbox"


class AuditRow(Model):
    """One act. `number` is masked; no name, no title. `hash` covers all other columns, so `previous` chains the rows."""

    place = AutoField()
    at = TextField(index=True)
    counter = TextField()
    operator = TextField(null=True)
    act = TextField()
    result = TextField()
    reason = TextField(null=True)
    checked = TextField()
    number = TextField(null=True)
    operation = TextField(null=True, unique=True)
    """UUID of the operation, so that a repeated one is known."""
    previous = BlobField()
    hash = BlobField()

    class Meta:
        table_name = "audit"


class MetaRow(Model):
    """Single facts about the store."""

    name = CharField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "meta"
        without_rowid = True


class TallyRow(Model):
    """How often an act was done in a month of Japan's."""

    month = TextField()
    act = TextField()
    count = IntegerField()

    class Meta:
        table_name = "tally"
        primary_key = CompositeKey("month", "act")
        without_rowid = True


TABLES: tuple[type[Model], ...] = (LinkRow, OutboxRow, AuditRow, MetaRow, TallyRow)
