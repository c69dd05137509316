"""The process for HTTP as a thread of the test, with other limits and a counter that is played: it hands out one number to whoever asks."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from kiosk.domain.local_client import LocalClient
from kiosk.local_api.limits import Limits
from kiosk.local_api.pipe import Answer, Bug, Clients, FromCounter, FromProcess, Listening, Turn, Wanted, encode_from_counter
from kiosk.local_api.server import serve
from kiosk.token_buckets import Rate
from tests.support.wait import LIMIT

ANY = Rate(1_000_000, 1_000_000.0)
LIMITS = Limits(wait_seconds=0.2, client=ANY, strangers=ANY, preflights=ANY)


@contextmanager
def unhurried(port: int, clients: Sequence[LocalClient], number: str) -> Iterator[None]:
    """Meanwhile it listens, and somebody is served. Fails if it met a bug of ours."""
    heard, said = os.pipe()
    listens, bugs = threading.Event(), list[Bug]()

    def say(what: FromCounter) -> None:
        os.write(said, encode_from_counter(what))

    def hear(what: FromProcess) -> None:
        match what:
            case Listening():
                listens.set()
            case Wanted(asked):
                say(Answer(asked, number))
            case Bug():
                bugs.append(what)

    with os.fdopen(heard, "rb") as counter:
        thread = threading.Thread(target=serve, args=(port, counter, hear, LIMITS))
        thread.start()
        say(Clients(tuple(clients)))
        say(Turn(1, served=True))
        try:
            assert listens.wait(LIMIT)
            yield
        finally:
            os.close(said)
            thread.join(LIMIT)
    assert bugs == []
