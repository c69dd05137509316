"""The one path of the interface, and what stands in its query."""

from __future__ import annotations

PATH = "/v1/events"
MARK = r"[0-9a-f]{8}-[0-9]{1,12}"
METHODS = "GET, OPTIONS"
PREFLIGHT_SECONDS = 600
"""For which a browser remembers what a page may ask."""
