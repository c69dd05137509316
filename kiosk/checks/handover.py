"""Check where a number would be typed now: windows and fields of other programs. Types nothing.

Whole titles, and what fields show, are not reported: they may name patrons.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from kiosk.config import HandoverTarget, Settings
from kiosk.config.handover_settings import UNCHECKED
from kiosk.domain.errors import Code, KioskError
from kiosk.domain.field_targets import WayIn
from kiosk.domain.health import OUTCOMES, Condition, Finding
from kiosk.domain.model import Service
from kiosk.domain.states import HandoverWhen
from kiosk.library.handover import ProgramWindow, Target, accessibility, desktop
from kiosk.library.handover.configured import all_targets
from kiosk.library.handover.elements import Element, Elements, Unknown

_SECONDS = 5.0
_SEVERITY = list(Condition)
_COMES_AND_GOES = frozenset({"handover.missing", "handover.missing-program", "handover.field-missing", "handover.no-answer"})
"""As pages are opened and left, and as programs are busy."""


class HandoverWatch:
    """The check of a running counter. That a field is not there is told until it was there once: staff also have other pages open."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._was_there = settings, False

    def look(self) -> Finding:
        finding = check_handover(self._settings)
        self._was_there |= finding.condition is Condition.OK
        return Finding("handover.was-there") if self._was_there and finding.outcome in _COMES_AND_GOES else finding


def check_handover(settings: Settings | None) -> Finding:
    """The worst of what is found out about the windows and fields that receive numbers. `settings`: None if the configuration is wrong."""
    if settings is None:
        return Finding("handover.unknown")
    if settings.handover.when is HandoverWhen.OFF:
        return Finding("handover.off")
    if (wrong := _unknown_service(settings)) is not None:
        return wrong
    if sys.platform == "linux" and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        return Finding("handover.unknown")
    targets = all_targets(settings.handover)
    try:
        with ExitStack() as ends:
            windows = ends.enter_context(desktop().seat(_SECONDS)).windows()
            elements = _elements(ends) if any(target.field for target in targets) else None
            found = [_found(target, windows, elements) for target in targets]
    except KioskError as error:
        if error.code is not Code.HANDOVER_IMPOSSIBLE:
            raise
        return Finding("handover.impossible", _facts(targets[0]))
    worst = max(found, key=lambda finding: _SEVERITY.index(OUTCOMES[finding.outcome]))
    if sys.platform == "win32":
        # UI Automation (https://learn.microsoft.com/windows/win32/winauto/entry-uiauto-win32) ran nowhere yet, KEYEVENTF_SCANCODE
        # (https://learn.microsoft.com/windows/win32/api/winuser/ns-winuser-keybdinput) and pasting under Wine only.
        if (untried := untried_here(settings.handover.target, platform.node())) and OUTCOMES[worst.outcome] is Condition.OK:
            return Finding("handover.untried", {"name": "、".join(untried)})
    if worst.outcome == "handover.fields":
        return Finding("handover.fields", {"name": "、".join(target.name for target in targets if target.field is not None)})
    return worst


def untried_here(targets: Sequence[HandoverTarget], computer: str) -> list[str]:
    """The names of those in which no number is known to have arrived on this computer: fields taught elsewhere; and windows, where
    teaching types nothing, with a way that is not the usual one.
    """
    return [
        target.name
        for target in targets
        if (target.way is not WayIn.KEYS if target.habit == UNCHECKED else target.computer.casefold() != computer.casefold())
    ]


def _unknown_service(settings: Settings) -> Finding | None:
    """A target for a service that there is not: its numbers would go elsewhere."""
    known = {*(service.value for service in Service), *settings.services.local}
    for target in settings.handover.target:
        for service in target.services:
            if service not in known:
                return Finding("handover.service-unknown", {"name": target.name, "service": service})
    return None


def _elements(ends: ExitStack) -> Elements | None:
    accessible = accessibility()
    if accessible is None:
        return None
    ends.enter_context(accessible.switched_on())
    return ends.enter_context(accessible.elements(_SECONDS))


def _found(target: Target, windows: Sequence[ProgramWindow], elements: Elements | None) -> Finding:
    facts = _facts(target)
    if target.field is not None and elements is None:
        return Finding("handover.no-interface", facts)
    fitting = [window for window in windows if target.fits(window)]
    if not fitting:
        return Finding("handover.missing" if not target.program else "handover.missing-program", facts)
    facts |= {"count": len(fitting), "found": "、".join(window.program or "?" for window in fitting)}
    if target.field is None or elements is None:
        return Finding("handover.found" if len(fitting) == 1 else "handover.several", facts)
    fields = [elements.find(window, target.field) for window in fitting]
    having = [field for field in fields if isinstance(field, Element)]
    if Unknown.NO_INTERFACE in fields:
        return Finding("handover.no-interface", facts)
    if Unknown.NO_ANSWER in fields:
        return Finding("handover.no-answer", facts)
    if len(having) > 1 or Unknown.AMBIGUOUS in fields:
        return Finding("handover.fields-alike", facts)
    if having:
        return Finding("handover.fields", facts)
    return Finding("handover.silent" if Unknown.SILENT_PROGRAM in fields else "handover.field-missing", facts)


def _facts(target: Target) -> dict[str, str | int]:
    return {"name": target.name, "title": target.title, "program": target.program}
