"""What this counter shows to the library's server, and what it trusts."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.store.sync.tls import Authority


@dataclass(frozen=True, slots=True)
class Credentials:
    secret: str = field(repr=False)
    authority: Authority
    version: str
    """Of this program, as the server lists it."""
