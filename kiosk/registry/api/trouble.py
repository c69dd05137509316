"""What is answered when a request ends in an error, whatever raised it."""

from __future__ import annotations

import logging

from kiosk.domain.errors import Code, Unavailable
from kiosk.incidents import RecurringIncidents
from kiosk.log_news import LogNews
from kiosk.registry.api.errors import RETRY_SECONDS, ApiCode, ApiError

_log = logging.getLogger(__name__)


_OVER_AFTER = 60.0
"""Seconds. Counters ask every few; whether a request that went well needed the database is not known here."""


class Troubles:
    def __init__(self) -> None:
        self._incidents, self._news = RecurringIncidents(), LogNews(_OVER_AFTER)

    def told(self, error: Exception) -> ApiError:
        """The answer; logs what is the server's own trouble. A bug is told by its incident number."""
        match error:
            case ApiError():
                return error
            case Unavailable(code=Code.STORE_DAMAGED):
                # It does not pass by itself, and half of a batch may be free of it.
                if self._news.is_news("damaged"):
                    _log.error("the database is damaged")
                return ApiError(ApiCode.LEDGER_DAMAGED)
            case Unavailable():
                if self._news.is_news("away", error.code):
                    _log.warning("the database is not available: %s", error.code.value)
                return ApiError(ApiCode.DATABASE_UNAVAILABLE, retry_after=RETRY_SECONDS)
            case TimeoutError():
                # Routes wait for the database and for news, for these less long than a request may take.
                if self._news.is_news("late"):
                    _log.warning("the database did not answer in time")
                return ApiError(ApiCode.DATABASE_UNAVAILABLE, retry_after=RETRY_SECONDS)
            case _:
                return ApiError(ApiCode.INCIDENT, {"incident": self._incidents.record(error).number})
