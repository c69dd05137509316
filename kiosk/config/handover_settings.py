"""[handover]: where the library card number is typed. `kiosk handover teach` writes the fields of other programs."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from kiosk.config.value_types import Choice, Tables, Text, Texts, setting
from kiosk.domain.lazy_dataclass import dataclass
from kiosk.domain.states import HandoverWhen

UNCHECKED = "unchecked"
HABITS = ("plain", "formats", "renders", "jumps", "submits", UNCHECKED)
_BLOCK = re.compile(r"\s*\[\[\s*handover\s*\.\s*target\s*\]\]")
_HEADING = re.compile(r"\s*\[")
_NAMED = Text(r"[^\x00-\x1f\x7f]{1,40}", '"…" (1 … 40)')
_REST = Text(r"[^\x00-\x1f\x7f]{0,300}", '"…" (0 … 300)')


@dataclass(frozen=True, slots=True)
class HandoverTarget:
    """One field. What is empty has to be empty there as well, but for `program`."""

    name: str = setting(_NAMED)
    """For staff: where the number goes."""
    title: str = setting(Text(r"[^\x00-\x1f\x7f]{0,80}\S[^\x00-\x1f\x7f]{0,80}", '"…"'))
    """Part of the window's title."""
    services: tuple[str, ...] = setting(Texts(r"[^\x00-\x1f\x7f|]{1,20}", '"loan"', most=20), ())
    """The services whose number goes here; none: all that no other target names."""
    program: str = setting(_REST, "")
    suffix: str = setting(Choice({word: word for word in ("none", "enter", "tab")}), "none")
    role: str = setting(Text(r"([a-z][a-z -]{0,40})?", '"entry"'), "")
    label: str = setting(_REST, "")
    id: str = setting(_REST, "")
    tag: str = setting(Text(r"[a-z0-9-]{0,40}", '"input"'), "")
    address: str = setting(_REST, "")
    """Of the page, without query and fragment."""
    habit: str = setting(Choice({word: word for word in HABITS}), "plain")
    """What it does while the number is typed; unchecked: it cannot be seen, as in a remote session, and only the window is checked."""


def _why_wrong(target: HandoverTarget) -> tuple[str, str] | None:
    """The setting that does not go with the others, and what it should be."""
    if target.habit == UNCHECKED:
        return None
    if not target.role:
        return "role", '"entry"'
    if not (target.label or target.id):
        return "label", '"…"'
    if target.habit in ("jumps", "submits") and target.suffix != "none":
        return "suffix", '"none"'
    return None


TARGETS = Tables(HandoverTarget, _why_wrong, most=20)


@dataclass(frozen=True, slots=True)
class HandoverSettings:
    """[handover]: typing the library card number into another program's window."""

    when: HandoverWhen = setting(Choice({when.value: when for when in HandoverWhen}), HandoverWhen.OFF)
    title: str = setting(Text(), "")
    """Part of the title of the window that receives the number."""
    program: str = setting(Text(), "")
    """Name of the program that owns the window; empty for any."""
    suffix: str = setting(Choice({word: word for word in ("none", "enter", "tab")}), "none")
    target: tuple[HandoverTarget, ...] = setting(TARGETS, ())
    """Fields of their own for the services; the above is for all others."""


def with_target(config: str, target: HandoverTarget) -> str:
    """The text of the config with this target, in place of one of its name. Everything else stays as it is, comments included."""
    lines = config.splitlines(keepends=True)
    block = _written(target)
    for start, end in _blocks(lines):
        if f"name = {_quoted(target.name)}" in (line.strip() for line in lines[start:end]):
            return "".join(lines[:start]) + block + "".join(lines[end:])
    return config + ("" if config.endswith("\n") or not config else "\n") + "\n" + block


def without_target(config: str, name: str) -> str:
    """The text of the config without the target of this name."""
    lines = config.splitlines(keepends=True)
    for start, end in _blocks(lines):
        if f"name = {_quoted(name)}" in (line.strip() for line in lines[start:end]):
            return "".join(lines[:start] + lines[end:])
    return config


def _blocks(lines: list[str]) -> list[tuple[int, int]]:
    """Where each target begins and ends: at its last setting, so that the comment before the next heading stays."""
    found = []
    for start, line in enumerate(lines):
        if _BLOCK.match(line):
            end = start + 1
            while end < len(lines) and not _HEADING.match(lines[end]) and lines[end].strip() and not lines[end].lstrip().startswith("#"):
                end += 1
            found.append((start, end))
    return found


def _written(target: HandoverTarget) -> str:
    settings = [
        f"{entry.name} = {_toml(getattr(target, entry.name))}\n" for entry in fields(target) if getattr(target, entry.name) not in ("", ())
    ]
    return "[[handover.target]]\n" + "".join(settings)


def _toml(value: Any) -> str:
    return f"[{', '.join(map(_quoted, value))}]" if isinstance(value, tuple) else _quoted(value)


def _quoted(text: str) -> str:
    # Needed to write, and a start only reads.
    import json

    # TOML's basic strings have JSON's escapes (TOML 1.0, String), as long as nothing is outside of the Basic Multilingual Plane as a pair.
    return json.dumps(text, ensure_ascii=False)
