"""One frozen settings object from file and environment, and where the program's own files lie."""

from __future__ import annotations

from kiosk.config.home import Home, default_home, resource
from kiosk.config.reading import check_settings, read_settings
from kiosk.config.settings import (
    CardSettings,
    CounterSettings,
    DisplaySettings,
    KeySettings,
    LendingSettings,
    LibraryCardSettings,
    LogSettings,
    ReaderSettings,
    RevocationSource,
    SessionSettings,
    Settings,
    counter_rules,
)

__all__ = [
    "CardSettings",
    "CounterSettings",
    "DisplaySettings",
    "Home",
    "KeySettings",
    "LendingSettings",
    "LibraryCardSettings",
    "LogSettings",
    "ReaderSettings",
    "RevocationSource",
    "SessionSettings",
    "Settings",
    "check_settings",
    "counter_rules",
    "default_home",
    "read_settings",
    "resource",
]
