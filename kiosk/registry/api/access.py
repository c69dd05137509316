"""Who may ask what. A route that is not named here is refused, whoever asks and whatever the router knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from kiosk.domain.registry_wire import PATH
from kiosk.registry.models import CounterState


class Who(Enum):
    ANYBODY = auto()
    COUNTER = auto()
    """A counter that is enrolled and neither retired nor revoked."""


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
    ("POST", f"{PATH}/links/find"): Who.COUNTER,
    ("POST", f"{PATH}/leave"): Who.COUNTER,
}


@dataclass(frozen=True, slots=True)
class Asker:
    """The counter whose secret came with a request."""

    name: str
    state: CounterState
    sequence: int
    """The highest seen of it."""

    @property
    def retiring(self) -> bool:
        return self.state is CounterState.RETIRING


def methods_of(path: str) -> str:
    """The methods that a path has, as the header Allow tells them; empty if nobody may ask for it."""
    return ", ".join(sorted(method for method, known in ALLOWED if known == path))
