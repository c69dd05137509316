"""The client of the library's own system (ILS) over SIP2: one connection, one request in flight, each change sent once."""

from __future__ import annotations

from kiosk.library.ils.client import IlsClient, Sight

__all__ = ["IlsClient", "Sight"]
