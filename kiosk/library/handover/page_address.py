"""The address of a page, without what changes from patron to patron."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def page_address(address: str) -> str:
    """Without user, query and fragment."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
