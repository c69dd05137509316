"""One frozen settings object from file and environment, and where the program's own files lie."""

from __future__ import annotations

from kiosk.config.home import Home, default_home, resource
from kiosk.config.reading import check_settings, read_settings
from kiosk.config.settings import (
    CardSettings,
    CounterSettings,
    DisplaySettings,
    HandoverSettings,
    Ils,
    IlsSettings,
    KeySettings,
    LendingSettings,
    LibraryCardSettings,
    LogSettings,
    MaxAge,
    ReaderSettings,
    RevocationSource,
    ServiceSettings,
    SessionSettings,
    Settings,
    SlipSettings,
    counter_rules,
)

__all__ = [
    "CardSettings",
    "CounterSettings",
    "DisplaySettings",
    "HandoverSettings",
    "Home",
    "Ils",
    "IlsSettings",
    "KeySettings",
    "LendingSettings",
    "LibraryCardSettings",
    "LogSettings",
    "MaxAge",
    "ReaderSettings",
    "RevocationSource",
    "ServiceSettings",
    "SessionSettings",
    "Settings",
    "SlipSettings",
    "check_settings",
    "counter_rules",
    "default_home",
    "read_settings",
    "resource",
]
