"""Checks of the library system and of the window that receives numbers."""

from __future__ import annotations

import ipaddress
import os
import sys

from kiosk.commands.ils import address, lacking, trouble
from kiosk.config import HandoverSettings, Home, IlsSettings, Settings
from kiosk.domain.errors import KioskError
from kiosk.domain.health import Finding
from kiosk.domain.model import IlsCondition
from kiosk.domain.states import HandoverWhen
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


def check_handover(settings: Settings | None) -> Finding:
    """Find the window that would receive a number now, typing nothing. Full titles are not reported: they may name patrons."""
    if settings is None:
        return Finding("handover.unknown")
    handover = settings.handover
    if handover.when is HandoverWhen.OFF:
        return Finding("handover.off")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        return Finding("handover.unknown")
    facts: dict[str, str | int] = {"title": handover.title, "program": handover.program}
    try:
        programs = _programs(handover)
    except KioskError:
        return Finding("handover.impossible", facts)
    if not programs:
        return Finding("handover.missing" if not handover.program else "handover.missing-program", facts)
    facts |= {"count": len(programs), "found": "、".join(programs)}
    return Finding("handover.found" if len(programs) == 1 else "handover.several", facts)


def _programs(handover: HandoverSettings) -> list[str]:
    """The program names of all matching windows, the topmost candidate first. Raises Unavailable."""
    from kiosk.library.handover import Suffix, Target, desktop, find_windows

    target = Target(handover.title, handover.program, Suffix(handover.suffix))
    return [next(iter(window.programs), "?") for window in find_windows(target, desktop())]
