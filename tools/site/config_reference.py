"""The settings, from the commented example that the program itself writes (resources/config.toml and registry.toml).

Tests hold those examples and what the program reads alike (tests/config/test_reading.py), so that this is what can be set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.resource_files import resource
from tools.site.markdown import code, table, text

_SECTION = re.compile(r"\[([a-z_]+)\]")
_SETTING = re.compile(r"(# )?([a-z_]+) = (.*)")
_CHOICES = re.compile(r"\s{3,}(?=\")")


@dataclass(frozen=True, slots=True)
class Setting:
    section: str
    names: tuple[str, ...]
    defaults: tuple[str, ...]
    """Empty where it has to be decided."""
    about: tuple[str, ...]
    """Lines of the comment above it."""


def config(file: str) -> Iterator[str]:
    """Markdown of an example: a chapter for each section, and a heading for each setting."""
    prefix, section = file.rpartition("/")[2].removesuffix(".toml"), ""
    for setting in settings(file):
        if setting.section != section:
            section = setting.section
            yield f"\n({prefix}-{section})="
            yield f"## {text(f'[{section}]')}"
        yield f"\n({prefix}-{section}-{setting.names[0]})="
        yield "### " + text(f"[{section}] {', '.join(setting.names)}")
        yield from explained(setting)
        yield f"\n{_default(setting)}"


def settings(file: str) -> Iterator[Setting]:
    section = ""
    for block in re.split(r"\n{2,}", resource(file).read_text("utf-8")):
        about: list[str] = []
        named: dict[str, list[str]] = {}
        for line in block.splitlines():
            if begins := _SECTION.fullmatch(line):
                section = begins[1]
            elif found := _SETTING.fullmatch(line):
                named.setdefault(found[2], []).extend([] if found[1] else [found[3]])
            elif line.startswith("#"):
                about.append(line.removeprefix("#").removeprefix(" "))
        if section and named:
            defaults = tuple(values[0] if values else "" for values in named.values())
            yield Setting(section, tuple(named), defaults, tuple(about))


def _default(setting: Setting) -> str:
    if setting.section == "handover" and setting.names == ("target",):
        return "はじめの値: なし"
    if not any(setting.defaults):
        return "はじめの値: ありません。必ず決めます。"
    return "はじめの値: " + "、".join(code(value) for value in setting.defaults)


def explained(setting: Setting) -> Iterator[str]:
    """Sentences; what is indented lists values and their meanings."""
    choices: list[tuple[str, str]] = []
    for line in setting.about:
        if line.startswith("  "):
            _add(choices, line)
            continue
        yield from _listed(choices)
        choices.clear()
        yield text(line)
    yield from _listed(choices)


def _add(choices: list[tuple[str, str]], line: str) -> None:
    if choices and len(line) - len(line.lstrip()) > 4:
        value, meaning = choices[-1]
        choices[-1] = (value, meaning + line.strip())
        return
    for choice in _CHOICES.split(line.strip()):
        value, _, meaning = choice.partition(" ")
        choices.append((value, meaning.strip()))


def _listed(choices: list[tuple[str, str]]) -> Iterator[str]:
    if choices:
        yield from table(("値", "意味"), [(code(value), text(meaning)) for value, meaning in choices])
