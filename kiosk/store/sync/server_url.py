"""The address of the library's server, as an administrator types it."""

from __future__ import annotations

from dataclasses import dataclass

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from kiosk.domain.errors import Code, Refused

PORT = 443


@dataclass(frozen=True, slots=True)
class ServerUrl:
    """Always TLS: there is no other way to this server, not even on the same computer."""

    host: str
    port: int = PORT
    folder: str = ""
    """Where a reverse proxy keeps it: empty, or "/…" without a slash at the end."""

    @classmethod
    def parse(cls, text: str) -> ServerUrl:
        """Parse `https://host[:port][/folder]`. Raises Refused: registry-url."""
        try:
            url = parse_url(text.strip())
        except LocationParseError as error:
            raise Refused(Code.REGISTRY_URL) from error
        if url.scheme != "https" or not url.host or url.auth or url.query is not None or url.fragment is not None or url.port == 0:
            raise Refused(Code.REGISTRY_URL)
        return cls(url.host, url.port or PORT, (url.path or "").rstrip("/"))

    def __str__(self) -> str:
        return f"https://{self.host}{'' if self.port == PORT else f':{self.port}'}{self.folder}"
