"""One connection to the server: what holds of every one, with errors in the protocol's own form and less memory for TLS."""

from __future__ import annotations

import json
from asyncio.sslproto import SSLProtocol

from kiosk.http_connection import HttpConnection
from kiosk.registry.api.errors import ApiCode

# asyncio gives each TLS connection a buffer of 256 KB, most of what a waiting counter would cost; a record of TLS has 16 KB.
SSLProtocol.max_size = 32 * 1024


class RegistryConnection(HttpConnection):
    unreadable = json.dumps({"error": ApiCode.UNREADABLE.value}).encode()
