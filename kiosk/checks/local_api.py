"""Check the interface for other programs on this computer: whether it is on, has clients, and could listen. For `doctor`."""

from __future__ import annotations

import http.client
import json
from contextlib import suppress

from kiosk.config import LocalApiSettings
from kiosk.domain.health import Finding
from kiosk.local_api.errors import LocalCode
from kiosk.local_api.listening import listening

_SECONDS = 3.0


def check_local_api(settings: LocalApiSettings, clients: int) -> Finding:
    """`clients`: how many may ask."""
    if not settings.on:
        return Finding("local-api.off")
    where = {"port": settings.port}
    is_running = False
    try:
        listening(settings.port).close()
    except OSError:
        is_running = _is_ours(settings.port)
        if not is_running:
            return Finding("local-api.taken", where)
    if not clients:
        return Finding("local-api.no-clients", where)
    return Finding("local-api.on" if is_running else "local-api.ready", {**where, "count": clients})


def _is_ours(port: int) -> bool:
    """Whether a counter listens there: it is asked as a stranger, and answers as one does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    with suppress(OSError, http.client.HTTPException, ValueError):
        try:
            connection.request("GET", "/v1/events")
            answer = connection.getresponse()
            said = json.loads(answer.read(1000))
            return isinstance(said, dict) and said.get("error") in (LocalCode.TOKEN_UNKNOWN.value, LocalCode.TOO_MANY_REQUESTS.value)
        finally:
            connection.close()
    return False
