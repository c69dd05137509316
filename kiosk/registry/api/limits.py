"""How much one asker may ask: size, rate and time.

The defaults admit what a counter does at its busiest (a first snapshot of millions of links, the operations of a day offline) and stop one
that has gone mad.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from kiosk.token_buckets import Rate

KIB = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    batch_bytes: int = 192 * KIB
    """Of a batch of operations: what 100 of the largest take. Busy counters send a quarter of that."""
    body_bytes: int = 16 * KIB
    """Of every other body."""
    head_seconds: float = 10.0
    """In which TLS has to be agreed on, and then the head of a request has to arrive."""
    body_seconds: float = 20.0
    """In which a body has to arrive."""
    request_seconds: float = 60.0
    """In which a request has to be answered and the answer taken, a wait for news included."""
    under_way: int = 8
    """Requests of one counter at a time. It makes two, and may have lost the connections of some more."""
    under_way_of_address: int = 100
    """Requests of one address at a time, on the routes that need no secret."""
    bodies: int = 32 * KIB * KIB
    """Bytes of all requests that are under way."""
    connections: int = 2000
    """Of one address at a time, perhaps of a whole library behind it: a counter has two."""
    counter: Rate = Rate(1200, 40.0)
    """Requests of one counter."""
    sent: Rate = Rate(4 * KIB * KIB, 256 * KIB)
    """Bytes in the bodies of one counter: 10,000 operations at once, and then some hundred a second."""
    stops: Rate = Rate(300, 1.0)
    """Operations of one counter that stop a card: what it did in a day offline at once, and then one a second. Whoever has got hold of a
    secret needs a day for the cards of a city, and is seen.
    """
    address: Rate = Rate(600, 10.0)
    """Of one address on the routes that need no secret, and of unknown secrets from there: perhaps of a whole library behind it. No secret
    hangs on it; the tries of a short code are counted where it is kept, and one for many cannot be guessed.
    """
    logins: Rate = Rate(30, 1 / 6)
    """Of one address to the status page: each costs a third of a second of computing. Wrong ones wait besides (status/tries.py)."""


DEFAULT = Limits()


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
