"""A commit whose wait for the standby was cancelled: PostgreSQL tells it as done, and a failover would lose it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from kiosk.domain.errors import Code, Unavailable
from kiosk.domain.operations import AcceptedAt
from kiosk.registry.answers import Batch
from kiosk.registry.database import open_database
from kiosk.registry.writer import Writer
from tests.support.ledger.registry_ledgers import TrialLedger
from tests.support.postgres.cluster import PostgresCluster
from tests.support.wait import LIMIT, wait_until

pytestmark = pytest.mark.linux("PostgreSQL")


@contextmanager
def without_its_standby(cluster: PostgresCluster) -> Iterator[None]:
    """Each commit waits for a standby that is not there."""
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'away'")
        connection.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
            connection.execute("SELECT pg_reload_conf()")


def waiting(cluster: PostgresCluster) -> set[int]:
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'kiosk'")
        return {pid for (pid,) in found.fetchall()}


def cancel(cluster: PostgresCluster, before: set[int]) -> set[int]:
    """Whose commit waits, other than those before."""
    wait_until(lambda: waiting(cluster) - before, "a commit that waits for its standby", LIMIT)
    cancelled = waiting(cluster) - before
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        for pid in cancelled:
            connection.execute("SELECT pg_cancel_backend(%s)", (pid,))
    return cancelled


def test_it_is_not_answered_before_it_is_confirmed() -> None:
    with PostgresCluster() as cluster:
        url = cluster.create_database()
        database = open_database(url)
        ledger = TrialLedger(database)
        operation = ledger.counter("窓口1").link(1, 1001)
        writer = Writer(ledger.ledger)
        with without_its_standby(cluster):
            answer = writer.submit(Batch((operation,)))
            # The transaction, and its repetition.
            cancel(cluster, cancel(cluster, set()))
            with pytest.raises(Unavailable) as raised:
                answer.result(LIMIT)
        assert raised.value.code is Code.DATABASE_UNREACHABLE
        assert "synchronous replication" in str(raised.value.params["said"])
        again = writer.submit(Batch((operation,))).result(LIMIT)
        assert isinstance(again.answers[operation.origin.uuid], AcceptedAt)
        assert ledger.links() == {1: 1001}
        writer.close()
        database.close()
