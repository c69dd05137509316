"""A page of the feed as the server says it, which joins entries that were encoded once for all who wait."""

from __future__ import annotations

from kiosk.domain.registry_json import entry_json, status_json
from kiosk.domain.registry_wire import FeedPage


def feed_json(page: FeedPage) -> dict[str, object]:
    return {"entries": [entry_json(entry) for entry in page.entries], "status": status_json(page.status)}
