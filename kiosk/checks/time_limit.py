"""Run one check with a time limit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from kiosk.domain.errors import KioskError
from kiosk.domain.health import Finding, bug_in, overdue
from kiosk.incidents import record_incident
from kiosk.thread_timeout import in_time, lacks_threads

_log = logging.getLogger(__name__)


def take(checks: Iterable[str], look: Callable[[], Finding | list[Finding]], limit: float) -> list[Finding]:
    """Run `look` and return its findings, time-stamped; for each of `checks` "overdue" if it takes longer than `limit` seconds, and "bug"
    if our own code fails in it.

    Raises the KioskError or OSError that `look` raises, and errors for lack of memory or threads.
    """
    began = datetime.now(UTC)
    try:
        found = in_time(look, limit, "look")
    except TimeoutError:
        _log.warning("no answer in %d s: %s", limit, "、".join(checks))
        return [overdue(check, began) for check in checks]
    except (KioskError, OSError, MemoryError):
        raise
    except Exception as error:
        if lacks_threads(error):
            raise
        incident = record_incident(error)
        return [bug_in(check, incident) for check in checks]
    return [replace(finding, at=datetime.now(UTC)) for finding in (found if isinstance(found, list) else [found])]
