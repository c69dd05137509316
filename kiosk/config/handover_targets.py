"""Writes targets of [handover] into a config that people write as well: what is theirs stays, and what is written was checked before."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from kiosk.config.atomic_write import replace_file
from kiosk.config.file_access import file_trouble, read_regular
from kiosk.config.handover_settings import HandoverTarget
from kiosk.config.reading import CONFIG
from kiosk.config.text_encoding import decoded
from kiosk.config.toml import lines_of
from kiosk.domain.errors import Code, Refused, Unavailable

_BLOCK = re.compile(r"\s*\[\[\s*handover\s*\.\s*target\s*\]\]")
_SERVICES = re.compile(r"^(\s*services\s*=\s*)\[[^\]]*\]", re.MULTILINE)
_HEADING = re.compile(r"\s*\[+\s*[A-Za-z0-9_.\s-]+\]+\s*(#.*)?$")


def keep_target(path: Path, target: HandoverTarget) -> None:
    """Write this target as `with_target` does. Raises Refused: config-invalid, where the config is wrong or would be; Unavailable:
    file-unusable.
    """
    before = _read(path)
    others = [
        other | {"services": left} if left else other for other in _targets(before) if (left := services_left(other, target)) is not None
    ]
    _write(path, before, with_target(before, target), target.name, 1, others)


def drop_target(path: Path, name: str) -> bool:
    """Remove the target of this name; False if there is none. Raises as `keep_target` does."""
    before = _read(path)
    if all(entry.get("name") != name for entry in _targets(before)):
        return False
    _write(path, before, without_target(before, name), name, 0, _others(before, name))
    return True


def with_target(config: str, target: HandoverTarget) -> str:
    """The text of the config with this target before all others. Its services are taken from these; one of its name goes, and one that is
    left without any. Everything else stays as it is, comments included.
    """
    lines = config.splitlines(keepends=True)
    block = _written(target)
    after: list[str] = []
    done = 0
    for start, end, other in _parsed(lines):
        left = services_left(other, target)
        if not after:
            first = start if left is None else _with_comments(lines, start)
            after = [*lines[:first], block, *([] if left is None else ["\n"])]
            done = first
        if left != other.get("services", []):
            after += lines[done:start]
            after += [] if left is None else [_with_services("".join(lines[start:end]), left)]
            done = end
    if after:
        return "".join([*after, *lines[done:]])
    return config + ("" if config.endswith("\n") or not config else "\n") + "\n" + block


def services_left(other: Mapping[str, Any], target: HandoverTarget) -> list[str] | None:
    """Those that a target of the config keeps beside a new one; None if it goes, because nothing would ever be typed there."""
    services: list[str] = list(other.get("services", []))
    left = [service for service in services if service not in target.services]
    if other.get("name") == target.name or (not left and (services or not target.services)):
        return None
    return left


def without_target(config: str, name: str) -> str:
    """The text of the config without the target of this name; as it is, where its block cannot be told from the rest."""
    lines = config.splitlines(keepends=True)
    place = _block_of(lines, name)
    return config if place is None else "".join(lines[: place[0]] + lines[place[1] :])


def _read(path: Path) -> str:
    """The config as it is. Raises as `keep_target` does."""
    try:
        raw = read_regular(path)
    except OSError as error:
        raise Unavailable(Code.FILE_UNUSABLE, place=str(path), reason=file_trouble(error, path).value) from error
    for mistake in CONFIG.check_content(path, raw):
        raise mistake
    return decoded(raw)


def _write(path: Path, before: str, after: str, name: str, count: int, others: list[dict[str, Any]]) -> None:
    """`count`: how many targets of this name there are to be; `others`: those of other names, as they are to be."""
    for mistake in CONFIG.check_content(path, after.encode()):
        raise mistake
    # What people write has more forms than `_block_of` knows: whatever that took for a block, all else has to read as before.
    right = _rest(before) == _rest(after) and _others(after, name) == others and _named(after, name) == count
    if not right or _named(before, name) > 1:
        line = lines_of(before).get("handover.target[0]", 1)
        raise Refused(
            Code.CONFIG_INVALID, file=str(path), line=line, key="handover.target", expected="[[handover.target]]", reason="target-by-hand"
        )
    try:
        replace_file(path, after.encode())
    except OSError as error:
        raise Unavailable(Code.FILE_UNUSABLE, place=str(path), reason=file_trouble(error, path).value) from error


def _targets(config: str) -> list[dict[str, Any]]:
    return list(tomllib.loads(config).get("handover", {}).get("target", []))


def _others(config: str, name: str) -> list[dict[str, Any]]:
    """The targets of other names."""
    return [target for target in _targets(config) if target.get("name") != name]


def _named(config: str, name: str) -> int:
    return len(_targets(config)) - len(_others(config, name))


def _rest(config: str) -> dict[str, Any]:
    """All that it says but for the targets."""
    whole = tomllib.loads(config)
    return whole | {"handover": {key: value for key, value in whole.get("handover", {}).items() if key != "target"}}


def _block_of(lines: list[str], name: str) -> tuple[int, int] | None:
    """Where the target of this name begins and ends."""
    return next(((start, end) for start, end, target in _parsed(lines) if target.get("name") == name), None)


def _parsed(lines: list[str]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Where each target begins and ends, and what it says."""
    for start, end in _blocks(lines):
        with suppress(ValueError):
            (target,) = _targets("".join(lines[start:end]))
            yield start, end, target


def _with_comments(lines: list[str], start: int) -> int:
    """Where the comment that stands right above a heading begins."""
    while start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return start


def _with_services(block: str, services: list[str]) -> str:
    return _SERVICES.sub(lambda found: f"{found[1]}{_toml(tuple(services))}", block, count=1)


def _blocks(lines: list[str]) -> list[tuple[int, int]]:
    """Where each target begins and ends: at its last setting, so that the comment before the next heading stays."""
    found = []
    for start, line in enumerate(lines):
        if _BLOCK.match(line):
            end = start + 1
            while end < len(lines) and not _HEADING.match(lines[end]):
                end += 1
            while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
                end -= 1
            found.append((start, end))
    return found


def _written(target: HandoverTarget) -> str:
    settings = [
        f"{entry.name} = {_toml(getattr(target, entry.name))}\n" for entry in fields(target) if getattr(target, entry.name) != entry.default
    ]
    return "[[handover.target]]\n" + "".join(settings)


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_quoted, value))}]"
    return str(value) if isinstance(value, int) else _quoted(value)


def _quoted(text: str) -> str:
    # TOML's basic strings have JSON's escapes (TOML 1.0, String), as long as nothing is outside of the Basic Multilingual Plane as a pair.
    return json.dumps(text, ensure_ascii=False)
