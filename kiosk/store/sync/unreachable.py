"""Why nobody answers at an address that somebody has just typed."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from urllib3.exceptions import ConnectTimeoutError

from kiosk.domain.errors import Code, Unavailable
from kiosk.store.sync.server_url import ServerUrl

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "no-name"),
    (ConnectionRefusedError, "refused"),
    (TimeoutError, "silent"),
    (ConnectTimeoutError, "silent"),
    # Before their base class: whoever closes may speak TLS.
    (ssl.SSLZeroReturnError, "closed"),
    (ssl.SSLEOFError, "closed"),
    (ssl.SSLSyscallError, "closed"),
    (ssl.SSLError, "no-tls"),
    (ConnectionError, "closed"),
)


@contextmanager
def telling_why(url: ServerUrl) -> Iterator[None]:
    """Raise registry-unreachable with `host`, `port` and `reason`: no-name, refused, silent, closed, no-tls, or other."""
    try:
        yield
    except Unavailable as error:
        if error.code is not Code.REGISTRY_UNREACHABLE:
            raise
        raise Unavailable(error.code, host=url.host, port=url.port, reason=_reason(error)) from error


def _reason(error: BaseException) -> str:
    """From the innermost cause that says one."""
    found, cause = "other", error.__cause__ or error.__context__
    while cause is not None:
        found = next((reason for kind, reason in _REASONS if isinstance(cause, kind)), found)
        cause = cause.__cause__ or cause.__context__
    return found
