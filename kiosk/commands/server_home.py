"""The home of the library's server as its commands find it, or begin it."""

from __future__ import annotations

import importlib.util
import os

from kiosk.commands import output
from kiosk.commands.confirmation import agrees, somebody_is_there
from kiosk.commands.parser import ServerHome
from kiosk.config import LogSettings
from kiosk.config.registry_home import RegistryHome, default_registry_home, registry_home_at
from kiosk.config.registry_settings import read_registry_settings
from kiosk.domain.errors import Code, KioskError, Unavailable
from kiosk.domain.escaping import escaped

_PARTS = ("fastapi", "uvicorn", "psycopg")
"""What the extra `registry` of this package brings (setup.cfg)."""


def prepared(place: str | None, missing: ServerHome) -> RegistryHome:
    """The server's home at `place`, or the default one, with what is missing in it.

    Raises Unavailable: server-parts-missing; home-unusable, also (registry-not-begun) as `missing` says; as `RegistryHome.prepare` does.
    """
    if any(importlib.util.find_spec(name) is None for name in _PARTS):
        raise Unavailable(Code.SERVER_PARTS_MISSING, reason="extra")
    home = default_registry_home() if place is None else registry_home_at(place)
    if not home.is_begun() and not _may_begin(home, place is not None or "KIOSK_REGISTRY_HOME" in os.environ, missing):
        raise Unavailable(Code.HOME_UNUSABLE, place=str(home.folder), reason="registry-not-begun")
    home.prepare()
    return home


def log_settings(home: RegistryHome) -> LogSettings:
    """The log settings; the defaults if registry.toml is wrong, which the command itself reports."""
    try:
        return read_registry_settings(home.config).log
    except KioskError:
        return LogSettings()


def _may_begin(home: RegistryHome, chosen: bool, missing: ServerHome) -> bool:
    if missing is ServerHome.DEFAULT_BEGUN and chosen:
        return somebody_is_there() and agrees(output.words("server-home.ask", place=escaped(str(home.folder))))
    return missing is not ServerHome.REFUSED
