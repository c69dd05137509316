"""Who is let in: by which name the computer was asked, from which page, and with which token. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.domain.local_client import LocalClient, is_token, token_hash
from kiosk.local_api.errors import LocalApiError, LocalCode

Headers = Iterable[tuple[bytes, bytes]]
_TOLD = (b"host", b"origin", b"authorization")


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a request says of whoever asks. An empty one counts as absent."""

    host: str
    origin: str | None
    authorization: str | None


def head_of(headers: Headers) -> Head:
    """Raises LocalApiError: unreadable, where one of them is there twice."""
    found: dict[bytes, str] = {}
    for name, value in headers:
        if name in _TOLD:
            if name in found:
                raise LocalApiError(LocalCode.UNREADABLE)
            found[name] = value.decode("latin-1").strip()
    return Head(found.get(b"host", ""), found.get(b"origin") or None, found.get(b"authorization") or None)


def check_host(head: Head, port: int) -> None:
    """Whoever was led here under another name may be a page that made its own name mean this computer (DNS rebinding): it would then be of
    the same origin, and its browser would let it read everything. Raises LocalApiError.
    """
    if head.host.lower() not in (f"127.0.0.1:{port}", f"localhost:{port}"):
        raise LocalApiError(LocalCode.HOST_NOT_ALLOWED)


def is_known_origin(head: Head, clients: Iterable[LocalClient]) -> bool:
    """Whether the page is one of some client: only then is it told anything, its mistakes included."""
    return head.origin is not None and any(head.origin in client.origins for client in clients)


def check_origin(head: Head, clients: Iterable[LocalClient]) -> None:
    """Before it is known which client asks. Raises LocalApiError."""
    if head.origin is not None and not is_known_origin(head, clients):
        raise LocalApiError(LocalCode.ORIGIN_NOT_ALLOWED)


def bearer(head: Head) -> str:
    """The token that a request shows (RFC 6750, 2.1); empty if none."""
    scheme, _, token = (head.authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def admitted(token: str, head: Head, clients: Iterable[LocalClient]) -> LocalClient:
    """The client that this token belongs to. Raises LocalApiError: token-unknown, origin-not-allowed."""
    hashed = token_hash(token) if is_token(token) else ""
    client = next((client for client in clients if client.hash == hashed), None)
    if client is None:
        raise LocalApiError(LocalCode.TOKEN_UNKNOWN)
    if not client.admits(head.origin):
        raise LocalApiError(LocalCode.ORIGIN_NOT_ALLOWED)
    return client
