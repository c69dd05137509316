"""Back-off after failures, and the code under which a failure is reported.

No conclusion is permanent: every wait expires, and `forget` ends them all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.domain.errors import Code, Unavailable
from kiosk.library.ils.transport import Trouble
from kiosk.log_news import LogNews

_log = logging.getLogger(__name__)

_CODES = {
    Trouble.LOGIN: Code.ILS_LOGIN_REFUSED,
    Trouble.REQUEST: Code.ILS_LOGIN_REFUSED,
    Trouble.NO_TLS: Code.ILS_NOT_TRUSTED,
    Trouble.CERTIFICATE: Code.ILS_NOT_TRUSTED,
    Trouble.AUTHORITY_FILE: Code.ILS_NOT_TRUSTED,
    Trouble.AUTHORITY_EXPOSED: Code.ILS_NOT_TRUSTED,
}


@dataclass(frozen=True, slots=True)
class _Wait:
    """Exponential back-off in seconds."""

    first: float
    longest: float

    def after(self, failures: int) -> float:
        return min(self.first * 2.0**failures, self.longest)


_USUAL = _Wait(1, 30)
_WAITS = {
    # Servers count wrong logins, and lock the account or the address after three.
    Code.ILS_LOGIN_REFUSED: _Wait(60, 600),
    # The password worked before: the server is restarting, or out of connections.
    Code.ILS_LOGIN_LOST: _Wait(2, 60),
}
_NOT_UNDERSTOOD = _Wait(30, 600)


class Backoff:
    """The back-off of the connection."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._failures, self._not_before = 0, 0.0
        self._trouble, self._code = Trouble.REFUSED, Code.ILS_UNREACHABLE
        self._login_has_worked = False
        self.news = LogNews()

    def check(self) -> None:
        """Raise Unavailable while it is too early to retry."""
        if self._monotonic() < self._not_before:
            raise self.unavailable(self._trouble)

    def failed(self, trouble: Trouble) -> Unavailable:
        """Count a failure and start the next wait, doubled for consecutive failures of a kind. Returns the exception to raise."""
        unavailable = self.unavailable(trouble)
        if unavailable.code is not self._code:
            self._code, self._failures = unavailable.code, 0
        wait = _WAITS.get(unavailable.code, _USUAL).after(self._failures)
        self._failures = min(self._failures + 1, 10)
        self._not_before, self._trouble = self._monotonic() + wait, trouble
        if self.news.is_news("connection", (unavailable.code, trouble)):
            _log.warning("%s: %s; next attempt in %.0f s", unavailable.code, trouble, wait)
        return unavailable

    def unavailable(self, trouble: Trouble) -> Unavailable:
        """The exception for a failure, with `reason` for whoever sets up the connection."""
        code = _CODES.get(trouble, Code.ILS_UNREACHABLE)
        if trouble is Trouble.LOGIN and self._login_has_worked:
            code = Code.ILS_LOGIN_LOST
        return Unavailable(code, reason=trouble.reason)

    def logged_in(self) -> None:
        """From now on a refused login is not attributed to the password."""
        self._login_has_worked = True

    def answered(self) -> None:
        self._failures = 0
        if self.news.is_over("connection"):
            _log.info("the library's system answers again")

    def forget(self) -> None:
        self._failures, self._not_before = 0, 0.0


class Abilities:
    """Requests that the server did not understand (96), by kind or another name, each until it is due for a retry."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._until: dict[str, float] = {}
        self._refusals: dict[str, int] = {}
        self._understood: set[str] = set()
        self._news = LogNews()

    def lacks(self, name: str) -> bool:
        return self._monotonic() < self._until.get(name, 0.0)

    def has_understood(self, name: str) -> bool:
        """Whether it was ever understood: a 96 then indicates a fault rather than a missing feature."""
        return name in self._understood

    def understood(self, name: str) -> None:
        self._understood.add(name)
        self._news.is_over(name)
        self._until.pop(name, None)
        self._refusals.pop(name, None)

    def failed(self, name: str) -> None:
        refusals = self._refusals.get(name, 0)
        wait = _NOT_UNDERSTOOD.after(refusals)
        self._refusals[name] = min(refusals + 1, 10)
        self._until[name] = self._monotonic() + wait
        if self._news.is_news(name):
            _log.warning("%s: not understood; tried again in %.0f s", name, wait)

    def forget(self) -> None:
        """Forget what was not understood; what was understood stays."""
        self._until.clear()
        self._refusals.clear()
