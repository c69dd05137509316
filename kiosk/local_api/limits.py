"""How much others on this computer may ask: size, rate, time and number. The defaults admit a page that is reloaded in impatience."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.token_buckets import Rate

KIB = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    connections: int = 100
    """At a time. For one more, the oldest that has not shown a token is ended."""
    of_client: int = 6
    """Connections of one client that wait for events at a time."""
    head_seconds: float = 5.0
    """In which the head of a request has to arrive, and on a WebSocket then the token."""
    wait_seconds: float = 25.0
    """For which a request waits for an event: less than programs and proxies usually wait for an answer."""
    drained_bytes: int = 16 * KIB * KIB
    """Of a body, which no request has: read to its end up to that, so that whoever still sends hears why it was refused."""
    drained_seconds: float = 5.0
    message_bytes: int = 1 * KIB
    """Of a message on a WebSocket."""
    client: Rate = Rate(60, 5.0)
    """Requests of one client, WebSockets included."""
    strangers: Rate = Rate(120, 20.0)
    """Of everybody whose token or origin is not known, together."""
    preflights: Rate = Rate(60, 5.0)
    """Of one origin that a client has."""


DEFAULT = Limits()
HAND_OUTS = 20
"""How often one client may be given the number of one patron: a page is reloaded now and then."""
