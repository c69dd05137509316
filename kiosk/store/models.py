"""The tables as peewee models. Only migrations.py creates them.

Not bound to a database: queries are executed on a given one, so that several stores can be open in one process.
"""

from __future__ import annotations

from peewee import AutoField, BlobField, CompositeKey, IntegerField, Model, TextField

from kiosk.ledger.models import AuditRow, MetaRow


class LinkRow(Model):
    """An open link. Closing deletes its row (overwritten: secure_delete); the audit row remains."""

    token = BlobField(primary_key=True)
    number = TextField(unique=True)
    since = TextField()
    counter = TextField()
    operation = TextField()
    """UUID of the operation that opened it, and of its outbox entry until the registry has confirmed it."""

    class Meta:
        table_name = "link"
        without_rowid = True


class OutboxRow(Model):
    """Operations not yet sent to, or confirmed by, the registry. Sent in the order of `place`."""

    place = AutoField()
    uuid = TextField(unique=True)
    kind = TextField()
    body = TextField()
    created = TextField()
    tries = IntegerField()

    class Meta:
        table_name = "outbox"


class TallyRow(Model):
    """Number of acts per month (Japanese time)."""

    month = TextField()
    act = TextField()
    count = IntegerField()

    class Meta:
        table_name = "tally"
        primary_key = CompositeKey("month", "act")
        without_rowid = True


TABLES: tuple[type[Model], ...] = (LinkRow, OutboxRow, AuditRow, MetaRow, TallyRow)
