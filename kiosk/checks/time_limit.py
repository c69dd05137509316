"""One look with a limit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from kiosk.domain.health import Finding, overdue
from kiosk.thread_timeout import in_time

_log = logging.getLogger(__name__)


def take(checks: Iterable[str], look: Callable[[], Finding | list[Finding]], limit: float) -> list[Finding]:
    """What `look` finds, with the time; "overdue" for each of `checks` when it has not come back within `limit` seconds.

    Raises what `look` raises.
    """
    began = datetime.now(UTC)
    try:
        found = in_time(look, limit, "look")
    except TimeoutError:
        _log.warning("no answer in %d s: %s", limit, "、".join(checks))
        return [overdue(check, began) for check in checks]
    return [replace(finding, at=datetime.now(UTC)) for finding in (found if isinstance(found, list) else [found])]
