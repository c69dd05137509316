"""The tables as peewee models. Only migrations.py creates them.

Not bound to a database: queries are executed on a given one, so that several stores can be open in one process.
"""

from __future__ import annotations

from peewee import AutoField, BlobField, CompositeKey, IntegerField, Model, TextField

from kiosk.ledger.models import AuditRow, MetaRow


class LinkRow(Model):
    """An open link, as the feed brought it. Closing deletes its row (overwritten: secure_delete); the audit row remains."""

    token = BlobField(primary_key=True)
    number = TextField()
    since = TextField()
    counter = TextField()
    operation = TextField()
    """UUID of the operation that opened it."""
    position = IntegerField()
    """The cursor at which it was opened."""

    class Meta:
        table_name = "link"
        without_rowid = True


class LinkNumberRow(Model):
    """Which token a number is linked with: an index of `link`, kept as a table so that it can be written in its own order."""

    number = TextField(primary_key=True)
    token = BlobField()

    class Meta:
        table_name = "link_number"
        without_rowid = True


class StagedLinkRow(LinkRow):
    """A link of a snapshot that is being taken over, or one that a swap or a discarded snapshot has left to be erased."""

    class Meta:
        table_name = "staged_link"
        without_rowid = True


class StagedLinkNumberRow(LinkNumberRow):
    """As `LinkNumberRow`."""

    class Meta:
        table_name = "staged_link_number"
        without_rowid = True


class OperationRow(Model):
    """An operation of this counter that is not gone yet. Always empty on a counter that is alone."""

    uuid = TextField(primary_key=True)
    sequence = IntegerField(unique=True)
    body = BlobField()
    """Canonical encoding (`domain/wire.py`)."""
    state = TextField()
    """pending, accepted or refused."""
    epoch = IntegerField(null=True)
    cursor = IntegerField(null=True)
    """Where it was accepted."""
    code = TextField(null=True)
    """Why it was refused."""

    class Meta:
        table_name = "operation"
        without_rowid = True


class OverlayRow(Model):
    """What the operations not applied yet change about the links. A row without a number hides the link of its token."""

    token = BlobField(primary_key=True)
    number = TextField(null=True, unique=True)
    since = TextField(null=True)
    counter = TextField(null=True)
    operation = TextField(null=True)

    class Meta:
        table_name = "overlay"
        without_rowid = True


class StopRow(Model):
    """That a token or a number was stopped; kept until the feed has passed it, and while an operation made before it is on its way."""

    place = AutoField()
    token = BlobField(null=True, index=True)
    number = TextField(null=True, index=True)
    cursor = IntegerField()
    counter = TextField()
    sequence = IntegerField()

    class Meta:
        table_name = "stop"


class TallyRow(Model):
    """Number of acts per month (Japanese time)."""

    month = TextField()
    act = TextField()
    count = IntegerField()

    class Meta:
        table_name = "tally"
        primary_key = CompositeKey("month", "act")
        without_rowid = True


TABLES: tuple[type[Model], ...] = (
    LinkRow,
    LinkNumberRow,
    StagedLinkRow,
    StagedLinkNumberRow,
    OperationRow,
    OverlayRow,
    StopRow,
    AuditRow,
    MetaRow,
    TallyRow,
)
