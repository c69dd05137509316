"""The tables that every database with a trail has, as peewee models. Only migrations create them.

Not bound to a database: queries are executed on a given one, so that several can be open in one process.
"""

from __future__ import annotations

from peewee import AutoField, BlobField, CharField, Model, TextField


class AuditRow(Model):
    """One act. `number` is masked; no names, no titles. `hash` covers all other columns, and `previous` chains the rows."""

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
    """UUID of the operation, which makes repeats detectable."""
    previous = BlobField()
    hash = BlobField()

    class Meta:
        table_name = "audit"


class MetaRow(Model):
    """Key-value metadata of the database."""

    name = CharField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "meta"
