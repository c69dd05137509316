"""A standby in the place of the primary lags and takes nothing: nobody connects to it, and whoever waits goes on after its promotion."""

from __future__ import annotations

import pytest

from kiosk.domain.errors import Code
from kiosk.registry.database import open_database
from tests.registry.test_database import trouble
from tests.support.ledger.registry_ledgers import TrialLedger
from tests.support.postgres.cluster import PostgresCluster

pytestmark = pytest.mark.linux("PostgreSQL")


def test_it_is_told_from_a_primary_and_used_once_it_is_one() -> None:
    with PostgresCluster() as cluster:
        url = cluster.create_database()
        database = open_database(url)
        trial = TrialLedger(database)
        counter = trial.counter("窓口1")
        trial.tell(counter.link(1, 1001))
        database.close()
        cluster.keep()
        cluster.become_standby()
        for asks in (trial.links, lambda: trial.tell(counter.link(2, 1002)), lambda: open_database(url, create=False)):
            raised = trouble(asks)
            assert raised.code is Code.DATABASE_UNREACHABLE
            assert "hot standby" in str(raised.params["said"])
        cluster.promote()
        assert trial.tell(counter.link(2, 1002)) == [2]
        assert trial.links() == {1: 1001, 2: 1002}
        database.close()
