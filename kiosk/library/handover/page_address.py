"""The address of a page, without what changes from patron to patron."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def page_address(address: str) -> str:
    """Without user, query and fragment, and without parameters of the path (https://www.rfc-editor.org/rfc/rfc3986#section-3.3): a server
    for Java keeps the session there.
    """
    parts = urlsplit(address)
    path = "/".join(segment.partition(";")[0] for segment in parts.path.split("/"))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, "", ""))
