"""A hundred programs that misbehave change nothing for the counter, nor for a client that behaves."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from kiosk.domain.health import Finding
from tests.support import ROOT
from tests.support.local_api.asking import opened, told
from tests.support.local_api.counter import NUMBER, PAGE, CounterWithApi

SECONDS, TURNS = 5, 10
SOON = 2.0
"""Seconds in which a client is told, on a machine that is busy with a hundred others."""
HANDED_OUT = {"card-verified": NUMBER.text, "patron-left": None}


@pytest.mark.timeout(60)
def test_a_hundred_that_misbehave_change_nothing(counter: CounterWithApi) -> None:
    command = [sys.executable, "-m", "tests.support.local_api.misbehaving", str(counter.port), PAGE, str(SECONDS)]
    crowd = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    heard, longest = [], 0.0
    with opened(counter.port, counter.page_token, PAGE) as page:
        for _ in range(TURNS):
            for say in (counter.serve, counter.leave):
                begun = time.monotonic()
                say()
                heard.append(told(page))
                longest = max(longest, time.monotonic() - begun)
        ended = json.loads(crowd.communicate(timeout=40)[0])
        # They have met nothing but refusals, and the client that behaves is still there.
        counter.serve()
        assert told(page)["number"] == NUMBER.text
    assert [(event["event"], event.get("number")) for event in heard] == [*HANDED_OUT.items()] * TURNS
    assert longest < SOON
    statuses = {way.rpartition(" ")[2] for way in ended}
    assert statuses <= {"400", "401", "403", "413", "421", "429", "101", "-"}
    assert counter.hand_outs() == [("page", NUMBER.masked)] * (TURNS + 1)
    assert counter.latest() in (None, Finding("local-api.on", {"port": counter.port, "count": 2}))
