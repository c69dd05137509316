"""The immutable settings, read from file and environment, and the locations of the program's own files."""

from __future__ import annotations

from kiosk.config.file_access import FileTrouble, file_trouble, is_foreign
from kiosk.config.handover_settings import HandoverSettings, HandoverTarget
from kiosk.config.home import Home, default_config, default_home, home_at
from kiosk.config.network_settings import LocalApiSettings, RegistrySettings
from kiosk.config.practice import begin_practice
from kiosk.config.reading import check_settings, read_settings
from kiosk.config.settings import (
    CardSettings,
    CounterSettings,
    DisplaySettings,
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
    "FileTrouble",
    "HandoverSettings",
    "HandoverTarget",
    "Home",
    "Ils",
    "IlsSettings",
    "KeySettings",
    "LendingSettings",
    "LibraryCardSettings",
    "LocalApiSettings",
    "LogSettings",
    "MaxAge",
    "ReaderSettings",
    "RegistrySettings",
    "RevocationSource",
    "ServiceSettings",
    "SessionSettings",
    "Settings",
    "SlipSettings",
    "begin_practice",
    "check_settings",
    "counter_rules",
    "default_config",
    "default_home",
    "file_trouble",
    "home_at",
    "is_foreign",
    "read_settings",
]
