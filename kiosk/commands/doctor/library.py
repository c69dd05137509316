"""Check of the library system."""

from __future__ import annotations

import ipaddress

from kiosk.commands.ils import address, lacking, trouble
from kiosk.config import Home, IlsSettings, Settings
from kiosk.domain.errors import KioskError
from kiosk.domain.health import Finding
from kiosk.domain.model import IlsCondition
from kiosk.equipment import open_library


def check_ils(home: Home, settings: Settings | None) -> Finding:
    """Connect and log in, once. `settings` is None if the configuration is wrong."""
    if settings is None:
        return Finding("ils.unknown")
    client = open_library(home, settings)
    if client is None:
        return Finding("ils.none")
    facts: dict[str, str | int] = {"address": address(settings.ils), "system": settings.ils.system.value}
    try:
        denied = lacking(client.status())
    except KioskError as error:
        if client.condition is not IlsCondition.READY:
            return Finding("ils.trouble", {**facts, "what": trouble(error, home.ils_settings(settings.ils).ca_file)})
        denied = []
    finally:
        client.close()
    if denied:
        return Finding("ils.lacking", {**facts, "denied": "、".join(denied)})
    return Finding("ils.ready" if settings.ils.tls or _is_here(settings.ils) else "ils.plain", facts)


def _is_here(ils: IlsSettings) -> bool:
    """Whether the connection stays on this computer: to a local server or the local end of a tunnel."""
    try:
        return ipaddress.ip_address(ils.host).is_loopback
    except ValueError:
        return ils.host.lower() == "localhost"
