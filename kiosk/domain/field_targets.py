"""Fields of other programs that the number goes to: what staff are shown of them, and of one that is being taught.

Titles and labels may tell of patrons: what is seen is shown, never logged, and kept only as the target that somebody has taught.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field
from enum import StrEnum, unique
from typing import Protocol, TypeVar

from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.model import AnyService, LocalService, Service

_BETWEEN = re.compile(r"\s+[-–—|｜:：・/]\s+|[|｜]")
_LONGEST_NAME = 40
_LONGEST_TITLE = 160
"""In the configuration."""


@unique
class WayIn(StrEnum):
    """How the number gets into the window."""

    KEYS = "keys"
    """Each character as such; on X11 by the key that gives it in the layout in force."""
    SCAN_CODES = "scan-codes"
    """On Windows by that key too: for programs that pass keys on to another computer, and drop characters without one."""
    SET_VALUE = "set-value"
    """The program is asked to show the number in its field: no key is pressed."""
    PASTE = "paste"
    """From the clipboard, by Ctrl+V."""
    PASTE_INSERT = "paste-insert"
    """By Shift+Insert: for terminals, which on X11 take it from the primary selection."""

    @property
    def pasting_key(self) -> str:
        """What pastes; empty where nothing is pasted."""
        return {WayIn.PASTE: "ctrl+v", WayIn.PASTE_INSERT: "shift+insert"}.get(self, "")


@dataclass(frozen=True, slots=True)
class FieldTarget:
    """One target of the configuration, by its settings there."""

    name: str
    title: str = field(repr=False)
    """Part of the window's title; the whole one while it is being taught."""
    program: str = ""
    services: tuple[str, ...] = ()
    """Those it is for; none: all without one of their own."""
    role: str = ""
    label: str = field(default="", repr=False)
    id: str = ""
    tag: str = ""
    address: str = ""
    habit: str = "plain"
    prefix: str = "none"
    suffix: str = "none"
    way: WayIn = WayIn.KEYS
    pause_ms: int = 0
    computer: str = ""
    """Where it was taught."""
    in_force: bool = True
    """Whether the program that runs knows it already."""

    @property
    def is_unchecked(self) -> bool:
        """Whether it is only a window: no field of it can be seen."""
        return self.habit == "unchecked"

    @property
    def leaves(self) -> bool:
        """Whether another field has the focus after the last digit, so that no key may follow."""
        return self.habit in ("jumps", "submits")


@dataclass(frozen=True, slots=True)
class SeenField:
    """What has the keyboard focus in the window in front."""

    program: str
    title: str = field(repr=False)
    role: str = ""
    label: str = field(default="", repr=False)
    id: str = ""
    address: str = ""
    is_editable: bool = False
    reason: str = ""
    """Why nothing is told of it (`Unknown`); empty where something is."""


@dataclass(frozen=True, slots=True)
class TaughtField:
    """What was learnt, to be kept once staff have said what of the title stays the same, and what it is for."""

    target: FieldTarget
    is_noticed: bool = True
    """False: only people can tell whether the program has noticed the number."""


def title_parts(title: str) -> tuple[str, ...]:
    """What of a title may be the same every day: its parts, and then the whole."""
    parts = [part.strip()[:_LONGEST_TITLE].strip() for part in (*_BETWEEN.split(title), title)]
    return tuple(dict.fromkeys(part for part in parts if part))


def target_name(names: Sequence[str], otherwise: str) -> str:
    """What a target for these services is called."""
    return ("、".join(names) or otherwise)[:_LONGEST_NAME]


def name_in_config(service: AnyService) -> str:
    return service.name if isinstance(service, LocalService) else service.value


class ForServices(Protocol):
    @property
    def services(self) -> tuple[str, ...]: ...


T = TypeVar("T", bound=ForServices)


def target_for_service(targets: Sequence[T], service: AnyService | None) -> T | None:
    """The first that names the service, else the first that names none; None: the window of the configuration, if it has one.

    Service None: at a tap, before one was chosen. What follows is lending; without the library's system nobody says so.
    """
    name = name_in_config(service or Service.LOAN)
    named = (target for target in targets if name in target.services)
    return next(named, None) or next((target for target in targets if not target.services), None)
