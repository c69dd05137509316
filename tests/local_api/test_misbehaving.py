"""A hundred programs that misbehave change nothing for the counter, nor for a client that behaves."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from kiosk.domain.health import Finding
from tests.support import ROOT
from tests.support.local_api.asking import opened, told
from tests.support.local_api.counter import NUMBER, PAGE, CounterWithApi

SECONDS, TURNS = 5, 10
HANDED_OUT = {"card-verified": NUMBER.text, "patron-left": None}


@pytest.mark.timeout(60)
def test_a_hundred_that_misbehave_change_nothing(counter: CounterWithApi) -> None:
    command = [sys.executable, "-m", "tests.support.local_api.misbehaving", str(counter.port), PAGE, str(SECONDS)]
    heard = []
    with (
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as crowd,
        opened(counter.port, counter.page_token, PAGE) as page,
    ):
        assert crowd.stdout is not None
        assert crowd.stdout.readline() == b"here\n"
        for _ in range(TURNS):
            for say in (counter.serve, counter.leave):
                say()
                heard.append(told(page))
        ended = json.loads(crowd.stdout.read())
        # They have met nothing but refusals, and the client that behaves is still there.
        counter.serve()
        assert told(page)["number"] == NUMBER.text
    assert [(event["event"], event.get("number")) for event in heard] == [*HANDED_OUT.items()] * TURNS
    assert len({way.partition(" ")[0] for way in ended}) == 10
    statuses = {way.rpartition(" ")[2] for way in ended}
    assert statuses <= {"400", "401", "403", "413", "421", "429", "101", "-"}
    assert counter.hand_outs() == [("page", NUMBER.masked)] * (TURNS + 1)
    assert counter.latest() in (None, Finding("local-api.on", {"port": counter.port, "count": 2}))
