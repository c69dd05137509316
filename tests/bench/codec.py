"""Benchmark of the codec for one exchange: encoding the request, framing and parsing the reply."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from kiosk.library.sip2 import Framer, Message, decode, encode
from tests.support.ils.recordings import EXCHANGES

ROUNDS = 200
LOANS = 200
"""Of a patron whose reply is longer than any recorded one."""


def exchanges() -> Iterator[tuple[Message, bytes]]:
    """All recorded ones that a server answered, and a patron with all loans listed."""
    answered = [(decode(exchange.request), exchange.reply) for exchange in EXCHANGES if exchange.reply is not None]
    yield from answered
    request, reply = next((request, decode(reply)) for request, reply in answered if reply.startswith(b"64"))
    loans = tuple(("AU", f"{39999000000000 + loan} 竹取物語 芸術新潮{loan}") for loan in range(LOANS))
    yield request, encode(Message(reply.kind, reply.fixed, reply.fields + loans), sequence=1)


def measure() -> tuple[float, int]:
    """Seconds for the exchange that takes longest, each by its median, and how many exchanges there were."""
    medians = []
    for request, reply in exchanges():
        times = []
        for round_ in range(ROUNDS):
            began = time.perf_counter()
            encode(request, sequence=round_ % 10)
            for line in Framer().feed(reply):
                decode(line)
            times.append(time.perf_counter() - began)
        medians.append(statistics.median(times))
    return max(medians), len(medians)
