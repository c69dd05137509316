"""The server's tables as peewee models, for queries of few rows. Only migrations.py creates them.

Not bound to a database: `Model.select().execute(database)`. The ledger's own tables (link, feed, stop, operation) are written with plain
SQL, a statement for all rows of a transaction.
"""

from __future__ import annotations

from enum import StrEnum, unique

from peewee import BlobField, BooleanField, IntegerField, Model, TextField

SERVER = "registry"
"""Who acted where no counter did: no counter is called so."""


@unique
class CounterState(StrEnum):
    ACTIVE = "active"
    RETIRING = "retiring"
    """Drains its outbox; registers nothing new."""
    RETIRED = "retired"
    REVOKED = "revoked"


class CounterRow(Model):
    """A counter that was enrolled. Written under the head's lock (`RegistryLedger.acting`)."""

    name = TextField(primary_key=True)
    secret = BlobField(null=True, unique=True)
    """SHA-256 of the counter's secret."""
    state = TextField()
    """A `CounterState`."""
    enrolled = TextField()
    """UTC, ISO 8601, whole seconds, as all times in text."""
    changed = TextField()
    """When its state last changed."""
    sequence = IntegerField(default=0)
    """The highest sequence seen of it. Written by the ledger."""
    key_generation = IntegerField(default=0)
    """Of the site key it was given."""
    enrolments = IntegerField(default=1)
    """How often this name was enrolled: which of two secrets came later does not depend on a clock."""

    class Meta:
        table_name = "counter"


class CounterSeenRow(Model):
    """The last contact of a counter: a table of its own, so that a row written at every contact does not drag the counters' index along."""

    name = TextField(primary_key=True)
    at = TextField()
    version = TextField()
    epoch = IntegerField()
    cursor = IntegerField()
    pending = IntegerField()
    differs = BooleanField()

    class Meta:
        table_name = "counter_seen"


class RevokedSecretRow(Model):
    """Of a computer that was revoked, and whose name another one has since: it is still to hear that it has to erase itself."""

    secret = BlobField(primary_key=True)
    """SHA-256, as `CounterRow.secret`."""
    name = TextField()
    """The counter's, by which it was revoked."""

    class Meta:
        table_name = "revoked_secret"


class EnrolmentCodeRow(Model):
    """A one-time code that enrols a counter of this name."""

    name = TextField(primary_key=True)
    """The counter's. A new code for it replaces the one before."""
    code = BlobField()
    """A hash of the code's secret bits."""
    until = TextField()
    tries = IntegerField(default=0)
    """Wrong ones so far."""
    secret = BlobField(null=True)
    """SHA-256 of the secret that a counter enrolled with by this code: only a repeat with the same one is answered."""

    class Meta:
        table_name = "enrolment_code"
