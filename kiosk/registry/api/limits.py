"""How much one asker may ask: size, rate and time.

The defaults admit what a counter does at its busiest (a first snapshot of millions of links, the operations of a day offline) and stop one
that has gone mad.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

KIB = 1024
_OTHERS = "others"
_TIDY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests at once, and afterwards so many a second."""

    burst: int
    per_second: float


@dataclass(frozen=True, slots=True)
class Limits:
    batch_bytes: int = 512 * KIB
    """Of a batch of operations: twice what 100 of the largest take."""
    body_bytes: int = 16 * KIB
    """Of every other body."""
    head_seconds: float = 10.0
    """In which TLS has to be agreed on, and then the head of a request has to arrive."""
    body_seconds: float = 20.0
    """In which a body has to arrive."""
    request_seconds: float = 60.0
    """In which a request has to be answered and the answer taken, a wait for news included."""
    connections: int = 1000
    """Of one address at a time, perhaps of a whole library behind it: a counter has two."""
    counter: Rate = Rate(1200, 40.0)
    """Of one counter."""
    address: Rate = Rate(600, 10.0)
    """Of one address on the routes that need no secret, and of unknown secrets from there: perhaps of a whole library behind it. No secret
    hangs on it; the tries of a code are counted where it is kept.
    """


DEFAULT = Limits()


class Buckets:
    """Token buckets by key. In doubt the answer is no: whoever is new while too many keys are in use shares one bucket. Thread-safe."""

    def __init__(self, rate: Rate, monotonic: Callable[[], float] = time.monotonic, most: int = 10_000) -> None:
        self._rate, self._monotonic, self._most = rate, monotonic, most
        self._lock = threading.Lock()
        self._used: dict[str, tuple[float, float]] = {}
        """What is left, and when that was."""
        self._tidied = monotonic() - _TIDY_SECONDS

    def take(self, key: str) -> float:
        """Take one. Returns 0 if there was one, else the seconds until there will be."""
        with self._lock:
            now = self._monotonic()
            if key not in self._used and len(self._used) >= self._most:
                self._forget_the_full(now)
                if len(self._used) >= self._most:
                    key = _OTHERS
            left = self._left(*self._used.get(key, (self._rate.burst, now)), now)
            if left < 1:
                return (1 - left) / self._rate.per_second
            self._used[key] = left - 1, now
            return 0.0

    def _left(self, left: float, since: float, now: float) -> float:
        return min(self._rate.burst, left + (now - since) * self._rate.per_second)

    def _forget_the_full(self, now: float) -> None:
        if now - self._tidied < _TIDY_SECONDS:
            return
        self._tidied = now
        self._used = {key: used for key, used in self._used.items() if self._left(*used, now) < self._rate.burst}


def address_key(host: str) -> str:
    """Under which an address is counted: of IPv6 its network (/64), since one computer has any number of addresses in it."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
