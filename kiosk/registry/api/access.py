"""Who may ask what. A route that is not named here is refused, whoever asks and whatever the router knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from kiosk.domain.registry_wire import PATH
from kiosk.registry.api.errors import ApiCode, ApiError
from kiosk.registry.models import CounterState
from kiosk.registry.status.paths import LOGIN, LOGOUT, STATUS

_ENDED = {CounterState.REVOKED: ApiCode.COUNTER_REVOKED, CounterState.RETIRED: ApiCode.COUNTER_RETIRED}


class Who(Enum):
    ANYBODY = auto()
    COUNTER = auto()
    """A counter that is enrolled and neither retired nor revoked."""
    BROWSER = auto()
    """Anybody with a browser; an administrator logs in behind the gate (kiosk/registry/status)."""


Route = tuple[str, str]
"""Method and path. No path holds a value: what is asked for stands in the query or the body."""

ALLOWED: Mapping[Route, Who] = {
    ("GET", f"{PATH}/health"): Who.ANYBODY,
    ("GET", f"{PATH}/authority"): Who.ANYBODY,
    ("GET", f"{PATH}/openapi.json"): Who.ANYBODY,
    ("POST", f"{PATH}/enrol"): Who.ANYBODY,
    ("POST", f"{PATH}/operations"): Who.COUNTER,
    ("GET", f"{PATH}/feed"): Who.COUNTER,
    ("GET", f"{PATH}/stops"): Who.COUNTER,
    ("GET", f"{PATH}/snapshot"): Who.COUNTER,
    ("GET", f"{PATH}/site-keys"): Who.COUNTER,
    ("POST", f"{PATH}/links/find"): Who.COUNTER,
    ("POST", f"{PATH}/leave"): Who.COUNTER,
    ("GET", STATUS): Who.BROWSER,
    ("GET", LOGIN): Who.BROWSER,
    ("POST", LOGIN): Who.BROWSER,
    ("POST", LOGOUT): Who.BROWSER,
}


@dataclass(frozen=True, slots=True)
class Asker:
    """The counter whose secret came with a request."""

    name: str
    state: CounterState
    sequence: int
    """The highest seen of it."""
    secret: bytes = field(repr=False)
    """SHA-256 of the secret."""

    @property
    def retiring(self) -> bool:
        return self.state is CounterState.RETIRING


def admitted(asker: Asker | None) -> Asker:
    """Raises ApiError for what is not a counter, or no more."""
    if asker is None:
        raise ApiError(ApiCode.SECRET_UNKNOWN)
    if asker.state in _ENDED:
        raise ApiError(_ENDED[asker.state], {"counter": asker.name})
    return asker


def methods_of(path: str) -> str:
    """The methods that a path has, as the header Allow tells them; empty if nobody may ask for it."""
    return ", ".join(sorted(method for method, known in ALLOWED if known == path))
