"""Check whether the operating system still has the policies that `kiosk setup --machine --policies` has set."""

from __future__ import annotations

from kiosk.config.machine_policies import standings
from kiosk.domain.health import Finding
from kiosk.domain.policies import Standing, names_not_set, overall


def check_policies() -> Finding:
    """The finding's parameter `policies` names those that are not as they were set."""
    try:
        found = standings()
    except OSError as error:
        return Finding("policies.unknown", {"place": str(error.filename or "")})
    match overall(found.values()):
        case Standing.NOT_ASKED_FOR:
            return Finding("policies.none")
        case Standing.SET:
            return Finding("policies.set")
        case Standing.DIFFERS:  # pragma: no branch
            return Finding("policies.differ", {"policies": " ".join(names_not_set(found))})
