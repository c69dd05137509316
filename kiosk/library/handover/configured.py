"""Which target the configuration has for a service."""

from __future__ import annotations

from kiosk.config import HandoverSettings, HandoverTarget
from kiosk.config.handover_settings import UNCHECKED
from kiosk.domain.errors import Code, Refused
from kiosk.domain.field_targets import target_for_service
from kiosk.domain.model import AnyService
from kiosk.library.handover.elements import Field, Habit
from kiosk.library.handover.page_address import page_address
from kiosk.library.handover.target import Key, Target


def target_for(settings: HandoverSettings, service: AnyService | None) -> Target:
    """As `target_for_service`, or the window. Raises Refused: handover-no-window, where the configuration has neither for this service."""
    if (target := target_for_service(settings.target, service)) is not None:
        return of_config(target)
    if not settings.title.strip():
        raise Refused(Code.HANDOVER_NO_WINDOW)
    return _window(settings)


def of_config(target: HandoverTarget) -> Target:
    """A target of the configuration as handing over takes it."""
    unchecked = target.habit == UNCHECKED
    return Target(
        target.title,
        target.program,
        Key(target.suffix),
        None if unchecked else Field(target.role, target.label, target.id, target.tag, page_address(target.address), Habit(target.habit)),
        target.name,
        unchecked,
        Key(target.prefix),
        target.way,
        target.pause_ms / 1000,
    )


def _window(settings: HandoverSettings) -> Target:
    return Target(settings.title, settings.program, Key(settings.suffix))


def all_targets(settings: HandoverSettings) -> list[Target]:
    """Every target that the configuration has."""
    return [*map(of_config, settings.target), *([_window(settings)] if settings.title.strip() else [])]
